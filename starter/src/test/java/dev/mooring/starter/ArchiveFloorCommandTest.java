package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mooring.runbook.status.ArchiveFloor;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArchiveFloorCommandTest {
  private static final ClusterName HARBOUR = new ClusterName("harbour");
  private static final ArchiveFloor FLOOR =
      new ArchiveFloor(new ContentId(1), "000000010000000000000002", "west-1", "");

  @Test
  void a_content_without_a_copy_is_answered_with_those_that_have_one() {
    assertThat(refused(List.of(FLOOR), 0).hint()).isEqualTo("contents with copies are 1");
    assertThat(ArchiveFloorCommand.wanted(HARBOUR, List.of(FLOOR), 1)).containsExactly(FLOOR);
  }

  @Test
  void a_cluster_without_copies_is_said_to_have_none() {
    CommandFailure refused = refused(List.of(), null);
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused).hasMessageStartingWith("no site of harbour consumes restore points");
    assertThat(refused.hint()).startsWith("`mooring status harbour`");
  }

  private static CommandFailure refused(List<ArchiveFloor> all, @Nullable Integer content) {
    return catchThrowableOfType(
        CommandFailure.class, () -> ArchiveFloorCommand.wanted(HARBOUR, all, content));
  }
}
