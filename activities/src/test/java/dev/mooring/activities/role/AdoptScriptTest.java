package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import dev.mooring.activities.host.StartGuard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a host names once the primary is west-0, if a person named that on another host. */
class AdoptScriptTest {
  private static final String STUBS =
      """
      report() { :; }
      refuse() { echo "refused $*"; exit 1; }
      end_refused() { refuse "$@"; }
      of_instance() { data=$cluster_dir; }
      process_state() { state=RUNNING; }
      read_control() { :; }
      controlled() { value='in archive recovery'; }
      refuse_unfit() { :; }
      follow_passwords() { :; }
      follow_signal() { :; }
      follow_settings() { restart=''; }
      subject=east-0
      """;

  @TempDir Path directory;

  private String done(List<String> shell, String call) throws Exception {
    return Sh.saidBy(
        shell,
        Script.resource(StartGuard.class, "authority.sh")
            + Script.resource(HostRoleActivities.class, "writer.sh")
            + Script.resource(HostRoleActivities.class, "adopt.sh")
            + Script.resource(HostRoleActivities.class, "follow.sh")
            + STUBS
            + "of_cluster strait '"
            + directory
            + "'\n"
            + call);
  }

  private void named(String writer, int epoch, String run) throws Exception {
    String text =
        """
        cluster=strait
        content=0
        epoch=%d
        run=%s
        ordinal=1
        attempt=1
        writer=%s
        writer_epoch=%d
        writer_run=%s
        writer_boot=b
        """;
    Files.writeString(
        directory.resolve("0.authority"), text.formatted(epoch, run, writer, epoch, run));
    Files.writeString(directory.resolve("standby.signal"), "");
  }

  private List<String> writer() throws Exception {
    return Files.readAllLines(directory.resolve("0.authority")).stream()
        .filter(line -> line.startsWith("writer") && !line.startsWith("writer_boot"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void by_an_adoption_it_names_none_unless_this_run_recorded_the_writer_there(List<String> shell)
      throws Exception {
    String adopt = "adopt /data /bin 0 8 1 1 run east-0 west-0\n";
    named("west-0", 0, "by-hand");
    assertThat(done(shell, adopt)).isEmpty();
    assertThat(writer()).containsExactly("writer=none", "writer_epoch=8", "writer_run=run");
    named("west-0", 8, "run");
    assertThat(done(shell, adopt)).isEmpty();
    assertThat(writer()).contains("writer=west-0");
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void before_a_resilver_it_names_none_also_without_a_data_directory(List<String> shell)
      throws Exception {
    String lost = "of_instance() { refuse STATE_UNREADABLE lost; }\n";
    named("west-0", 0, "by-hand");
    assertThat(done(shell, lost + "name_nobody /data /bin 0 8 1 1 run east-0 7 move\n")).isEmpty();
    assertThat(writer()).containsExactly("writer=none", "writer_epoch=7", "writer_run=move");
    assertThat(done(shell, lost + "name_nobody /data /bin 0 9 1 1 next east-0 0 ''\n")).isEmpty();
    assertThat(writer()).contains("writer_epoch=7", "writer_run=move");
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void patroni_may_promote_there_also_before_its_data_directory_is_made_anew(List<String> shell)
      throws Exception {
    String lost = "of_instance() { refuse STATE_UNREADABLE lost; }\n";
    named("none", 0, "by-hand");
    assertThat(done(shell, lost + "let_patroni /data /bin 0 8 1 1 run east-0 west-0\n")).isEmpty();
    assertThat(writer()).containsExactly("writer=patroni", "writer_epoch=8", "writer_run=run");
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void an_instance_that_follows_leaves_no_instance_of_another_host_named(List<String> shell)
      throws Exception {
    String follow = "follow /data /bin 0 8 1 1 run east-0 '' '' '' west-0 '%s'\n";
    named("west-0", 0, "by-hand");
    assertThat(done(shell, follow.formatted("east-0 west-0"))).isEmpty();
    assertThat(writer()).contains("writer=west-0");
    assertThat(done(shell, follow.formatted("east-0 west-01"))).isEmpty();
    assertThat(writer()).containsExactly("writer=none", "writer_epoch=8", "writer_run=run");
    named("patroni", 3, "before");
    assertThat(done(shell, follow.formatted("east-0"))).isEmpty();
    assertThat(writer()).contains("writer=patroni");
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void the_fence_of_a_person_is_one(List<String> shell) throws Exception {
    String read = "data=$cluster_dir\nread_fence\necho \"$fenced\"\n";
    assertThat(done(shell, read)).isEqualTo("0\n");
    Files.writeString(
        directory.resolve("postgresql.auto.conf"), "mooring_fenced_epoch_0 = 'by hand'\n");
    assertThat(done(shell, read)).isEqualTo("1\n");
  }

  /** Where no file can be seen none is missed: the epoch of what acted there is not 0. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_directory_that_can_not_be_searched_is_not_one_in_which_nothing_acted(List<String> shell)
      throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    for (String read : List.of("highest_epoch", "read_authority 0")) {
      assertThat(done(shell, "cluster_dir=" + file + "/strait\n" + read))
          .startsWith("refused STATE_UNREADABLE Mooring's directory " + file + "/strait can't be");
      assertThat(done(shell, "cluster_dir=" + directory + "/none/strait\n" + read)).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void what_can_not_be_written_of_it_is_said(List<String> shell) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    String said =
        "frame() { echo \"$1:\"; }\ndf() { echo head; echo x x x ${free-9999}; }\ncluster_dir=";
    String say = "\nsay_unwritable";
    assertThat(done(shell, said + file + "/strait" + say))
        .startsWith("unwritable:\n-")
        .contains(" " + file);
    assertThat(done(shell, said + directory + "/none/strait" + say))
        .isEqualToIgnoringWhitespace("unwritable:");
    assertThat(done(shell, "free=12\n" + said + directory + "/none" + say))
        .isEqualToIgnoringWhitespace("unwritable: 12 kB are free for " + directory + "/none");
  }
}
