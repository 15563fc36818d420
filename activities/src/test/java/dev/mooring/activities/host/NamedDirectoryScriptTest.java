package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A data directory behind a link is named in sentences as the cluster file does. */
class NamedDirectoryScriptTest {
  @TempDir Path directory;

  private Path place;
  private Path named;
  private Path bin;

  @BeforeEach
  void behindALink() throws IOException {
    place = Files.createDirectories(directory.toRealPath().resolve("disk/data"));
    named = Files.createSymbolicLink(directory.resolve("data"), place);
    bin = Files.createDirectory(directory.resolve("bin"));
    for (String program : List.of("pg_controldata", "postgres", "pg_ctl")) {
      Files.createSymbolicLink(bin.resolve(program), Path.of("/bin/true"));
    }
  }

  private String said(List<String> shell, String script) throws Exception {
    return Sh.saidBy(
            shell,
            Script.resource(Script.class, "prelude.sh")
                + Script.resource(Script.class, "server.sh")
                + "report() { echo \"$1 $2\"; }\n"
                + script,
            named,
            bin,
            place)
        .strip();
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_refusal_has_the_name_and_leaves_what_lies_beside_the_place(List<String> shell)
      throws Exception {
    assertThat(
            said(
                shell,
                """
                of_instance "$1" "$2"
                refuse X "x: $data/pg_wal and $data.mooring-old, $data is up; /a$data, '$data'"
                """))
        .isEqualTo(
            String.format(
                "failure X x: %1$s/pg_wal and %2$s.mooring-old, %1$s is up; /a%2$s, '%1$s'",
                named, place));
  }

  /** /proc is one wherever this runs. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_mount_is_said_by_the_name_that_the_directory_has(List<String> shell) throws Exception {
    String owned = "frame() { echo \"$1:\"; }; data=%s named=/srv/data; say_ownership";
    assertThat(said(shell, owned.formatted("$3"))).endsWith("mounts:");
    assertThat(said(shell, owned.formatted("/proc"))).endsWith("mounts:\n/srv/data");
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_directory_that_links_make_that_of_two_instances_is_refused(List<String> shell)
      throws Exception {
    assertThat(
            said(
                shell,
                """
                work=${1%/*}
                subject=west-1; of_instance "$3" "$2"; of_instance "$3" "$2"; echo one
                subject=west-0; of_instance "$1" "$2"; echo two
                """))
        .isEqualTo(
            "one\nfailure TOPOLOGY_DIFFERS data directory "
                + named
                + " is by a link the directory of west-1 too");
  }
}
