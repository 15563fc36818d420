package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.ArchiveKind.Success;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Site;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whether a command's word on files counts, by what it says of one that can't exist. */
class WalCheckTest {
  @Test
  void is_fit_where_it_says_no_of_a_file_that_no_server_writes() {
    assertThat(trouble("test -f {wal_path}", Success.STATUS)).isEmpty();
    assertThat(trouble("echo MISSING", Success.OUTPUT)).isEmpty();
  }

  @Test
  void is_worth_nothing_where_it_says_yes_of_everything() {
    String yes = "the WAL check says yes of 000000000000000000000000, a file that no server writes";
    assertThat(trouble("echo ready {wal_filename}", Success.STATUS)).hasValue(yes);
    assertThat(trouble("echo EXISTS", Success.OUTPUT)).hasValue(yes);
  }

  @Test
  void is_worth_nothing_where_it_can_not_answer() {
    assertThat(trouble("exit 255", Success.STATUS))
        .hasValue("the WAL check of 000000000000000000000000 ended with status 255");
    assertThat(trouble("sleep 60", Success.STATUS))
        .hasValue("the WAL check of 000000000000000000000000 did not end within 1 s");
  }

  private static Optional<String> trouble(String command, Success success) {
    Site.Archive archive =
        new Site.Archive(
            "/nonexistent", "", List.of(new ArchiveKind.Asked(command, List.of(), success)));
    try (LocalHost local = LocalHost.in(Path.of("/nonexistent"))) {
      return WalCheck.of(archive, new ContentId(0), local.host())
          .orElseThrow()
          .trouble(Duration.ofSeconds(1));
    }
  }
}
