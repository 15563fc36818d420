package dev.mooring.activities.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A virtual address by an account that is not root, with programs that keep how they were run. */
class AddressScriptTest {
  private static final Pattern PERMITTED =
      Pattern.compile("^postgres ALL=\\(root\\) NOPASSWD: /usr/s?bin/(.*)$", Pattern.MULTILINE);

  private static final String PARTS =
      Script.resource(Script.class, "prelude.sh")
          + Script.resource(VirtualAddressAdapter.class, "address.sh")
          + """
            PATH=$1/bin:$PATH cluster_dir=$1 work=$1
            of_address 192.0.2.10/24 eth0
            """;

  @TempDir private Path directory;

  @BeforeEach
  void programs() throws IOException {
    Files.createDirectory(directory.resolve("bin"));
    program("id", "[ \"$1\" = -u ] && echo 4711 || echo postgres");
    program("sudo", "shift\necho \"$*\" >>%1$s/sudo\nBY_ROOT=yes exec \"$@\"");
    program(
        "ip",
        """
        [ "$1" = -o ] && { cat %1$s/held; exit 0; }
        [ -n "${BY_ROOT-}" ] || { echo 'Operation not permitted' >&2; exit 2; }
        [ "$2" != add ] || echo "2: eth0    inet $3 scope global eth0" >%1$s/held
        [ "$2" != del ] || : >%1$s/held""");
    program(
        "arping",
        """
        case $1 in
          -D) echo 'Received 0 response(s)'; exit 0 ;;
          -U) [ -n "${BY_ROOT-}" ] || exit 2
            sleep 2 ;;
        esac""");
    Files.createFile(directory.resolve("held"));
  }

  private void program(String name, String text) throws IOException {
    Path program = directory.resolve("bin").resolve(name);
    Files.writeString(program, "#!/bin/sh\n" + text.formatted(directory) + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** The account may not signal what runs by sudo. */
  private String said(List<String> shell, String act) throws Exception {
    String may = "kill() { [ \"$1\" = -0 ] && command kill -0 \"$2\"; }\n";
    return Sh.saidBy(shell, PARTS + may + act + "\necho through", directory);
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void runs_by_sudo_what_the_page_permits_and_nothing_else(List<String> shell) throws Exception {
    assertThat(said(shell, "ensure_held west-0")).contains("through");
    assertThat(said(shell, "ensure_not_held")).contains("through");
    String page = Files.readString(Path.of("..", "docs", "operations", "endpoints.md"));
    assertThat(Files.readAllLines(directory.resolve("sudo")))
        .containsExactlyInAnyOrderElementsOf(
            PERMITTED.matcher(page).results().map(line -> line.group(1)).toList());
  }

  /** It announces the address for two seconds more otherwise, which another host has by then. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void takes_an_address_only_once_nothing_announces_it(List<String> shell) throws Exception {
    said(shell, "ensure_held ''");
    String teller = Files.readString(directory.resolve("arping.pid")).strip().split(" ", 2)[0];
    assertThat(runs(teller)).isTrue();
    said(shell, "ensure_not_held");
    assertThat(runs(teller)).isFalse();
  }

  /** With hidepid=2 the account sees nothing of what root runs. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void waits_where_what_announces_it_can_not_be_seen(List<String> shell) throws Exception {
    String hidden = "of_process() { begun=''; return 1; }\nhides_processes() { :; }\n";
    said(shell, hidden + "ensure_held ''");
    Path pid = directory.resolve("arping.pid");
    String teller = Files.readString(pid).strip().split(" ", 2)[0];
    assertThat(runs(teller)).isTrue();
    said(shell, hidden + "ensure_not_held");
    assertThat(runs(teller)).isFalse();
    assertThat(pid).doesNotExist();
  }

  private static boolean runs(String process) throws IOException {
    Path stat = Path.of("/proc", process, "stat");
    return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
  }

  /** A process that got the number after a reboot is another's. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void signals_no_process_but_the_one_that_it_began(List<String> shell) throws Exception {
    Process another = new ProcessBuilder("sh", "-c", "sleep 60; : arping 192.0.2.10").start();
    try {
      for (String began : List.of("", " 1")) {
        Files.writeString(directory.resolve("arping.pid"), another.pid() + began + "\n");
        assertThat(Sh.saidBy(shell, PARTS + "ensure_not_held\necho through", directory))
            .contains("through");
        assertThat(another.isAlive()).isTrue();
        assertThat(directory.resolve("arping.pid")).doesNotExist();
      }
    } finally {
      another.destroyForcibly();
    }
  }
}
