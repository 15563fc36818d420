package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts run by a real shell on this machine. */
class HostsTest {
  private static final InstanceId WEST = new InstanceId("west-0");

  /**
   * PostgreSQL's manual, Environment Variables of libpq; what servers read too is not among them.
   */
  private static final String[] OF_CLIENTS =
      """
      PGHOST PGHOSTADDR PGDATABASE PGUSER PGPASSWORD PGPASSFILE PGREQUIREAUTH PGCHANNELBINDING
      PGSERVICE PGSERVICEFILE PGOPTIONS PGAPPNAME PGSSLMODE PGREQUIRESSL PGSSLNEGOTIATION
      PGSSLCOMPRESSION PGSSLCERT PGSSLKEY PGSSLCERTMODE PGSSLROOTCERT PGSSLCRL PGSSLCRLDIR PGSSLSNI
      PGREQUIREPEER PGSSLMINPROTOCOLVERSION PGSSLMAXPROTOCOLVERSION PGGSSENCMODE PGKRBSRVNAME
      PGGSSLIB PGGSSDELEGATION PGCONNECT_TIMEOUT PGTARGETSESSIONATTRS PGLOADBALANCEHOSTS
      PGMINPROTOCOLVERSION PGMAXPROTOCOLVERSION PGTZ PGGEQO PGSYSCONFDIR PGLOCALEDIR PGREALM
      """
          .strip()
          .split("\\s+");

  private static final String[] OF_SERVERS = {"PGPORT", "PGDATESTYLE", "PGCLIENTENCODING"};

  @TempDir Path directory;
  private LocalHost local = LocalHost.in(Path.of("/nonexistent"));

  @BeforeEach
  void open() {
    local = LocalHost.in(directory);
  }

  @AfterEach
  void close() {
    local.close();
  }

  @Test
  void answers_for_each_subject_what_its_own_function_said() {
    Script script = LocalHost.script("say.sh");
    for (int i = 0; i < 5; i++) {
      script.each("west-" + i, "say_all", List.of("text of " + i));
    }
    ScriptResult result = local.run(script);
    for (int i = 0; i < 5; i++) {
      assertThat(result.of("west-" + i).text("argument1")).isEqualTo("text of " + i);
    }
  }

  @Test
  void a_script_is_run_by_a_shell_that_its_hosts_prefix_starts() {
    HostAccess inside =
        HostAccess.local(
            "127.0.0.1", List.of("env", "-i", "WORD='a' $(reboot)", "PATH=/usr/bin:/bin"));
    Host host = new Host(local.host().name(), inside, directory.toString());
    Script script = LocalHost.script("say.sh").each("west-0", "say_variable", List.of("WORD"));
    assertThat(local.hosts().run(host, script, LocalHost.LIMIT).of("west-0").text("WORD"))
        .isEqualTo("'a' $(reboot)");
  }

  /**
   * The account's own may lead its programs to another server, or change what they do there. A
   * server starts with its own as its account starts it, and so do its archive commands.
   */
  @Test
  void no_program_of_a_script_gets_a_libpq_variable_of_the_account_and_servers_get_theirs() {
    assertThat(environment(LocalHost.script("say.sh")))
        .contains("PATH", "PGDATA", "PGBACKREST_STANZA", "PGBACKREST_CONFIG")
        .contains(OF_SERVERS)
        .doesNotContain(OF_CLIENTS);
    assertThat(environment(LocalHost.script("say.sh").call("as_client", List.of())))
        .contains("PATH", "PGBACKREST_STANZA")
        .doesNotContain(OF_CLIENTS)
        .doesNotContain(OF_SERVERS);
  }

  /** The variables that a program of a script sees of an account that has set all of these. */
  private List<String> environment(Script script) {
    List<String> prefix = new ArrayList<>(List.of("env"));
    Stream.of(OF_CLIENTS, OF_SERVERS).flatMap(Stream::of).forEach(name -> prefix.add(name + "=x"));
    prefix.addAll(List.of("PGDATA=x", "PGBACKREST_STANZA=x", "PGBACKREST_CONFIG=x"));
    HostAccess inside = HostAccess.local("127.0.0.1", prefix);
    Host host = new Host(local.host().name(), inside, directory.toString());
    return local
        .hosts()
        .run(host, script.call("say_environment", List.of()), LocalHost.LIMIT)
        .host()
        .text("environment")
        .lines()
        .toList();
  }

  @Test
  void a_prefix_that_does_not_run_the_shell_is_named_as_the_hosts_failure() {
    HostAccess inside = HostAccess.local("127.0.0.1", List.of("sh", "-c", "echo no such zone"));
    Host host = new Host(local.host().name(), inside, directory.toString());
    assertThatThrownBy(() -> local.hosts().run(host, LocalHost.script("say.sh"), LocalHost.LIMIT))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("no such zone");
  }

  @Test
  void a_script_that_asks_is_told_a_word_and_one_that_does_not_ask_is_told_none() {
    Script asks = LocalHost.script("say.sh").each("west-0", "say_answer", List.of());
    ScriptResult reported = local.hosts().ask(local.host(), asks, LocalHost.LIMIT, () -> "go on");
    assertThat(reported.of("west-0").text("answer")).isEqualTo("go on");
    Script asksNot = LocalHost.script("say.sh").each("west-0", "say_all", List.of("text"));
    ScriptResult result =
        local
            .hosts()
            .ask(
                local.host(),
                asksNot,
                LocalHost.LIMIT,
                () -> {
                  throw new AssertionError("nobody asked");
                });
    assertThat(result.of("west-0").text("argument1")).isEqualTo("text");
  }

  /** Those that the shell makes by itself are no variables of the worker. */
  @Test
  void a_script_sees_nothing_of_the_workers_environment_but_what_a_session_has() {
    Script script = LocalHost.script("say.sh").call("say_environment", List.of());
    assertThat(local.run(script).host().text("environment").lines())
        .contains("PATH")
        .allMatch(name -> LocalProcesses.isOfASession(name) || name.matches("PWD|OLDPWD|SHLVL|_"));
    assertThat(LocalProcesses.isOfASession("ROLE_PASSWORD")).isFalse();
    assertThat(LocalProcesses.isOfASession("TEMPORAL_API_KEY")).isFalse();
    assertThat(LocalProcesses.isOfASession("PGPASSWORD")).isFalse();
  }

  @Test
  void lets_32_subjects_go_on_at_once_and_never_more() {
    Script script = LocalHost.script("say.sh");
    List<String> subjects = IntStream.range(0, 40).mapToObj(i -> "west-" + i).toList();
    subjects.forEach(
        subject -> script.each(subject, "meet", List.of(directory.toString(), subject, "32")));
    ScriptResult result = local.run(script);
    assertThat(subjects)
        .extracting(subject -> Integer.parseInt(result.of(subject).text("under_way")))
        .allMatch(underWay -> underWay <= 32)
        .contains(32);
  }

  @Test
  void one_that_is_killed_holds_up_none_that_waits_for_its_turn() {
    Script script = LocalHost.script("say.sh");
    IntStream.range(0, 33).forEach(i -> script.each("west-" + i, "end_alone", List.of()));
    ScriptResult result =
        local.run(
            script
                .each("west-33", "say_all", List.of("here"))
                .each("west-34", "say_all", List.of("too")));
    assertThat(result.of("west-34").text("argument1")).isEqualTo("too");
  }

  @Test
  void keeps_the_script_from_programs_that_read_standard_input() {
    Script script =
        LocalHost.script("say.sh")
            .call("read_standard_input", List.of())
            .each("west-0", "read_standard_input", List.of());
    ScriptResult result = local.run(script);
    assertThat(result.host().text("input")).isEmpty();
    assertThat(result.of("west-0").text("input")).isEmpty();
  }

  @Test
  void tells_what_is_said_on_the_way_on_the_callers_thread() {
    List<String> reported = new ArrayList<>();
    Thread caller = Thread.currentThread();
    Script script =
        LocalHost.script("say.sh").each("west-0", "say_on_the_way", List.of("west-0", "two"));
    ScriptResult result =
        local
            .hosts()
            .run(
                local.host(),
                script,
                LocalHost.LIMIT,
                (subject, text) -> {
                  assertThat(Thread.currentThread()).isSameAs(caller);
                  reported.add(subject + ": " + text);
                });
    assertThat(reported).containsExactly("west-0: first of two");
    assertThat(result.of("west-0").text("said")).isEqualTo("two");
  }

  @Test
  void makes_a_refusal_and_an_unexplained_end_the_failure_of_that_instance_alone() {
    Script script =
        LocalHost.script("say.sh")
            .each("west-0", "refuse_with", List.of("NO_ROOM", "no room on /data"))
            .each("west-1", "fail_with", List.of("3"))
            .each("west-2", "say_all", List.of("fine"));
    ScriptResult.PerInstance<String> read =
        local
            .run(script)
            .read(
                List.of(WEST, new InstanceId("west-1"), new InstanceId("west-2")),
                Function.identity(),
                (instance, said) -> said.text("argument1"));
    assertThat(read.results()).containsExactly("fine");
    assertThat(read.failures())
        .containsExactly(
            new InstanceFailure(WEST, FailureCode.NO_ROOM, "no room on /data"),
            new InstanceFailure(
                new InstanceId("west-1"),
                FailureCode.HOST_REFUSED,
                "west-1: the script ended with exit status 3: why it failed"));
  }

  @Test
  void makes_text_that_cannot_be_read_a_failure_and_never_a_default() {
    Script script = LocalHost.script("say.sh").each("west-0", "say_all", List.of());
    ScriptResult.PerInstance<String> read =
        local
            .run(script)
            .read(List.of(WEST), Function.identity(), (instance, said) -> said.text("control"));
    assertThat(read.results()).isEmpty();
    assertThat(read.failures().get(0).code()).isEqualTo(FailureCode.STATE_UNREADABLE);
  }

  @Test
  void names_a_host_silent_at_the_deadline_and_lets_it_be_tried_again() {
    Script script = LocalHost.script("say.sh").each("west-0", "never_end", List.of("west-0"));
    List<ProcessHandle> shells = new ArrayList<>();
    try {
      assertFailure(
          () ->
              local
                  .hosts()
                  .run(
                      local.host(),
                      script,
                      Duration.ofSeconds(3),
                      (subject, pid) ->
                          ProcessHandle.of(Long.parseLong(pid)).ifPresent(shells::add)),
          FailureCode.HOST_SILENT,
          false);
      assertThat(shells).hasSize(1);
    } finally {
      for (ProcessHandle shell : shells) {
        shell.descendants().forEach(ProcessHandle::destroy);
        shell.destroy();
      }
    }
  }

  @Test
  void says_that_the_outcome_is_unknown_when_the_shell_ends_on_the_way() {
    assertFailure(
        () -> local.run(LocalHost.script("say.sh").call("end_at_once", List.of())),
        FailureCode.OUTCOME_UNKNOWN,
        false);
  }

  @Test
  void refuses_the_call_as_a_whole_where_the_host_does() {
    assertFailure(
        () ->
            local.run(
                LocalHost.script("say.sh")
                    .call("end_refused", List.of("EPOCH_REFUSED", "a newer one acted here"))
                    .each("west-0", "say_all", List.of())),
        FailureCode.EPOCH_REFUSED,
        true);
  }

  /** A start file of the account, as the shell's own, comes before the script. */
  @ParameterizedTest
  @ValueSource(strings = {"yes", "cat /dev/zero"})
  void what_a_host_prints_without_end_ends_and_its_outcome_is_unknown(String startFile)
      throws Exception {
    Path pid = directory.resolve("pid");
    String shell = startFile + " & echo $! >" + pid + "; wait";
    HostAccess inside = HostAccess.local("127.0.0.1", List.of("sh", "-c", shell));
    Host host = new Host(local.host().name(), inside, directory.toString());
    assertThatThrownBy(() -> local.hosts().run(host, LocalHost.script("say.sh"), LocalHost.LIMIT))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(FailureCode.OUTCOME_UNKNOWN.name());
              assertThat(failure.getOriginalMessage())
                  .startsWith("host here printed more than the 8 MiB")
                  .contains("script 'test'");
            });
    Optional<ProcessHandle> printing =
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
    if (printing.isPresent()) {
      printing.get().onExit().get(LocalHost.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  void a_script_with_a_budget_of_its_own_says_a_line_that_is_longer_than_others_may() {
    Script script = LocalHost.script("say.sh").each("west-0", "say_long", List.of("12000000"));
    assertFailure(() -> local.run(script), FailureCode.OUTCOME_UNKNOWN, false);
    assertThat(local.run(script.answering(13_000_000)).of("west-0").text("long"))
        .hasSize(12_000_000);
  }

  /** A copy tells of itself for days. */
  @Test
  void what_is_said_on_the_way_does_not_use_up_the_budget() {
    List<String> words = List.of("west-0", "60", directory.toString());
    Script script =
        LocalHost.script("say.sh").each("west-0", "say_one_by_one", words).answering(20_000);
    List<Integer> reported = new ArrayList<>();
    local
        .hosts()
        .run(
            local.host(),
            script,
            LocalHost.LIMIT,
            (subject, text) -> {
              reported.add(Integer.parseInt(text));
              assertThat(directory.resolve("heard-" + Integer.parseInt(text)).toFile().mkdir())
                  .isTrue();
            });
    assertThat(reported).hasSize(60);
  }

  private static void assertFailure(ThrowingCallable call, FailureCode code, boolean forGood) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(code.name());
              assertThat(failure.isNonRetryable()).isEqualTo(forGood);
              assertThat(failure.getOriginalMessage()).contains("HINT: " + code.hint());
            });
  }
}
