package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Typed;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a rewind left comes to the archiver long after the move, and no watch runs. */
class StuckArchiverTest {
  private static final String FILE = "000000010000000000000002";

  private final TestBed bed = new TestBed(Strait.cluster());

  @AfterEach
  void close() {
    bed.close();
  }

  private void archiveRefuses(String differs) {
    bed.world().trouble().archiverFails(0);
    bed.world().members().archiveRefuses("east-0", differs, FILE);
    bed.faults()
        .before(
            call -> call.method().equals("ensureArchivedMarked") && differs.isEmpty(),
            () -> bed.world().trouble().archiverWorks(0));
  }

  @Test
  void a_publish_marks_the_file_that_its_archive_has_and_goes_on() {
    archiveRefuses("");
    PublishResult result = bed.publish(Typed.json("{'cluster':'strait'}"));
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .containsOnlyOnce("east-0: " + FILE + " was marked as archived, its archive has it");
    assertThat(bed.world().members().markedOn("east-0")).containsExactly(FILE);
  }

  @Test
  void one_that_its_archive_has_with_other_bytes_is_not_marked() {
    archiveRefuses("it has other bytes");
    assertThat(
            TestBed.ended(() -> bed.publish(Typed.json("{'cluster':'strait'}")))
                .record()
                .headline())
        .contains("is not READY: ")
        .doesNotContain("marked as archived");
  }

  /** The host's lock may be held, or the archive slow: neither lengthens the publish. */
  @Test
  void one_that_can_not_be_marked_now_is_tried_once() {
    archiveRefuses("it can't be compared");
    AtomicInteger attempts = new AtomicInteger();
    bed.faults()
        .before(call -> call.method().equals("ensureArchivedMarked"), attempts::incrementAndGet);
    bed.faults().plan(call -> call.method().equals("ensureArchivedMarked"), Fault.FAILS);
    TestBed.ended(() -> bed.publish(Typed.json("{'cluster':'strait'}")));
    assertThat(attempts).hasValue(1);
  }
}
