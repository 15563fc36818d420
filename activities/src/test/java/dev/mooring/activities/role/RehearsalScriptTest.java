package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.PromotionGuard;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.StartGuard;
import dev.mooring.contract.Limit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a rehearsal tries and looks at that needs no server, by the shells of a host. */
class RehearsalScriptTest {
  private static final String PARTS =
      Stream.concat(
              Stream.of("prelude.sh", "process.sh", "server.sh", "authority.sh")
                  .map(part -> Script.resource(Script.class, part)),
              Stream.of(
                      "writer.sh",
                      "fence.sh",
                      "rehearse.sh",
                      "rehearse-patroni.sh",
                      "rehearse-around.sh")
                  .map(part -> Script.resource(HostRehearsalActivities.class, part)))
          .collect(Collectors.joining("\n"));

  /** As rehearse sets it, without the server's own part. */
  private static final String REHEARSING =
      """
      begin B
      of_cluster strait "$1"
      subject=west-0 me=west-0 stands_for=/the/data named_as=/data guard=${2-}
      my_content=0 my_epoch=1 my_ordinal=0 my_attempt=1 my_run=rehearsal
      scratch=$cluster_dir/rehearsal/west-0 real_authority=$cluster_dir/0.authority
      shown='' words='' passed=yes proved='' left_out='' guard_wrong='' guarded='' not_asked_so=''
      unit='' asks='' asked_by_unit='' launchers=''
      unit_of_debian=postgresql@15-main.service
      mkdir -p "$scratch/data"
      data=$scratch/data
      ends_in 30
      """;

  @TempDir Path directory;
  private Path programs = Path.of("/nonexistent");

  static Stream<List<String>> shells() {
    return Stream.of(List.of("dash"), List.of("bash", "--posix"), List.of("busybox", "sh"));
  }

  @BeforeEach
  void ofAServer() throws IOException {
    programs = Files.createDirectory(directory.resolve("bin"));
    Files.createDirectory(directory.resolve("data"));
    for (String program : List.of("pg_controldata", "postgres", "pg_ctl")) {
      program(program, "#!/bin/sh\nexit 1\n");
    }
  }

  private Path program(String name, String text) throws IOException {
    Path program = programs.resolve(name);
    Files.writeString(program, text);
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String said(List<String> shell, String script, Object... words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(shell);
    command.addAll(List.of("-c", PARTS + "\n" + script, "sh", directory.toString()));
    Stream.of(words).map(String::valueOf).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PATH", programs + ":" + System.getenv("PATH"));
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(Limit.ended(process, 60)).isTrue();
    return said;
  }

  private String byPatroni(List<String> shell, Path hook) throws Exception {
    String script =
        """
        begin B
        of_cluster strait "$1"
        job west-0 rehearse "$1/data" "$1/bin" 0 patroni "$2" 30 1000 a-run '' ''
        finish
        """;
    String said = said(shell, script, hook);
    assertThat(directory.resolve("rehearsal/west-0")).doesNotExist();
    assertThat(directory.resolve("0.authority")).doesNotExist();
    return said;
  }

  private String record() throws IOException {
    return Files.readString(directory.resolve("west-0.rehearsed"));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void what_patroni_asks_is_tried_and_nothing_that_is_not_so_where_it_runs(List<String> shell)
      throws Exception {
    String said = byPatroni(shell, program("mooring-patroni", PromotionGuard.TEXT));
    assertThat(said).contains("shown\nHOOK SHOWN mooring-patroni refuses to promote if no writer");
    assertThat(said).doesNotContain("FENCE", "LAUNCHER", "GUARD", "UNIT", "failure");
    assertThat(record()).contains("passed=yes\n", "shown= HOOK\n", "run=a-run\n");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void what_patroni_asks_and_that_lets_everybody_go_or_nobody_is_told(List<String> shell)
      throws Exception {
    assertThat(byPatroni(shell, program("mooring-patroni", "#!/bin/sh\nexit 0\n")))
        .contains(
            "HOOK FAILED  mooring-patroni ends with 0, not with 1 and 'no writer is recorded");
    assertThat(record()).contains("passed=no\n", "shown=\n");
    assertThat(byPatroni(shell, program("mooring-patroni", "#!/bin/sh\nexit 1\n")))
        .contains("HOOK FAILED ");
    assertThat(byPatroni(shell, programs.resolve("nothing")))
        .contains("HOOK NOT_REHEARSED mooring-patroni, which is not on this host");
    assertThat(record()).contains("passed=partly\n", "not_rehearsed= HOOK\n");
  }

  /** Another fence that it does not see: the words tell, not the status alone. */
  @ParameterizedTest
  @MethodSource("shells")
  void what_patroni_asks_and_that_sees_no_fence_is_told(List<String> shell) throws Exception {
    String blind = PromotionGuard.TEXT.replace("[ -z \"$fence\" ] ||", "[ -n \"$data\" ] ||");
    assertThat(blind).isNotEqualTo(PromotionGuard.TEXT);
    assertThat(byPatroni(shell, program("mooring-patroni", blind)))
        .contains("HOOK FAILED  mooring-patroni ends with 0, not with 1 and 'it was fenced in");
  }

  private String ofAnotherBoot(List<String> shell, String guard) throws Exception {
    return said(
        shell,
        REHEARSING
            + """
            cluster_dir=$scratch
            read_authority 0
            rehearse_another_boot
            printf '%s' "$shown"
            cat "$authority"
            """,
        program("mooring-guard", guard));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void one_that_was_named_in_another_boot_is_kept_down_by_a_guard_that_is_asked_so(
      List<String> shell) throws Exception {
    assertThat(ofAnotherBoot(shell, StartGuard.TEXT))
        .contains("BOOT SHOWN with --this-boot the guard refuses a server that was named before")
        .contains("writer=west-0\n", "writer_boot=another");
    assertThat(ofAnotherBoot(shell, StartGuard.TEXT.replace("this_boot=yes", "this_boot=no")))
        .contains("BOOT FAILED  the guard ends with 0, not with 1 and 'names it since before");
    assertThat(ofAnotherBoot(shell, "#!/bin/sh\nexit 1\n"))
        .contains("BOOT FAILED  the guard ends with 1, not with 0 and ''");
  }

  /** Its unit starts it at boot, where there is one; else one of its launchers does. */
  @ParameterizedTest
  @MethodSource("shells")
  void what_starts_it_once_its_host_is_switched_on_again_must_ask_the_guard_so(List<String> shell)
      throws Exception {
    String both = "launchers='pg_ctl pg_ctlcluster' guarded=' pg_ctl pg_ctlcluster' ";
    assertThat(afterPowerOff(shell, "launchers='pg_ctl'"))
        .contains("AFTER_REBOOT NOT_REHEARSED starts it without a guard that was asked")
        .contains("--this-boot: pg_ctl");
    assertThat(afterPowerOff(shell, both))
        .contains("AFTER_REBOOT SHOWN asks the guard with --this-boot: pg_ctl pg_ctlcluster");
    assertThat(afterPowerOff(shell, both + "not_asked_so=' pg_ctlcluster'"))
        .contains("AFTER_REBOOT NOT_REHEARSED", "--this-boot: pg_ctlcluster");
    assertThat(afterPowerOff(shell, both + "guarded=' pg_ctlcluster'"))
        .contains("AFTER_REBOOT NOT_REHEARSED", "--this-boot: pg_ctl");
    assertThat(afterPowerOff(shell, both + "\nsystemd_runs() { :; }"))
        .contains("AFTER_REBOOT NOT_REHEARSED systemd runs this host, and which unit");
    String unit = "guarded=' pg_ctl' unit=pg.service asks='has the guard' asked_by_unit=";
    assertThat(afterPowerOff(shell, unit + "''"))
        .contains("AFTER_REBOOT NOT_REHEARSED pg.service has the guard");
    assertThat(afterPowerOff(shell, unit + "yes"))
        .contains("AFTER_REBOOT NOT_REHEARSED pg.service");
    for (String option : List.of("--this-boot", "--this-boot=120")) {
      assertThat(afterPowerOff(shell, unit + option))
          .contains("AFTER_REBOOT SHOWN pg.service has the guard");
    }
  }

  private String afterPowerOff(List<String> shell, String found) throws Exception {
    return said(
        shell,
        REHEARSING
            + "systemd_runs() { false; }\n"
            + found
            + "\nnote_after_power_off\nprintf '%s' \"$shown\"\n");
  }

  private String unit(List<String> shell, String reports, String runs) throws Exception {
    program("systemctl", "#!/bin/sh\n" + reports);
    return said(
        shell,
        REHEARSING
            + runs
            + """
            cluster_dir=$scratch
            read_authority 0
            rehearse_unit
            printf '%s' "$shown"
            """);
  }

  /** As systemctl 252 prints what stands before, of a unit that another property is known of. */
  private String shownBy(
      List<String> shell, String before, String ignores, String argv, String more)
      throws Exception {
    String reports =
        """
        case $3 in
          LoadState) echo LoadState=loaded ;;
          %s) echo '%s={ path=%s ; argv[]=%s ; ignore_errors=%s ; start_time=[n/a] ; pid=0 }' ;;
          %s
        esac
        """
            .formatted(before, before, argv.split(" ", 2)[0], argv, ignores, more);
    return unit(shell, reports, "systemd_runs() { :; }\n");
  }

  /** Of one that asks the guard, and has such a property. */
  private String ofUnitWith(List<String> shell, String asks, String property, String value)
      throws Exception {
    String more = "%s) echo '%s=%s' ;;".formatted(property, property, value);
    return shownBy(shell, "ExecStartPre", "no", asks, more);
  }

  /** A guard that keeps what it was asked, by the words that a unit has for it. */
  private String asks(String guard, String... words) throws IOException {
    Path real = program("guard", guard);
    String text = "#!/bin/sh\necho \"$@\" >>%s\nexec %s \"$@\"\n";
    Path recording = program("mooring-guard", text.formatted(asked(), real));
    return recording + " " + String.join(" ", words);
  }

  private Path asked() {
    return directory.resolve("asked");
  }

  private List<String> takenFrom(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    Files.delete(file);
    return lines;
  }

  @ParameterizedTest
  @MethodSource("shells")
  void the_start_check_of_a_unit_is_run_by_its_own_words_before_the_scratch_directory(
      List<String> shell) throws Exception {
    String own = directory + "/0.authority";
    String scratch = directory + "/rehearsal/west-0";
    String on = scratch + "/data " + scratch + "/0.authority west-0";
    String asks = asks(StartGuard.TEXT, "/data", own, "west-0");
    assertThat(shownBy(shell, "ExecStartPre", "no", asks, ""))
        .contains(
            "UNIT SHOWN postgresql@15-main.service has the guard in its ExecStartPre=, which");
    assertThat(takenFrom(asked())).containsExactly(on, on, on);
    String boot = asks(StartGuard.TEXT, "--this-boot", "/the/data", own, "west-0");
    assertThat(shownBy(shell, "ExecCondition", "no", boot, "User) echo User=root ;;"))
        .contains("UNIT SHOWN ", "has the guard in its ExecCondition=, with --this-boot, which");
    assertThat(takenFrom(asked())).hasSize(4).containsOnly("--this-boot " + on);
    String waits = asks(StartGuard.TEXT, "--this-boot=9000", "/data", own, "west-0");
    assertThat(shownBy(shell, "ExecStartPre", "no", waits, "")).contains("with --this-boot=9000, ");
    assertThat(takenFrom(asked())).hasSize(4).containsOnly("--this-boot=9000 " + on);
    assertThat(directory.resolve("0.authority")).doesNotExist();
  }

  /** What another account can write is root's at the next start. */
  @ParameterizedTest
  @MethodSource("shells")
  void a_start_check_that_root_runs_and_another_account_can_write_is_named_with_the_line_to_write(
      List<String> shell) throws Exception {
    String asks = asks(StartGuard.TEXT, "--this-boot=9", "/data", own(), "west-0");
    program("id", "#!/bin/sh\n[ \"$1\" = -u ] && echo 4711 || echo postgres\n");
    String byAccount = "/usr/sbin/runuser -u postgres -- " + asks;
    for (Path place : List.of(programs, programs.resolve("mooring-guard"))) {
      Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxrwxr-x"));
      assertThat(shownBy(shell, "ExecStartPre", "no", asks, ""))
          .contains("UNIT SHOWN postgresql@15-main.service has the guard in its ExecStartPre=")
          .contains("UNIT NOT_REHEARSED ExecStartPre=" + byAccount + " must be in postgresql@15-")
          .contains(" can write " + place);
      assertThat(ofUnitWith(shell, asks, "User", "postgres"))
          .contains("UNIT SHOWN ")
          .doesNotContain("NOT_REHEARSED");
      assertThat(shownBy(shell, "ExecStartPre", "no", byAccount, ""))
          .contains("UNIT SHOWN ", "has the guard in its ExecStartPre=, with --this-boot=9, which")
          .doesNotContain("NOT_REHEARSED");
      Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.delete(asked());
    String another = byAccount.replace("-u postgres", "-u somebody-else");
    assertThat(shownBy(shell, "ExecStartPre", "no", another, ""))
        .contains("UNIT NOT_REHEARSED ", ", run by somebody-else, which ");
    assertThat(ofUnitWith(shell, byAccount, "User", "postgres"))
        .contains("UNIT NOT_REHEARSED ", ", by runuser, which only root may use, as postgres");
    assertThat(shownBy(shell, "ExecStartPre", "no", byAccount.replace(" -- ", " "), ""))
        .contains("UNIT NOT_REHEARSED ", "that is not asked about this instance: ");
    assertThat(asked()).doesNotExist();
  }

  /** As systemctl 252 prints it beside the line that is judged as a start check. */
  @ParameterizedTest
  @MethodSource("shells")
  void each_line_of_root_is_looked_at_whatever_else_it_says(List<String> shell) throws Exception {
    String asks = asks(StartGuard.TEXT, "/data", own(), "west-0");
    program("id", "#!/bin/sh\n[ \"$1\" = -u ] && echo 4711 || echo postgres\n");
    String guard = programs.resolve("mooring-guard").toString();
    Files.setPosixFilePermissions(Path.of(guard), PosixFilePermissions.fromString("rwxrwxr-x"));
    String byAccount = "/usr/sbin/runuser -u postgres -- " + asks;
    String named = "UNIT NOT_REHEARSED ExecStartPre=";
    assertThat(withFlags(shell, byAccount, "User) echo User=root ;;", byAccount, ""))
        .doesNotContain(named);
    assertThat(withFlags(shell, asks, "User) echo User=postgres ;;", asks, "ignore-failure"))
        .doesNotContain(named);
    for (String flag : List.of("privileged", "ignore-failure no-setuid")) {
      assertThat(withFlags(shell, asks, "User) echo User=postgres ;;", asks, flag))
          .contains("UNIT SHOWN ", named + asks + ", without + and !, must be in postgresql@15-")
          .contains(" can write " + guard);
    }
    for (String second : List.of(asks + "-other", "/bin/sh -c exec " + guard + "; x")) {
      assertThat(withFlags(shell, byAccount, "", byAccount, "", second))
          .contains("UNIT SHOWN ", named + "/usr/sbin/runuser -u postgres -- " + second + " must");
    }
  }

  private String withFlags(
      List<String> shell, String judged, String more, String line, String flags, String... second)
      throws Exception {
    String shown =
        "echo 'ExecStartPreEx={ path=%s ; argv[]=%s ; flags=%s ; start_time=[n/a] ; pid=0 }';";
    String lines =
        Stream.of(second)
            .map(each -> shown.formatted(each.split(" ", 2)[0], each, ""))
            .collect(Collectors.joining("", shown.formatted("/x", line, flags), " ;; "));
    return shownBy(shell, "ExecStartPre", "no", judged, "ExecStartPreEx) " + lines + more);
  }

  /** What lies between a link and its end can be replaced as well. */
  @ParameterizedTest
  @MethodSource("shells")
  void each_link_that_leads_to_a_program_is_looked_at(List<String> shell) throws Exception {
    Path guard = program("mooring-guard", StartGuard.TEXT);
    Path open = Files.createDirectory(directory.resolve("open"));
    Path between = Files.createSymbolicLink(open.resolve("between"), Path.of("../bin"));
    Path first = Files.createSymbolicLink(directory.resolve("first"), between);
    assertThat(whoCanWrite(shell, first.resolve("mooring-guard"))).contains("nothing");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(whoCanWrite(shell, first.resolve("mooring-guard"))).contains("at " + open);
    assertThat(whoCanWrite(shell, guard)).contains("nothing");
    Path loop = Files.createSymbolicLink(programs.resolve("loop"), Path.of("loop"));
    assertThat(whoCanWrite(shell, loop)).contains("at ");
    assertThat(said(shell, "chmod 1777 \"$2\"", open)).isEmpty();
    assertThat(whoCanWrite(shell, first.resolve("mooring-guard"))).contains("nothing");
    assertThat(said(shell, "chmod 1757 \"$2\"", guard)).isEmpty();
    assertThat(whoCanWrite(shell, guard)).contains("at " + guard);
  }

  private String whoCanWrite(List<String> shell, Path program) throws Exception {
    String look = "if others_can_write \"$2\"; then echo \"at $at\"; else echo nothing; fi";
    return said(shell, look, program);
  }

  private String own() {
    return directory + "/0.authority";
  }

  @ParameterizedTest
  @MethodSource("shells")
  void a_start_check_that_lets_start_what_it_must_refuse_fails_as_one_that_refuses_all(
      List<String> shell) throws Exception {
    String own = directory + "/0.authority";
    String opens = asks("#!/bin/sh\nexit 0\n", "/data", own, "west-0");
    assertThat(shownBy(shell, "ExecStartPre", "no", opens, ""))
        .contains("UNIT FAILED ", "ends with 0, not with 1 and 'it was fenced in epoch 1'");
    String shuts = asks("#!/bin/sh\nexit 1\n", "/data", own, "west-0");
    assertThat(shownBy(shell, "ExecStartPre", "no", shuts, ""))
        .contains("UNIT FAILED ", "ends with 1, not with 0 and ''");
    String asksNot = StartGuard.TEXT.replace("this_boot=yes", "this_boot=no");
    String boot = asks(asksNot, "--this-boot", "/data", own, "west-0");
    assertThat(shownBy(shell, "ExecStartPre", "no", boot, ""))
        .contains("UNIT FAILED ", "ends with 0, not with 1 and 'names it since before");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void a_start_check_that_a_reboot_or_the_unit_takes_the_force_of_is_not_run(List<String> shell)
      throws Exception {
    String asks = asks(StartGuard.TEXT, "/data", directory + "/0.authority", "west-0");
    assertThat(ofUnitWith(shell, asks, "NeedDaemonReload", "yes"))
        .contains("UNIT NOT_REHEARSED", "others now than systemd has read");
    String passing = "/etc/systemd/system/a.conf /run/systemd/system/p.service.d/override.conf";
    assertThat(ofUnitWith(shell, asks, "DropInPaths", passing))
        .contains("UNIT NOT_REHEARSED", "gone after a reboot");
    assertThat(ofUnitWith(shell, asks, "SuccessExitStatus", "1"))
        .contains("UNIT NOT_REHEARSED", "takes its refusal for a success");
    assertThat(asked()).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void a_start_check_whose_refusal_does_not_count_is_not_run(List<String> shell) throws Exception {
    String own = directory + "/0.authority";
    String asks = asks(StartGuard.TEXT, "/data", own, "west-0");
    assertThat(shownBy(shell, "ExecStartPre", "yes", asks, ""))
        .contains("UNIT NOT_REHEARSED postgresql@15-main.service has the guard in its")
        .endsWith("ExecStartPre= with -, and starts with any answer of it\n");
    assertThat(shownBy(shell, "ExecStartPre", "no", asks, "User) echo User=somebody-else ;;"))
        .contains("UNIT NOT_REHEARSED ", "run by somebody-else, which ");
    assertThat(shownBy(shell, "ExecStop", "no", asks, ""))
        .contains("UNIT NOT_REHEARSED ")
        .endsWith("asks no guard in ExecStartPre= or ExecCondition=\n");
    String another = asks(StartGuard.TEXT, "/data", own, "east-0");
    assertThat(shownBy(shell, "ExecStartPre", "no", another, ""))
        .contains("UNIT NOT_REHEARSED ", "a guard in its ExecStartPre= that is not asked about");
    assertThat(shownBy(shell, "ExecStartPre", "no", asks + " more", ""))
        .contains("UNIT NOT_REHEARSED ", "that is not asked about this instance: ");
    assertThat(shownBy(shell, "ExecStartPre", "no", "/usr/bin/env " + asks, ""))
        .contains("UNIT NOT_REHEARSED ", "that is not asked about this instance: /usr/bin/env ");
    Files.delete(programs.resolve("mooring-guard"));
    assertThat(shownBy(shell, "ExecStartPre", "no", asks, ""))
        .contains("UNIT NOT_REHEARSED ", " can't run: ");
    assertThat(asked()).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void words_that_are_not_plain_are_never_run(List<String> shell) throws Exception {
    String own = directory + "/0.authority";
    String asks = asks(StartGuard.TEXT, "/data", own, "west-0");
    for (String more :
        List.of("; touch x", "\\; x", "$(touch x)", "`touch x`", "$PGDATA", "*", "|x")) {
      assertThat(shownBy(shell, "ExecStartPre", "no", asks + " " + more, ""))
          .as(more)
          .contains("UNIT NOT_REHEARSED ", "a guard in its ExecStartPre=, not in plain words: ");
    }
    assertThat(asked()).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void where_nothing_tells_of_units_that_is_said(List<String> shell) throws Exception {
    assertThat(unit(shell, "echo LoadState=not-found\n", "systemd_runs() { :; }\n"))
        .contains("UNIT NOT_REHEARSED a unit of it: none was found");
    assertThat(unit(shell, "exit 1\n", "systemd_runs() { false; }\n"))
        .contains("UNIT NOT_REHEARSED a unit of it: systemd does not run this host");
    assertThat(unit(shell, "exit 1\n", "command() { [ \"$2\" != systemctl ]; }\n"))
        .contains("UNIT NOT_REHEARSED a unit of it: this host has no systemctl");
  }
}
