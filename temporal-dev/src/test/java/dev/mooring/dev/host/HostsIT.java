package dev.mooring.dev.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.machine.ThisMachine;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions to real SSH servers: kept, lost, refused. */
@Tag("all")
class HostsIT {
  private static final Duration LIMIT = ThisMachine.takes(Duration.ofSeconds(20));

  private static Lab lab;
  private static Fleet fleet;

  @RegisterExtension static final OtherHosts OTHER_HOSTS = new OtherHosts(() -> lab, "w0");

  @TempDir Path directory;

  @BeforeAll
  static void up() {
    lab = Lab.up(LabPlan.fleet(1).named("ssh").withWalFileMegabytes(1));
    fleet = new Fleet(lab);
  }

  @AfterAll
  static void down() {
    fleet.close();
    lab.close();
  }

  @Test
  void runs_more_scripts_at_once_than_a_server_lets_sessions_have_channels() {
    List<CompletableFuture<String>> running =
        IntStream.range(0, 30)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () ->
                            fleet.hosts.run(host(), say("number " + i), LIMIT).host().text("said")))
            .toList();
    for (int i = 0; i < running.size(); i++) {
      assertThat(running.get(i).join()).isEqualTo("number " + i);
    }
  }

  @Test
  void tells_scripts_that_ask_their_words_all_in_one_session() {
    List<CompletableFuture<String>> running =
        IntStream.range(0, 12)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> answer(fleet.hosts, "go " + i)))
            .toList();
    for (int i = 0; i < running.size(); i++) {
      assertThat(running.get(i).join()).isEqualTo("go " + i);
    }
  }

  private static String answer(Hosts hosts, String word) {
    return answer(hosts, () -> word);
  }

  private static String answer(Hosts hosts, Supplier<String> word) {
    Script script =
        Script.of("test", HostsIT.class, List.of("session.sh"))
            .each("west-0", "say_answer", List.of());
    return hosts.ask(host(), script, LIMIT, word).of("west-0").text("answer");
  }

  @Test
  void runs_a_script_in_the_namespace_that_its_hosts_prefix_makes_and_quotes_each_word() {
    HostAccess inside =
        prefixed(
            "unshare",
            "--map-root-user",
            "--uts",
            "sh",
            "-c",
            "test \"${#1}\" = 16 && hostname inside && shift && exec \"$@\"",
            "enter",
            "it's $(uname -n)");
    assertThat(hostName(inside)).isEqualTo("inside");
    assertThat(hostName(host().access())).isNotEqualTo("inside");
  }

  /** As a container is entered: its processes are there before, and stay. */
  @Test
  void runs_a_script_in_the_namespace_of_a_process_that_its_hosts_prefix_enters() {
    String process = beginContainer();
    try {
      HostAccess inside =
          prefixed(
              "nsenter",
              "--preserve-credentials",
              "--user=/proc/" + process + "/ns/user",
              "--uts=/proc/" + process + "/ns/uts");
      assertThat(hostName(inside)).isEqualTo("container");
      assertThat(hostName(host().access())).isNotEqualTo("container");
    } finally {
      lab.run(lab.host("w0"), "kill", process);
    }
  }

  /** Returns its process once the host has another name in it. */
  private static String beginContainer() {
    String process = "hostname container && echo $$ && exec sleep 600 </dev/null >/dev/null 2>&1";
    String begin = "echo \"$(unshare --map-root-user --uts sh -c \"$0\" &)\"";
    return lab.run(lab.host("w0"), "sh", "-c", begin, process).strip();
  }

  private static String hostName(HostAccess access) {
    try (Hosts fresh = new Hosts(Fleet.CONNECT)) {
      return fresh
          .run(
              new Host(host().name(), access, host().directory()),
              script("say_host_name", List.of()),
              LIMIT)
          .host()
          .text("host_name");
    }
  }

  @Test
  void says_that_the_outcome_is_unknown_when_the_session_dies_and_makes_a_new_one() {
    // the next call finds the session dead, or dying: several times, as each finds another moment
    for (int i = 0; i < 10; i++) {
      assertFailure(
          () -> fleet.hosts.run(host(), script("end_session", List.of()), LIMIT),
          FailureCode.OUTCOME_UNKNOWN);
      assertThat(fleet.hosts.run(host(), say("back"), LIMIT).host().text("said")).isEqualTo("back");
    }
  }

  @Test
  void refuses_a_key_the_known_hosts_file_does_not_have_for_that_address() throws Exception {
    Path known = directory.resolve("known_hosts");
    HostAccess access = host().access();
    String otherPort =
        Files.readString(Path.of(access.knownHostsFile()))
            .replace("]:" + access.port() + " ", "]:1 ");
    Files.writeString(known, otherPort);
    assertFailure(
        () -> run(access(access.port(), access.identityFile(), known)),
        FailureCode.HOST_KEY_REFUSED);
    // of an intruder, who serves another port of a host whose key is known
    Files.writeString(
        known,
        Files.readString(Path.of(access.knownHostsFile()))
            .replaceAll("\\[([^]]*)]:" + access.port() + " ", "$1 "));
    assertThatThrownBy(() -> run(access(access.port(), access.identityFile(), known)))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo("HOST_KEY_REFUSED");
              assertThat(failure.getOriginalMessage())
                  .contains("`ssh-keyscan -p " + access.port() + " " + access.address() + "`");
            });
    Files.writeString(known, "");
    assertFailure(
        () -> run(access(access.port(), access.identityFile(), known)),
        FailureCode.HOST_KEY_REFUSED);
    Files.delete(known);
    assertFailure(
        () -> run(access(access.port(), access.identityFile(), known)),
        FailureCode.HOST_KEY_REFUSED);
  }

  @Test
  void refuses_to_go_on_with_a_key_the_account_does_not_know() throws Exception {
    Path other = directory.resolve("id");
    Process keygen =
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other.toString())
            .start();
    assertThat(keygen.waitFor()).isZero();
    Path known = Path.of(host().access().knownHostsFile());
    assertFailure(
        () -> run(access(host().access().port(), other.toString(), known)),
        FailureCode.AUTHENTICATION_REFUSED);
    assertFailure(
        () -> run(access(host().access().port(), directory.resolve("none").toString(), known)),
        FailureCode.AUTHENTICATION_REFUSED);
    Process passphrase =
        new ProcessBuilder("ssh-keygen", "-q", "-p", "-N", "secret", "-f", other.toString())
            .start();
    assertThat(passphrase.waitFor()).isZero();
    assertThatThrownBy(() -> run(access(host().access().port(), other.toString(), known)))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo("AUTHENTICATION_REFUSED");
              assertThat(failure.getOriginalMessage()).contains(other + " ", "has a passphrase");
            });
  }

  /** The acts of others run in the session whose server refuses one more. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void scripts_run_beside_one_another_whatever_the_server_allows_a_session(int channels)
      throws Exception {
    withMaxSessions(
        channels,
        () -> {
          try (Hosts fresh = new Hosts(Fleet.CONNECT)) {
            List<CompletableFuture<String>> running =
                IntStream.range(0, 12)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> answer(fresh, "go " + i)))
                    .toList();
            for (int i = 0; i < running.size(); i++) {
              assertThat(running.get(i).join()).isEqualTo("go " + i);
            }
          }
        });
  }

  /** As an activity is, whose end Temporal knows already, while a loaded host opens its channel. */
  @Test
  void an_interrupted_wait_for_a_channel_leaves_the_session_to_the_scripts_of_others()
      throws Exception {
    try (Hosts fresh = new Hosts(Fleet.CONNECT);
        HeldScript held = new HeldScript(fresh)) {
      String session = session(fresh);
      List<Thread> waiting =
          IntStream.range(0, 7).mapToObj(i -> new Thread(() -> session(fresh))).toList();
      lab.faults().signalAllSsh(lab.host("w0"), Signal.STOP);
      try {
        waiting.forEach(thread -> thread.setUncaughtExceptionHandler((one, interrupted) -> {}));
        waiting.forEach(Thread::start);
        Fleet.until(() -> opening() == waiting.size());
        waiting.forEach(Thread::interrupt);
        for (Thread thread : waiting) {
          thread.join(LIMIT.toMillis());
          assertThat(thread.isAlive()).isFalse();
        }
      } finally {
        lab.faults().signalAllSsh(lab.host("w0"), Signal.CONT);
      }
      assertThat(CompletableFuture.supplyAsync(() -> session(fresh)).get(60, TimeUnit.SECONDS))
          .isEqualTo(session);
      assertThat(held.end()).isEqualTo("go");
    }
  }

  @Test
  void a_channel_that_is_not_opened_in_time_costs_no_script_that_runs_in_its_session()
      throws Exception {
    try (Hosts fresh = new Hosts(Duration.ofSeconds(2));
        HeldScript held = new HeldScript(fresh)) {
      lab.faults().signalAllSsh(lab.host("w0"), Signal.STOP);
      try {
        assertFailure(() -> session(fresh), FailureCode.HOST_UNREACHABLE);
      } finally {
        lab.faults().signalAllSsh(lab.host("w0"), Signal.CONT);
      }
      assertThat(held.end()).isEqualTo("go");
      assertThat(session(fresh)).isNotEmpty();
    }
  }

  private static long opening() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("ssh-open"))
        .count();
  }

  /** The process of the SSH server that a session has on the host. */
  private static String session(Hosts hosts) {
    return hosts.run(host(), script("say_session", List.of()), LIMIT).host().text("session");
  }

  /** A script that runs until it is given its word. */
  private static final class HeldScript implements AutoCloseable {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CompletableFuture<String> word = new CompletableFuture<>();
    private final CompletableFuture<String> answer;

    HeldScript(Hosts hosts) throws InterruptedException {
      answer = CompletableFuture.supplyAsync(() -> answer(hosts, this::word));
      assertThat(asked.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    }

    private String word() {
      asked.countDown();
      return word.join();
    }

    String end() {
      word.complete("go");
      return answer.join();
    }

    @Override
    public void close() {
      word.complete("closed");
    }
  }

  @Test
  void a_server_that_allows_no_session_at_all_is_named_with_its_setting() throws Exception {
    withMaxSessions(
        0,
        () -> {
          try (Hosts fresh = new Hosts(Fleet.CONNECT)) {
            assertThatThrownBy(() -> fresh.run(host(), say("x"), LIMIT))
                .isInstanceOf(ApplicationFailure.class)
                .hasMessageContaining("MaxSessions");
          }
        });
  }

  private static void withMaxSessions(int channels, ThrowingCallable act) throws Exception {
    LabHost host = lab.host("w0");
    Path configuration = host.directory().resolve("ssh/sshd_config");
    String before = Files.readString(configuration);
    Files.writeString(configuration, "MaxSessions " + channels + "\n" + before);
    anew(host);
    try {
      act.call();
    } catch (Exception | Error failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new AssertionError(failure);
    } finally {
      Files.writeString(configuration, before);
      anew(host);
    }
  }

  /** What this OpenSSH still offers when it is told to, and nothing else beside it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "KexAlgorithms diffie-hellman-group1-sha1",
        "HostKeyAlgorithms ssh-rsa",
        "Ciphers 3des-cbc,aes128-cbc",
        "MACs hmac-md5,hmac-md5-96"
      })
  void refuses_a_server_that_offers_weak_algorithms_only(String setting) throws Exception {
    LabHost host = lab.host("w0");
    Path ssh = host.directory().resolve("ssh");
    Path configuration = ssh.resolve("sshd_config");
    String before = Files.readString(configuration);
    Path rsa = ssh.resolve("rsa_key");
    if (!Files.exists(rsa)) {
      lab.run(host, "ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", rsa.toString());
    }
    String[] words = setting.split(" ", -1);
    String noMore = setting.startsWith("MACs") ? "\nCiphers aes128-ctr" : "";
    Files.writeString(configuration, setting + noMore + "\nHostKey " + rsa + "\n" + before);
    anew(host);
    try (Hosts fresh = new Hosts(Fleet.CONNECT)) {
      assertThatThrownBy(() -> fresh.run(host(), say("x"), LIMIT))
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              failure -> {
                assertThat(failure.getType()).isEqualTo("HOST_ALGORITHMS_REFUSED");
                assertThat(failure.isNonRetryable()).isTrue();
                assertThat(failure.getOriginalMessage())
                    .contains("host w0 (", "(" + words[0] + ")")
                    .contains(" that is strong enough: " + words[1]);
              });
    } finally {
      Files.writeString(configuration, before);
      anew(host);
    }
  }

  private static void anew(LabHost host) {
    lab.faults().signalSsh(host, Signal.KILL);
    lab.faults().startSsh(host);
  }

  @Test
  void keeps_an_unreachable_host_apart_from_one_that_refuses() {
    lab.faults().signalSsh(lab.host("w0"), Signal.KILL);
    try (Hosts fresh = new Hosts(Duration.ofSeconds(2))) {
      assertFailure(() -> fresh.run(host(), say("x"), LIMIT), FailureCode.HOST_UNREACHABLE);
    } finally {
      lab.faults().startSsh(lab.host("w0"));
    }
  }

  @Test
  void gives_a_host_that_froze_before_it_was_asked_no_more_time_than_connecting_may_take() {
    lab.faults().signalSsh(lab.host("w0"), Signal.STOP);
    long asked = System.nanoTime();
    try (Hosts fresh = new Hosts(Duration.ofSeconds(2))) {
      assertFailure(() -> fresh.run(host(), say("x"), LIMIT), FailureCode.HOST_UNREACHABLE);
    } finally {
      lab.faults().signalSsh(lab.host("w0"), Signal.CONT);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - asked))
        .isLessThan(ThisMachine.takes(Duration.ofSeconds(10)));
  }

  private static Host host() {
    return fleet.host("w0");
  }

  private static HostAccess access(int port, String identity, Path known) {
    HostAccess access = host().access();
    return new HostAccess(
        access.kind(),
        access.address(),
        port,
        access.user(),
        identity,
        known.toString(),
        access.prefix());
  }

  private static HostAccess prefixed(String... prefix) {
    HostAccess access = host().access();
    return new HostAccess(
        access.kind(),
        access.address(),
        access.port(),
        access.user(),
        access.identityFile(),
        access.knownHostsFile(),
        List.of(prefix));
  }

  private static ScriptResult run(HostAccess access) {
    try (Hosts fresh = new Hosts(Fleet.CONNECT)) {
      return fresh.run(new Host(host().name(), access, host().directory()), say("x"), LIMIT);
    }
  }

  private static Script say(String what) {
    return script("report", List.of("said", what));
  }

  private static Script script(String function, List<String> arguments) {
    return Script.of("test", HostsIT.class, List.of("session.sh")).call(function, arguments);
  }

  private static void assertFailure(ThrowingCallable call, FailureCode code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> assertThat(failure.getType()).isEqualTo(code.name()));
  }
}
