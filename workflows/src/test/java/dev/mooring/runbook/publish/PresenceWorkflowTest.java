package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ContentPresence;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.topology.ContentId;
import dev.mooring.wire.RawRequest;
import org.junit.jupiter.api.Test;

/** What becomes of a point whose archived bytes can't be had. */
class PresenceWorkflowTest {
  private static final RawRequest PUBLISH = Typed.json("{'cluster':'harbour'}");
  private static final RawRequest CONSUME = Typed.json("{'cluster':'harbour','site':'west'}");

  @Test
  void is_not_ready_where_ready_demands_bytes() {
    try (TestBed bed = new TestBed(Harbour.asked("bytes"))) {
      Ended ended = TestBed.ended(() -> bed.publish(PUBLISH));
      assertThat(ended.type()).isEqualTo("Failed");
      assertThat(ended.record().code()).isEqualTo("ARCHIVE_NOT_PROVED");
      assertThat(ended.record().headline())
          .contains("is in the archive, and its bytes can't be had: the restore command did not");
      assertThat(bed.world().latest()).isEmpty();
    }
  }

  @Test
  void is_ready_where_policy_takes_presence_for_enough_and_each_consume_says_so() {
    try (TestBed bed = new TestBed(Harbour.asked("presence"))) {
      PublishResult result = bed.publish(PUBLISH);
      assertThat(result.headline()).contains("2 by the presence of their files alone");
      Manifest latest = bed.world().latest().orElseThrow();
      assertThat(latest.isReady()).isTrue();
      assertThat(latest.proofs()).isEmpty();
      assertThat(latest.presences())
          .extracting(ContentPresence::content)
          .containsExactly(new ContentId(0), new ContentId(1));
      ConsumeResult consumed = bed.consume(CONSUME);
      assertThat(consumed.restorePoint()).isEqualTo(result.restorePoint());
      assertThat(consumed.degraded())
          .anyMatch(line -> line.contains("the restore command did not fetch"));
    }
  }

  @Test
  void is_not_ready_without_its_files_whatever_policy_says() {
    try (TestBed bed = new TestBed(Harbour.asked("presence"))) {
      bed.world().trouble().archiverStalls(1);
      Ended ended = TestBed.ended(() -> bed.publish(PUBLISH));
      assertThat(ended.record().code()).isEqualTo("ARCHIVE_NOT_PROVED");
      assertThat(ended.record().headline()).contains("content 1: ").contains(" is missing");
      assertThat(bed.world().latest()).isEmpty();
    }
  }

  @Test
  void of_an_old_point_is_not_taken_for_enough_after_a_single_look() {
    try (TestBed bed = new TestBed(Harbour.asked("presence"))) {
      bed.world().trouble().archiverStalls(1);
      TestBed.ended(() -> bed.publish(PUBLISH));
      RestorePointName late =
          new RestorePointName(bed.world().lastReceipt().ending().restorePoint());
      bed.world().trouble().archiverWorks(1);
      PublishResult next = bed.publish(PUBLISH);
      assertThat(bed.world().pending(late).orElseThrow().reasons())
          .first()
          .asString()
          .contains("is in the archive, and its bytes can't be had");
      assertThat(bed.world().latest().orElseThrow().name().value()).isEqualTo(next.restorePoint());
    }
  }
}
