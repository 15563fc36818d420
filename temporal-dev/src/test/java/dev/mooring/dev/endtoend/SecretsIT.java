package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.evidence.S3Server;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.secrets.ProcessWatch;
import dev.mooring.dev.secrets.Sought;
import dev.mooring.dev.secrets.TalkativeLog;
import dev.mooring.dev.tls.Authority;
import dev.mooring.dev.tls.TlsFront;
import dev.mooring.dev.worker.WorkerProgram;
import dev.mooring.wire.HistoryFormat;
import io.temporal.api.history.v1.HistoryEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets stay where their references lead: a publish, a consume and a check with real ones, and
 * runs that fail for wrong ones, leave none in histories, logs, evidence, on hosts or in process
 * lists. Excepted is the environment of the worker, where {@code env:NAME} has them by its meaning.
 *
 * <p>It looks at every process of the machine, those of a class beside it too: it runs alone.
 */
@Tag("all")
@Tag("heavy")
class SecretsIT {
  private static final String API_KEY = "ey-temporal.api/key+of=ann";
  private static final String PASSWORD = "pässwörd 'of' \"ann\" 100% & \\more";
  private static final String WRONG = "guessed;by/nobody";

  @TempDir static Path directory = Path.of("set by JUnit");

  private static final Sought SOUGHT = new Sought();
  private static final List<Answer> TYPED = new ArrayList<>();
  private static final Map<String, String> ENVIRONMENT = new TreeMap<>();
  private static final Deque<AutoCloseable> RAISED = new ArrayDeque<>();

  private static Lab lab;
  private static Service service;
  private static TlsFront front;
  private static S3Server bucket;
  private static WorkerProgram worker;
  private static ProcessWatch watch;
  private static String clusterFile = "";

  /** What the worker had said before a test planted anything. */
  private static String log = "";

  @BeforeAll
  static void raise() throws Exception {
    lab = raised(Lab.up(LabPlan.fleet(1).named("secrets").withWalFileMegabytes(1)));
    service = raised(new Service(lab.name()));
    bucket = raised(new S3Server(directory.resolve("s3")));
    front = admitted();
    seek();
    keepSecrets();
    worker =
        raised(WorkerProgram.start(directory, ENVIRONMENT, "--site", "east", "--site", "west"));
    watch = raised(new ProcessWatch(SOUGHT, Set.of(bucket.pid(), worker.pid())));
    worker.awaitHealth(200);
    typeAll();
    log = worker.said();
  }

  /** Also of what was only half raised nothing may stay. */
  @AfterAll
  static void strike() throws Exception {
    while (!RAISED.isEmpty()) {
      RAISED.pop().close();
    }
  }

  private static <T extends AutoCloseable> T raised(T one) {
    RAISED.push(one);
    return one;
  }

  /** The way to Temporal: a client certificate, and an API key. */
  private static TlsFront admitted() {
    Authority authority = Authority.make(directory, "ours");
    Authority.Identity client = authority.vouchFor("client", "dns:client");
    Authority.Identity shown = authority.vouchFor("front", "ip:127.0.0.1");
    TlsFront made = raised(TlsFront.before(directory, shown, authority, service.address()));
    ENVIRONMENT.putAll(lab.environment());
    ENVIRONMENT.put("TEMPORAL_ADDRESS", made.address());
    ENVIRONMENT.put("TEMPORAL_API_KEY", API_KEY);
    ENVIRONMENT.put("TEMPORAL_TLS_SERVER_CA_CERT_PATH", authority.certificate().toString());
    ENVIRONMENT.put("TEMPORAL_TLS_CLIENT_CERT_PATH", client.certificate().toString());
    ENVIRONMENT.put("TEMPORAL_TLS_CLIENT_KEY_PATH", client.key().toString());
    return made;
  }

  private static void seek() throws IOException {
    SOUGHT
        .with("password", PASSWORD)
        .with("wrong password", WRONG)
        .with("API key", API_KEY)
        .with("secret of the access key", S3Server.environment("STORE_SECRET").orElseThrow())
        .with("SSH key", body(lab.configDirectory().resolve("id_ed25519")))
        .with("signing key", body(lab.configDirectory().resolve("signing.pem")))
        .with("client key", body(directory.resolve("ours-client.key")));
  }

  /** The last whole line of a key, which is no other key's. */
  private static String body(Path key) throws IOException {
    List<String> lines = Files.readAllLines(key);
    return lines.get(lines.size() - 2);
  }

  /** Gives the role that password, and the references their secrets. */
  private static void keepSecrets() throws Exception {
    try (Connection connection = lab.connect(lab.instance("east-0"));
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER ROLE mooring PASSWORD '" + PASSWORD.replace("'", "''") + "'");
    }
    ENVIRONMENT.put("ROLE_PASSWORD", PASSWORD);
    ENVIRONMENT.put("WRONG_PASSWORD", WRONG);
    ENVIRONMENT.put("STORE_KEY_ID", S3Server.environment("STORE_KEY_ID").orElseThrow());
    ENVIRONMENT.put("STORE_SECRET", S3Server.environment("STORE_SECRET").orElseThrow());
    ENVIRONMENT.put("WRONG_SECRET", WRONG);
    ENVIRONMENT.put(
        "JAVA_TOOL_OPTIONS",
        "-Djava.io.tmpdir="
            + Files.createDirectories(directory.resolve("temporary"))
            + " -Dlogback.configurationFile="
            + TalkativeLog.in(directory));
    file("password", PASSWORD);
    file("open", PASSWORD);
    Files.setPosixFilePermissions(
        directory.resolve("open"), PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(
        lab.configDirectory().resolve("pgpass"),
        "*:*:*:mooring:" + PASSWORD.replace("\\", "\\\\") + "\n");
    String store = "{directory: \"" + lab.evidenceStore() + "\"}";
    clusterFile =
        Files.readString(lab.clusterFile())
            .replace(
                store,
                ("{s3: {bucket: %s, endpoint: \"%s\", pathStyle: true, credentials:"
                        + " {accessKeyId: \"env:STORE_KEY_ID\", secretAccessKey:"
                        + " \"env:STORE_SECRET\"}}}")
                    .formatted(S3Server.BUCKET, bucket.endpoint()));
    assertThat(clusterFile).contains("env:STORE_SECRET").contains("password: pgpass");
  }

  private static Path file(String name, String text) throws IOException {
    Path file = Files.writeString(directory.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static void typeAll() throws IOException {
    Mooring mooring = new Mooring(ENVIRONMENT, front.address());
    String cluster = " " + lab.name();
    with("env:ROLE_PASSWORD");
    TYPED.add(mooring.type("--debug publish" + cluster));
    with("file:" + directory.resolve("password"));
    TYPED.add(mooring.type("--debug publish" + cluster));
    TYPED.add(mooring.type("--debug consume" + cluster));
    with("pgpass");
    TYPED.add(mooring.type("--debug check" + cluster));
    TYPED.add(mooring.type("--debug verify" + cluster));
    TYPED.add(mooring.type("--debug logs" + cluster));
    Soon.soon("histories are kept", () -> packedHistories() > 1);
    TYPED.add(mooring.type("--debug report" + cluster));
    TYPED.add(mooring.type("--debug report --format json" + cluster));
    TYPED.add(mooring.type("--debug verify" + cluster));
    assertThat(TYPED).extracting(Answer::status).as(TYPED.toString()).containsOnly(0);
    TYPED.add(mooring.type("--debug follow mooring:" + lab.name() + ":publish"));
    TYPED.add(mooring.type("--debug status" + cluster));
    assertThat(TYPED.get(TYPED.size() - 1).out()).contains(lab.name());
    with("env:WRONG_PASSWORD");
    fails(mooring.type("--debug publish" + cluster), "environment variable WRONG_PASSWORD");
    with("file:" + directory.resolve("open"));
    fails(mooring.type("--debug publish" + cluster), "must be 0600 or less");
    with(PASSWORD.replace("\\", "\\\\").replace("\"", "\\\""));
    fails(mooring.type("--debug publish" + cluster), "database.password");
    fails(mooring.type("--debug check " + lab.clusterFile()), "database.password");
    Files.writeString(
        lab.clusterFile(), clusterFile.replace("env:STORE_SECRET", "env:WRONG_SECRET"));
    fails(mooring.type("--debug publish" + cluster), "EVIDENCE_UNREADABLE");
    Files.writeString(lab.clusterFile(), clusterFile);
  }

  private static long packedHistories() throws IOException {
    try (Stream<Path> files = Files.walk(bucket.bucket())) {
      return files.filter(SecretsIT::isHistory).count();
    }
  }

  private static boolean isHistory(Path file) {
    return file.toString().contains("/histories/") && file.toString().endsWith(".json.gz");
  }

  private static void with(String password) throws IOException {
    Files.writeString(
        lab.clusterFile(),
        clusterFile.replace("password: pgpass", "password: \"" + password + "\""));
  }

  private static void fails(Answer answer, String words) {
    assertThat(answer.status()).isNotZero();
    assertThat(answer.out() + answer.err()).contains(words);
    TYPED.add(answer);
  }

  @Test
  void no_command_and_no_worker_says_one() {
    for (Answer answer : TYPED) {
      assertThat(SOUGHT.in("a command", answer.out() + answer.err())).isEmpty();
    }
    assertThat(log)
        .contains(" DEBUG ")
        .containsPattern("\"level\":\"DEBUG\", *\"threadName\"")
        .containsPattern("DEBUG .*Mooring|\"loggerName\":\"dev\\.mooring");
    assertThat(SOUGHT.in("the worker's log", log)).isEmpty();
    assertThat(SOUGHT.in("a log line", "connecting as mooring with " + PASSWORD)).hasSize(1);
  }

  @Test
  void no_history_holds_one() throws Exception {
    Map<String, byte[]> histories = histories();
    assertThat(histories).hasSizeGreaterThan(8);
    List<String> found = new ArrayList<>();
    histories.forEach((run, bytes) -> found.addAll(SOUGHT.in(run, bytes)));
    assertThat(found).isEmpty();

    String large = "nobody would type this much; ".repeat(10_000) + API_KEY;
    service.start("ClusterCheck", "planted-small", "{\"cluster\":\"" + WRONG + "\"}");
    service.start("ClusterCheck", "planted-large", "{\"cluster\":\"" + large + "\"}");
    Soon.soon(
        "the planted ones are found",
        () -> {
          List<String> planted = new ArrayList<>();
          histories().forEach((run, bytes) -> planted.addAll(SOUGHT.in(run, bytes)));
          return planted.stream().anyMatch(line -> line.matches("planted-small.*wrong password.*"))
              && planted.stream().anyMatch(line -> line.matches("planted-large.*API key.*"));
        });
  }

  /** Of each run its events as they are stored, and what was packed as Temporal's tools show it. */
  private static Map<String, byte[]> histories() throws Exception {
    Map<String, byte[]> all = new TreeMap<>();
    for (var run : service.client().listExecutions("").toList()) {
      var execution = run.getExecution();
      ByteString bytes =
          service
              .client()
              .fetchHistory(execution.getWorkflowId(), execution.getRunId())
              .getEvents()
              .stream()
              .map(HistoryEvent::toByteString)
              .reduce(ByteString.EMPTY, ByteString::concat);
      if (bytes.toString(StandardCharsets.ISO_8859_1).contains("binary/mooring-deflate")) {
        byte[] shown = shown(execution.getWorkflowId(), execution.getRunId());
        bytes = bytes.concat(ByteString.copyFrom(shown));
      }
      all.put(execution.getWorkflowId() + " " + execution.getRunId(), bytes.toByteArray());
    }
    return all;
  }

  private static byte[] shown(String workflowId, String runId) throws Exception {
    Process show =
        new ProcessBuilder(
                System.getenv().getOrDefault("MOORING_TEMPORAL", "temporal"),
                "workflow",
                "show",
                "--address",
                service.address(),
                "--workflow-id",
                workflowId,
                "--run-id",
                runId,
                "--codec-endpoint",
                worker.codec(),
                "--output",
                "json")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    byte[] said = show.getInputStream().readAllBytes();
    assertThat(show.waitFor()).isZero();
    return said;
  }

  @Test
  void no_evidence_and_no_file_of_a_host_holds_one() throws IOException {
    Set<Path> read = new LinkedHashSet<>();
    assertThat(SOUGHT.below(bucket.bucket(), List.of(), read)).isEmpty();
    assertThat(read)
        .anyMatch(file -> file.toString().contains("/receipts/"))
        .anyMatch(SecretsIT::isHistory)
        .anyMatch(file -> file.endsWith("manifests/LATEST.json"));
    assertThat(SOUGHT.below(lab.directory(), List.of(lab.configDirectory()), read)).isEmpty();
    assertThat(SOUGHT.below(directory.resolve("temporary"), List.of(), read)).isEmpty();
    assertThat(read).anyMatch(file -> file.startsWith(lab.host("w0").mooring()));

    Path planted = lab.host("w0").mooring().resolve("planted");
    Files.writeString(planted, "PGPASSWORD=" + PASSWORD);
    try {
      assertThat(SOUGHT.below(lab.directory(), List.of(lab.configDirectory()), read))
          .singleElement()
          .asString()
          .startsWith(planted + " holds the password");
    } finally {
      Files.delete(planted);
    }
  }

  /** Only who unpacks it, and the payloads within, can see it. */
  @Test
  void one_in_a_kept_history_would_be_found() throws IOException {
    String payload = "{\"password\":\"" + PASSWORD.replaceAll("([\"\\\\])", "\\\\$1") + "\"}";
    String data = Base64.getEncoder().encodeToString(payload.getBytes(StandardCharsets.UTF_8));
    Path kept = Files.createDirectories(directory.resolve("planted/histories"));
    Path planted = kept.resolve("run_run_digest.json.gz");
    Files.write(planted, HistoryFormat.pack("{\"payloads\": [{\"data\": \"" + data + "\"}]}"));

    assertThat(SOUGHT.below(kept, List.of(), new LinkedHashSet<>()))
        .singleElement()
        .asString()
        .startsWith(planted + ", in a payload, holds the password");
  }

  @Test
  void no_process_shows_one() throws Exception {
    assertThat(watch.found()).isEmpty();
    assertThat(watch.commands()).anyMatch(word -> word.endsWith("/sh") || word.equals("sh"));

    String[] sleeping = {"sh", "-c", "sleep 20; : \"$0\"", WRONG};
    ProcessBuilder inEnvironment = new ProcessBuilder("sleep", "20");
    inEnvironment.environment().put("PGPASSWORD", PASSWORD);
    Process argument = new ProcessBuilder(sleeping).start();
    Process variable = inEnvironment.start();
    try {
      Soon.soon(
          "the planted ones are seen",
          () ->
              watch.found().stream().anyMatch(line -> line.contains("the command line of sh"))
                  && watch.found().stream()
                      .anyMatch(line -> line.startsWith("the environment of sleep")));
    } finally {
      argument.descendants().forEach(ProcessHandle::destroy);
      argument.destroy();
      variable.destroy();
    }
  }
}
