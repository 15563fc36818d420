package dev.mooring.runbook.watch;

import static dev.mooring.runbook.watch.WatchBed.OFF;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a rewind left comes to the archiver long after the promotion: the watch frees it. */
class FailingArchiverTest {
  private static final String FIRST = "000000010000000000000002";
  private static final String SECOND = "000000010000000000000003";

  private final WatchBed strait = new WatchBed(Strait.cluster());

  @AfterEach
  void close() {
    strait.close();
  }

  private List<String> marked() {
    return strait.world().members().markedOn("east-0");
  }

  @Test
  void each_file_that_its_archive_has_is_marked_unless_automation_is_paused() {
    strait.watching();
    strait.update("pause", OFF);
    strait.world().members().archiveRefuses("east-0", "", FIRST, SECOND);
    strait.untilOpen("archiving-failing east-0");
    assertThat(marked()).isEmpty();
    strait.update("resume", "{'by':'bob'}");
    untilMarked(FIRST);
    strait.unseenForAWhile();
    untilMarked(FIRST, SECOND);
    strait.untilOpen();
    assertThat(strait.noted())
        .contains("east-0: " + SECOND + " was marked as archived, its archive has it");
  }

  @Test
  void a_file_that_another_server_wrote_is_named_with_who_may_have_written_it() {
    strait.watching();
    strait
        .world()
        .members()
        .archiveRefuses("east-0", "/archive/0/" + FIRST + " has other bytes", FIRST);
    strait.untilOpen("archiving-failing east-0");
    strait.until(strait::noted, noted -> noted.contains("the archiver of east-0 fails at "));
    assertThat(strait.noted())
        .contains(FIRST + " has other bytes; with other bytes it may have been written by an")
        .contains(" instance that was opened (", "west-0");
  }

  private void untilMarked(String... files) {
    strait.until(() -> marked().toString(), List.of(files).toString()::equals);
  }
}
