package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.FailureCode;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Verdicts;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArchiveCheckTest {
  private static final String WHY =
      "east-1 wrote timeline 2 itself, beside the line that west-0 is on: an archive that both"
          + " reached may hold files of either under one name, and a copy restores from it by"
          + " 'cp /a/%f %p'";

  private static ArchiveCheck of(Optional<TimelineId> timeline, String restores) {
    return new ArchiveCheck(new InstanceId("east-1"), new InstanceId("west-0"), timeline, restores);
  }

  private static final ArchiveCheck SHARED = of(Optional.of(new TimelineId(2)), "cp /a/%f %p");

  @Test
  void two_writers_of_one_timeline_and_an_archive_are_refused_with_the_remedy() {
    Verdicts.never(
        ArchiveCheck.judge(List.of(of(Optional.empty(), "cp"), SHARED), List.of()),
        FailureCode.ARCHIVING_UNSAFE,
        WHY
            + ". Move what east-1 archived of timeline 2 out of every archive that members restore"
            + " from, then override shared-archive with a reason");
  }

  @Test
  void whoever_moved_it_out_says_so_by_the_name_of_the_rule() {
    assertThat(Verdicts.proceeds(ArchiveCheck.judge(List.of(SHARED), List.of("shared-archive"))))
        .containsExactly("shared-archive: " + WHY);
  }

  @Test
  void one_writer_or_no_archive_is_nothing_to_ask_about() {
    assertThat(
            Verdicts.proceeds(
                ArchiveCheck.judge(
                    List.of(of(Optional.empty(), "cp"), of(Optional.of(new TimelineId(2)), "")),
                    List.of())))
        .isEmpty();
  }
}
