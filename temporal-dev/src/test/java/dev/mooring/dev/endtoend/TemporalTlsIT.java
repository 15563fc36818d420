package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.temporal.LocalTemporal;
import dev.mooring.dev.tls.Authority;
import dev.mooring.dev.tls.TlsFront;
import dev.mooring.dev.worker.WorkerProgram;
import dev.mooring.starter.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Temporal server behind a TLS front that lets in who has a certificate of its authority:
 * worker and command line work through it, and say of everything else what fixes it.
 */
@Tag("all")
class TemporalTlsIT {
  private static final String NAME = "temporal.example.org";
  private static final String CERTIFICATE = "TEMPORAL_TLS_CLIENT_CERT_PATH";
  private static final String KEY = "TEMPORAL_TLS_CLIENT_KEY_PATH";

  @TempDir static Path directory = Path.of("set by JUnit");

  private static Authority ours;
  private static Authority theirs;
  private static Authority.Identity client;
  private static LocalTemporal temporal;
  private static TlsFront front;

  @BeforeAll
  static void raise() {
    ours = Authority.make(directory, "ours");
    theirs = Authority.make(directory, "theirs");
    client = ours.vouchFor("client", "dns:mooring.example.org");
    temporal = LocalTemporal.up("it-" + ProcessHandle.current().pid() + "-tls");
    front = TlsFront.before(directory, ours.vouchFor("front", "dns:" + NAME), ours, address());
  }

  @AfterAll
  static void strike() {
    front.close();
    temporal.close();
  }

  private static String address() {
    return temporal.address();
  }

  /** What a person sets who was given all that the front wants. */
  private static Map<String, String> admitted() {
    Map<String, String> all = new TreeMap<>();
    all.put("TEMPORAL_ADDRESS", front.address());
    all.put("TEMPORAL_TLS", "true");
    all.put("TEMPORAL_TLS_SERVER_NAME", NAME);
    all.put("TEMPORAL_TLS_SERVER_CA_CERT_PATH", ours.certificate().toString());
    all.put(CERTIFICATE, client.certificate().toString());
    all.put(KEY, client.key().toString());
    return all;
  }

  /** The same, but for one variable; an empty value takes it away. */
  private static Map<String, String> but(String... changes) {
    Map<String, String> all = admitted();
    for (int i = 0; i < changes.length; i += 2) {
      all.put(changes[i], changes[i + 1]);
      all.values().remove("");
    }
    return all;
  }

  @Test
  void a_publish_and_a_look_go_through_with_a_client_certificate() throws Exception {
    try (Lab lab = Lab.up(LabPlan.fleet(1).named("tlsrun").withWalFileMegabytes(1))) {
      Map<String, String> environment = new TreeMap<>(lab.environment());
      environment.putAll(admitted());
      try (WorkerProgram worker =
          WorkerProgram.start(directory, environment, "--site", "east", "--site", "west")) {
        worker.awaitHealth(200);
        // the same as a file says it, which the command line reads
        Map<String, String> typed = new TreeMap<>(lab.environment());
        typed.put("TEMPORAL_CONFIG_FILE", profileFile().toString());
        typed.put("TEMPORAL_PROFILE", "bank");
        Mooring mooring = new Mooring(typed, front.address());

        Answer published = mooring.type("publish " + lab.name());
        Answer status = mooring.type("status " + lab.name());

        assertThat(published.status()).as(published.err()).isZero();
        assertThat(status.firstLine()).as(status.err()).contains("west");
        assertThat(worker.said()).contains("of Temporal " + front.address());
      }
    }
  }

  private static Path profileFile() throws IOException {
    return Files.writeString(
        directory.resolve("temporal.toml"),
        """
        [profile.bank]
        [profile.bank.tls]
        server_name = "%s"
        server_ca_cert_path = "%s"
        client_cert_path = "%s"
        client_key_path = "%s"
        """
            .formatted(NAME, ours.certificate(), client.certificate(), client.key()));
  }

  /** What is set, and what is said of it. */
  private record Refusal(Map<String, String> environment, String fact, String remedy) {
    Mooring.Typed typed() {
      String asked = environment.getOrDefault("TEMPORAL_ADDRESS", front.address());
      return new Mooring(environment, asked).begin("cancel mooring:harbour:publish --reason test");
    }
  }

  private static List<Refusal> refusals() {
    Authority.Identity stranger = theirs.vouchFor("client", "dns:mooring.example.org");
    String authority = "TEMPORAL_TLS_SERVER_CA_CERT_PATH";
    return List.of(
        new Refusal(Map.of(), "as a server does that speaks only TLS", "set TEMPORAL_TLS=true"),
        new Refusal(
            but(CERTIFICATE, "", KEY, ""),
            "requires a client certificate, and none is named",
            CERTIFICATE),
        new Refusal(
            but(CERTIFICATE, stranger.certificate().toString(), KEY, stranger.key().toString()),
            "rejects the client certificate " + stranger.certificate(),
            "name a certificate that it accepts"),
        new Refusal(
            but(authority, theirs.certificate().toString()),
            "the authority in " + theirs.certificate() + " does not vouch",
            authority),
        new Refusal(but(authority, ""), "no authority that Java knows vouches", authority),
        new Refusal(
            but("TEMPORAL_TLS_SERVER_NAME", "other.example.org"),
            "shows a certificate of another name than other.example.org",
            "TEMPORAL_TLS_SERVER_NAME"),
        new Refusal(
            but("TEMPORAL_TLS_SERVER_NAME", ""),
            "shows a certificate of another name than 127.0.0.1",
            "TEMPORAL_TLS_SERVER_NAME"),
        new Refusal(
            but("TEMPORAL_ADDRESS", address()),
            "does not speak TLS as it is asked to",
            "name the address where it does"));
  }

  @Test
  void whatever_else_is_set_is_refused_with_what_fixes_it() {
    List<Refusal> refusals = refusals();
    List<Mooring.Typed> typed = refusals.stream().map(Refusal::typed).toList();
    for (int i = 0; i < refusals.size(); i++) {
      Answer answer = typed.get(i).answer();
      assertThat(answer.status()).isEqualTo(ExitCode.FAILED.status());
      assertThat(answer.err())
          .contains(refusals.get(i).fact())
          .contains("\nHINT: ")
          .contains(refusals.get(i).remedy());
    }
  }

  @Test
  void a_worker_that_is_not_let_in_ends_and_says_so() throws Exception {
    Map<String, String> noCertificate = but(CERTIFICATE, "", KEY, "");
    Map<String, String> noKeyFile = but(KEY, "/nonexistent/key");
    try (WorkerProgram first = WorkerProgram.start(directory, noCertificate);
        WorkerProgram second = WorkerProgram.start(directory, noKeyFile)) {
      assertThat(first.ended()).isEqualTo(1);
      assertThat(first.said())
          .contains("requires a client certificate, and none is named")
          .contains("HINT: name a certificate that it accepts as TEMPORAL_TLS_CLIENT_CERT_PATH")
          .doesNotContain("Exception");
      assertThat(second.ended()).isEqualTo(1);
      assertThat(second.said())
          .contains("the client key /nonexistent/key, for Temporal, is not there or not readable")
          .doesNotContain("Exception");
    }
  }
}
