package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.topology.Barrier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands of a barrier find in their environment. */
class CommandBarrierTest {
  @Test
  void they_get_the_time_to_hold_and_no_secret_of_the_worker(@TempDir Path directory)
      throws Exception {
    assertThat(new ClusterFiles(directory).names()).isEmpty();
    Files.writeString(directory.resolve("strait.yaml"), "password: \"env:HOME\"");
    Path out = directory.resolve("out");
    Barrier.Command commands =
        new Barrier.Command(
            "echo \"$MOORING_BARRIER_SECONDS ${HOME-unset}\" >" + out,
            "echo \"${HOME-unset}\" >>" + out,
            Duration.ofSeconds(10));
    CommandBarrier barrier = new CommandBarrier(commands);
    barrier.enter(Deadline.in(commands.timeout()));
    barrier.leave();
    assertThat(Files.readAllLines(out)).containsExactly("10 unset", "unset");
  }

  @Test
  void of_what_a_command_prints_without_end_the_first_line_is_said() {
    Barrier.Command commands =
        new Barrier.Command(
            "echo no; truncate -s 3G /dev/stdout; exit 3", "true", Duration.ofSeconds(10));
    assertThatThrownBy(() -> new CommandBarrier(commands).enter(Deadline.in(commands.timeout())))
        .isInstanceOf(DatabaseFault.class)
        .hasMessage("the barrier's enter command ended with status 3: no");
  }
}
