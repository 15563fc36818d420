package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An undo of settings puts back the lines of these alone, which its approval is for. */
class PrimaryScriptTest {
  @TempDir Path directory;

  private String undone(List<String> shell, String names) throws Exception {
    String facts =
        """
        acts_on() { data=$1; cluster_dir=$1; subject=west-0; my_run=open; }
        claimed() { :; }
        process_state() { state=STOPPED; }
        put_back() { cat "$2"; }
        report() { echo "$1 $2"; }
        unset_primary "$1" 2 3 4 5 6 7 8 "$2" ''
        """;
    return Sh.saidBy(
        shell,
        Script.resource(HostPrimaryActivities.class, "primary.sh") + facts,
        directory,
        names);
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void lines_of_other_settings_stay_kept(List<String> shell) throws Exception {
    Path kept = directory.resolve("west-0.primary-before-open");
    Files.writeString(kept, "hot_standby = off\nwal_level = minimal\n");
    assertThat(undone(shell, "hot_standby"))
        .isEqualTo("changed \nleft lines of other settings are kept with theirs\n");
    assertThat(kept).exists();
    assertThat(undone(shell, "hot_standby|wal_level"))
        .isEqualTo("hot_standby = off\nwal_level = minimal\nchanged settings\nleft \n");
    assertThat(kept).doesNotExist();
    Files.writeString(kept, "");
    assertThat(undone(shell, "hot_standby")).isEqualTo("changed settings\nleft \n");
  }
}
