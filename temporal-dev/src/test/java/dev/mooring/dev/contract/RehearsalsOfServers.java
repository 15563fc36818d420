package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.StartGuard;
import dev.mooring.activities.instance.HostInstanceActivities;
import dev.mooring.contract.RehearsalContract;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.port.HostWork;
import dev.mooring.port.RehearsalActivities.Ended;
import dev.mooring.port.RehearsalActivities.InstanceRehearsed;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RehearsalActivities.Shown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What of a rehearsal only hosts, their launchers and their left-overs can show. */
abstract class RehearsalsOfServers extends RehearsalContract {
  @Override
  protected abstract StreamingRealWorld world();

  private LabInstance server(String id) {
    return world().lab().instance(id);
  }

  private Path ofMooring(String id) {
    return server(id).host().mooring().resolve(world().lab().name());
  }

  private Path scratch(String id) {
    return ofMooring(id).resolve("rehearsal").resolve(id);
  }

  private static List<String> words(InstanceRehearsed rehearsed, Proof proof) {
    return rehearsed.shown().stream()
        .filter(shown -> shown.proof() == proof)
        .map(Shown::words)
        .toList();
  }

  private void installGuard(String id) {
    world().roles(1).ensureSynchronousSet(steps().synchronous(before(), id, "", ""));
  }

  /** Its configuration is where Debian has it, so that is how it is started there too. */
  @Test
  @Tag("all")
  void an_instance_of_debian_is_rehearsed_by_its_pg_ctlcluster_too() {
    InstanceRehearsed rehearsed = rehearsed(EAST, FIRST);
    assertThat(rehearsed.passed()).as("%s", rehearsed.shown()).isTrue();
    assertThat(words(rehearsed, Proof.LAUNCHER))
        .containsExactly(
            "pg_ctl does not start a fenced server",
            "pg_ctlcluster does not start a fenced server");
    assertThat(ended(rehearsed, Proof.CONTROL)).containsExactly(Ended.SHOWN, Ended.SHOWN);
    assertThat(words(rehearsed(WEST, FIRST), Proof.CONTROL)).hasSize(1);
  }

  @Test
  @Tag("all")
  void nothing_of_the_scratch_instance_is_left() {
    rehearsed(WEST, FIRST);
    assertThat(scratch(WEST)).doesNotExist();
    assertThat(world().lab().run(server(WEST).host(), "ps", "-eo", "args"))
        .doesNotContain(scratch(WEST).toString());
  }

  /** A worker that was killed leaves it so, and the retry is the next rehearsal. */
  @Test
  @Tag("all")
  void what_a_rehearsal_that_was_killed_left_running_is_ended_and_removed_by_the_next()
      throws IOException {
    Path data = scratch(WEST).resolve("data");
    world()
        .lab()
        .run(
            server(WEST).host(),
            "sh",
            "-c",
            """
            mkdir -p "$1" && "$0/initdb" -D "$1/data" -N -A reject >/dev/null &&
              exec "$0/pg_ctl" -D "$1/data" -l "$1/log" -w start >/dev/null \
                -o "-p 64999 -c listen_addresses= -c unix_socket_directories=/tmp"
            """,
            world().lab().postgresPrograms().toString(),
            scratch(WEST).toString());
    String left = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
    assertThat(Path.of("/proc", left)).exists();
    InstanceRehearsed rehearsed = rehearsed(WEST, FIRST);
    assertThat(rehearsed.passed()).as("%s", rehearsed.shown()).isTrue();
    assertThat(scratch(WEST)).doesNotExist();
    until(() -> !runs(left));
  }

  /** One that ended and that nobody has asked about yet has no command line. */
  private static boolean runs(String process) {
    try {
      return Files.readAllBytes(Path.of("/proc", process, "cmdline")).length > 0;
    } catch (IOException gone) {
      return false;
    }
  }

  /** Nothing was refused there: it would not have started anyway. */
  @Test
  @Tag("all")
  void where_nothing_starts_no_refusal_counts() {
    HostWork broken =
        new ScratchPrograms(world().lab(), WEST)
            .with("pg_ctl", "#!/bin/sh\necho no start today\nexit 1\n")
            .of(world().cluster());
    InstanceRehearsed rehearsed = rehearsed(broken, FIRST);
    assertThat(rehearsed.passed()).isFalse();
    assertThat(ended(rehearsed, Proof.FENCE)).containsExactly(Ended.SHOWN);
    assertThat(ended(rehearsed, Proof.LAUNCHER)).containsExactly(Ended.FAILED);
    assertThat(ended(rehearsed, Proof.CONTROL)).containsExactly(Ended.FAILED);
    assertThat(last(WEST).words()).contains("FAILED: ", "no start today");
  }

  @Test
  @Tag("all")
  void a_host_without_the_guard_says_that_it_was_not_rehearsed() {
    InstanceRehearsed rehearsed = rehearsed(WEST, FIRST);
    assertThat(ended(rehearsed, Proof.GUARD)).containsExactly(Ended.NOT_REHEARSED);
    assertThat(ended(rehearsed, Proof.BOOT)).containsExactly(Ended.NOT_REHEARSED);
    assertThat(ended(rehearsed, Proof.GUARDED_LAUNCHER)).containsExactly(Ended.NOT_REHEARSED);
    assertThat(last(WEST).words()).contains("not rehearsed: ");
  }

  /** The launcher that the page on fencing shows. */
  @Test
  @Tag("all")
  void a_launcher_that_asks_the_guard_is_shown_to_and_one_that_does_not_is_told()
      throws IOException {
    installGuard(WEST);
    InstanceRehearsed alone = rehearsed(WEST, FIRST);
    assertThat(ended(alone, Proof.GUARD)).containsExactly(Ended.SHOWN);
    assertThat(ended(alone, Proof.GUARDED_LAUNCHER)).containsExactly(Ended.NOT_REHEARSED);
    assertThat(ended(alone, Proof.BOOT)).containsExactly(Ended.SHOWN);
    assertThat(words(alone, Proof.BOOT).get(0)).endsWith("last start, and no other");
    InstanceRehearsed rehearsed = rehearsed(launchedBy(launcher()), FIRST);
    assertThat(rehearsed.shown())
        .as("%s", rehearsed.shown())
        .filteredOn(shown -> shown.proof() != Proof.UNIT)
        .extracting(Shown::ended)
        .containsOnly(Ended.SHOWN);
    assertThat(words(rehearsed, Proof.BOOT).get(0)).endsWith("; pg_ctl asks it so");
    assertThat(words(rehearsed, Proof.GUARDED_LAUNCHER))
        .containsExactly("pg_ctl asks the guard, which refuses a server if another one may write");
  }

  /** It keeps nothing down after a reboot. */
  @Test
  @Tag("all")
  void a_launcher_that_does_not_ask_the_guard_about_this_boot_is_told() throws IOException {
    installGuard(WEST);
    String asks = launcher().replace(" --this-boot=120", "");
    assertThat(asks).isNotEqualTo(launcher());
    InstanceRehearsed rehearsed = rehearsed(launchedBy(asks), FIRST);
    assertThat(rehearsed.passed()).as("%s", rehearsed.shown()).isTrue();
    assertThat(words(rehearsed, Proof.BOOT).get(0)).endsWith("; pg_ctl does not ask it so");
  }

  private HostWork launchedBy(String pgCtl) {
    return new ScratchPrograms(world().lab(), WEST).with("pg_ctl", pgCtl).of(world().cluster());
  }

  private String launcher() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "operations", "fencing.md"));
    int begin = page.indexOf("#!/bin/sh");
    return page.substring(begin, page.indexOf("```", begin))
        .replace("/var/lib/mooring/bin", server(WEST).host().mooring().resolve("bin").toString())
        .replace(
            "/var/lib/mooring/harbour/0.authority",
            ofMooring(WEST).resolve("0.authority").toString())
        .replace("/var/lib/postgresql/15/main", server(WEST).dataDirectory().toString())
        .replace(EAST, WEST);
  }

  @Test
  @Tag("all")
  void a_guard_that_lets_everything_start_is_told() throws IOException {
    installGuard(WEST);
    Path guard = Path.of(StartGuard.on(steps().host(WEST)));
    Files.writeString(guard, "#!/bin/sh\nexit 0\n");
    InstanceRehearsed rehearsed = rehearsed(WEST, FIRST);
    assertThat(ended(rehearsed, Proof.GUARD)).containsExactly(Ended.FAILED);
    assertThat(rehearsed.passed()).isFalse();
  }

  @Test
  @Tag("all")
  void a_restore_gate_is_shown_to_serve_nothing_beyond_and_one_that_does_is_told()
      throws IOException {
    assertThat(ended(rehearsed(WEST, FIRST), Proof.GATE)).isEmpty();
    Path programs = server(WEST).host().mooring().resolve("bin");
    Path gate = programs.resolve("mooring-restore-0123456789abcdef");
    world().lab().run(server(WEST).host(), "mkdir", "-p", programs.toString());
    Files.writeString(gate, Script.resource(HostInstanceActivities.class, "mooring-restore"));
    Files.setPosixFilePermissions(gate, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(
        server(WEST).dataDirectory().resolve("postgresql.auto.conf"),
        "restore_command = '" + gate + " /x/west-0.gate \"%f\" \"%p\" \"%r\"'\n",
        StandardOpenOption.APPEND);
    assertThat(ended(rehearsed(WEST, FIRST), Proof.GATE)).containsExactly(Ended.SHOWN);
    Files.writeString(gate, "#!/bin/sh\ncp \"${1%/*}/archive/$2\" \"$3\"\n");
    InstanceRehearsed open = rehearsed(WEST, FIRST);
    assertThat(ended(open, Proof.GATE)).containsExactly(Ended.FAILED);
    assertThat(open.passed()).isFalse();
  }
}
