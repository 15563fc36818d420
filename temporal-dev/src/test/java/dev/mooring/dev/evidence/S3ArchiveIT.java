package dev.mooring.dev.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.archive.HostArchiveActivities;
import dev.mooring.activities.archive.SampleWal;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.LocalHost;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.evidence.ArchivedWal;
import dev.mooring.port.ArchiveActivities.ChainObserved;
import dev.mooring.port.ArchiveActivities.ChainsObserved;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.ObserveChain;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceFailure;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A WAL archive in a bucket of a real S3 server, listed as a worker does and fetched from by the
 * restore command that the cluster file goes with.
 */
@Tag("all")
class S3ArchiveIT {
  @TempDir static Path directory = Path.of("set by JUnit");
  private static S3Server server;
  private static LocalHost local = LocalHost.in(Path.of("/nonexistent"));

  private final String prefix = "wal-" + UUID.randomUUID();

  @BeforeAll
  static void raise() throws IOException {
    server = new S3Server(directory.resolve("server"));
    local = LocalHost.in(directory);
    config("good.curl", S3Server.curlConfig());
    config("bad.curl", S3Server.curlConfig().replace("not-secret", "not-the-secret"));
  }

  private static void config(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  @AfterAll
  static void strike() {
    local.close();
    server.close();
  }

  @BeforeEach
  void fill() throws IOException {
    for (int number = 16; number <= 20; number++) {
      put(SampleWal.name(1, number), SampleWal.file(1, number));
    }
  }

  private Path put(String name, byte[] bytes) throws IOException {
    Path file = server.bucket().resolve(prefix).resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  private Path file(String name) {
    return server.bucket().resolve(prefix).resolve(name);
  }

  /** The archive as the cluster file's parser makes it. */
  private Site.Archive archive(String secret, String config) {
    String s3 =
        "s3: {bucket: %s, prefix: %s, endpoint: '%s', pathStyle: true,"
            + " credentials: {accessKeyId: 'env:STORE_KEY_ID', secretAccessKey: 'env:%s'},"
            + " curlConfig: %s}";
    String file =
        pier()
            .replace(
                "directory: /archive",
                s3.formatted(
                    S3Server.BUCKET, prefix, server.endpoint(), secret, directory.resolve(config)));
    return ClusterFileParser.parse(file)
        .match(
            cluster -> cluster.site(new SiteName("south")).orElseThrow().archive(),
            problems -> {
              throw new AssertionError("refused: " + problems);
            });
  }

  private static String pier() {
    try (InputStream in =
        ClusterFileParser.class.getResourceAsStream("/dev/mooring/clusterfile/pier.yaml")) {
      return new String(
          Objects.requireNonNull(in, "pier.yaml").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new AssertionError(broken);
    }
  }

  private ChainObserved chain() {
    return chain(1, List.of());
  }

  private ChainObserved chain(long timeline, List<ArchivedWal> expected) {
    ChainsObserved seen = observe(timeline, archive("STORE_SECRET", "good.curl"), expected);
    assertThat(seen.failures()).isEmpty();
    return seen.chains().get(0);
  }

  private InstanceFailure refusal(Site.Archive where) {
    ChainsObserved seen = observe(1, where, List.of());
    assertThat(seen.chains()).isEmpty();
    return seen.failures().get(0);
  }

  private static ChainsObserved observe(
      long timeline, Site.Archive where, List<ArchivedWal> expected) {
    return new HostArchiveActivities(
            local.hosts(), HostDeadlines.USUAL, new S3Clients(S3Server::environment))
        .observeChain(
            new ObserveChain(
                LocalHost.call("run-1", 1, 0),
                new HostWork(local.host(), List.of()),
                List.of(SampleWal.chain(timeline, where, expected))));
  }

  @Test
  void is_whole_when_every_file_is_there_right() {
    assertThat(chain().missing()).isEmpty();
    assertThat(chain().files()).isEqualTo(5);
  }

  @Test
  void names_each_gap_and_why() throws IOException {
    SystemIdentifier other = SystemIdentifier.parse("7710183681404870381");
    Files.delete(file(SampleWal.name(1, 16)));
    put(SampleWal.name(1, 17), new byte[4]);
    put(SampleWal.name(1, 18), SampleWal.file(1, 18, other, ByteOrder.LITTLE_ENDIAN));
    Files.move(file(SampleWal.name(1, 19)), file(SampleWal.name(1, 19) + ".gz"));
    assertThat(chain().missing())
        .containsExactly(
            MissingWal.absent(SampleWal.name(1, 16)),
            new MissingWal(SampleWal.name(1, 17), "4 bytes instead of 1048576"),
            new MissingWal(
                SampleWal.name(1, 18),
                "page header with system identifier " + other + " instead of " + SampleWal.SYSTEM),
            new MissingWal(
                SampleWal.name(1, 19),
                "missing: there is only " + SampleWal.name(1, 19) + ".gz, which is no WAL file"));
  }

  @Test
  void a_target_that_is_not_there_or_too_short_is_missing() throws IOException {
    String target = SampleWal.name(1, 20);
    put(target, Arrays.copyOf(SampleWal.file(1, 20), 1 << 19));
    assertThat(chain().missing())
        .contains(new MissingWal(target, "524288 bytes instead of 1048576"));
    Files.delete(file(target));
    assertThat(chain().missing()).containsExactly(MissingWal.absent(target));
  }

  @Test
  void sees_that_the_targets_file_is_not_the_one_published() {
    ArchivedWal published =
        new ArchivedWal(
            new WalFileName(SampleWal.name(1, 20)), SampleWal.SIZE.bytes(), "00".repeat(32));
    assertThat(chain(1, List.of(published)).missing())
        .singleElement()
        .satisfies(m -> assertThat(m.reason()).startsWith("other bytes than were published"));
  }

  @Test
  void asks_for_the_history_and_for_the_new_timelines_files() throws IOException {
    assertThat(chain(2, List.of()).missing())
        .containsExactly(MissingWal.absent("00000002.history"));
    put("00000002.history", "1\t0/1280000\tno recovery target\n".getBytes(StandardCharsets.UTF_8));
    for (int number = 18; number <= 20; number++) {
      put(SampleWal.name(2, number), SampleWal.file(2, number));
    }
    assertThat(chain(2, List.of()).missing()).isEmpty();
    Files.delete(file(SampleWal.name(2, 19)));
    assertThat(chain(2, List.of()).missing())
        .containsExactly(MissingWal.absent(SampleWal.name(2, 19)));
  }

  @Test
  void finds_the_chain_among_more_names_than_one_answer_holds() throws IOException {
    for (int n = 0; n < 1_203; n++) {
      put(SampleWal.name(1, 17) + "." + String.format("%08X", n) + ".backup", new byte[1]);
    }
    assertThat(chain().missing()).isEmpty();
  }

  @Test
  void a_worker_that_is_refused_takes_nothing_for_missing() {
    InstanceFailure refused = refusal(archive("WRONG_SECRET", "good.curl"));
    assertThat(refused.code()).isEqualTo(FailureCode.STATE_UNREADABLE);
    assertThat(refused.message())
        .contains("can't list http://127.0.0.1:")
        .contains("the server answers 403 SignatureDoesNotMatch")
        .doesNotContain(S3Server.environment("WRONG_SECRET").orElseThrow());
    assertThat(refusal(archive("NOT_SET", "good.curl")).message())
        .contains("secret of the access key env:NOT_SET is not set for the worker");
  }

  @Test
  void a_server_that_is_down_is_unreachable_and_holds_no_gap() {
    server.cut();
    try {
      InstanceFailure down = refusal(archive("STORE_SECRET", "good.curl"));
      assertThat(down.code()).isEqualTo(FailureCode.HOST_UNREACHABLE);
      assertThat(down.message()).contains("Connection refused");
    } finally {
      server.back();
    }
  }

  @Test
  void a_host_that_is_refused_where_the_worker_is_not_can_not_fetch_what_is_there() {
    ChainsObserved seen = observe(1, archive("STORE_SECRET", "bad.curl"), List.of());
    assertThat(seen.chains().get(0).missing())
        .singleElement()
        .satisfies(
            target ->
                assertThat(target.reason())
                    .startsWith("there and can't be fetched: the restore command did not fetch")
                    .contains("exit status 2: HTTP status 403 <Code>SignatureDoesNotMatch"));
  }

  private static int fetched(Site.Archive from, String file, Path to) throws Exception {
    String command =
        from.restoreCommand()
            .replace("{archive}", from.directory())
            .replace("%f", file)
            .replace("%p", to.toString())
            .replace("%%", "%");
    return new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
  }

  @Test
  void the_restore_command_says_absent_where_the_server_said_so_and_nowhere_else()
      throws Exception {
    Site.Archive good = archive("STORE_SECRET", "good.curl");
    Path to = directory.resolve("fetched");
    assertThat(fetched(good, SampleWal.name(1, 16), to)).isZero();
    assertThat(to).hasBinaryContent(SampleWal.file(1, 16));
    assertThat(fetched(good, SampleWal.name(1, 99), to)).isEqualTo(1);
    assertThat(to).doesNotExist();
    assertThat(fetched(archive("STORE_SECRET", "bad.curl"), SampleWal.name(1, 99), to))
        .isEqualTo(2);
    assertThat(fetched(archive("STORE_SECRET", "none.curl"), SampleWal.name(1, 16), to))
        .isEqualTo(2);
    Site.Archive elsewhere =
        new Site.Archive(
            good.directory().replace(S3Server.BUCKET, "no-such-bucket"),
            good.restoreCommand(),
            good.kinds());
    assertThat(fetched(elsewhere, SampleWal.name(1, 16), to)).isEqualTo(2);
    try (CuttingWire wire = new CuttingWire(server.port(), 100, CuttingWire.Fate.CUT)) {
      Site.Archive cut =
          new Site.Archive(
              good.directory().replace(":" + server.port(), ":" + wire.port()),
              good.restoreCommand(),
              good.kinds());
      assertThat(fetched(cut, SampleWal.name(1, 16), to)).isEqualTo(2);
    }
    server.cut();
    try {
      assertThat(fetched(good, SampleWal.name(1, 16), to)).isEqualTo(2);
    } finally {
      server.back();
    }
    assertThat(to).doesNotExist();
  }

  @Test
  void the_gate_keeps_a_file_that_is_absent_apart_from_a_server_that_is_away() throws Exception {
    assertThat(throughTheGate("good.curl", SampleWal.name(1, 16))).isEqualTo("0");
    assertThat(throughTheGate("good.curl", SampleWal.name(1, 15)))
        .isEqualTo("1 absent " + SampleWal.name(1, 15));
    assertThat(throughTheGate("bad.curl", SampleWal.name(1, 16)))
        .isEqualTo("1 unreachable " + SampleWal.name(1, 16) + " exit status 2");
    server.cut();
    try {
      assertThat(throughTheGate("good.curl", SampleWal.name(1, 16)))
          .isEqualTo("1 unreachable " + SampleWal.name(1, 16) + " exit status 2");
    } finally {
      server.back();
    }
  }

  /** The status it ends with, and what it leaves for those who watch the replay. */
  private String throughTheGate(String config, String file) throws Exception {
    Site.Archive from = archive("STORE_SECRET", config);
    Path gate = Files.createTempDirectory(directory, "gate").resolve("gate");
    Files.writeString(
        gate,
        "point=p\ntimeline=00000001\nlast=%s\nbytes=%d\narchive=elsewhere\ncommand=%s\n"
            .formatted(
                SampleWal.name(1, 20),
                SampleWal.SIZE.bytes(),
                from.restoreCommandOf(new ContentId(0))));
    Path program = gate.resolveSibling("mooring-restore");
    try (InputStream script =
        HostArchiveActivities.class.getResourceAsStream(
            "/dev/mooring/activities/instance/mooring-restore")) {
      Files.copy(Objects.requireNonNull(script, "mooring-restore"), program);
    }
    Path to = gate.resolveSibling("RECOVERYXLOG");
    int status =
        new ProcessBuilder("sh", program.toString(), gate.toString(), file, to.toString(), file)
            .inheritIO()
            .start()
            .waitFor();
    Path said = gate.resolveSibling("gate.status");
    return Files.exists(said) ? status + " " + Files.readString(said).strip() : "" + status;
  }

  @Test
  void the_restore_command_is_the_one_on_the_page() throws IOException {
    String command =
        archive("STORE_SECRET", "good.curl")
            .restoreCommand()
            .replace(directory.resolve("good.curl").toString(), "/etc/postgresql/wal.curl")
            .replace("us-east-1", "eu-central-1");
    assertThat(WalToS3.page()).contains("restoreCommand: '" + command.replace("'", "''") + "'");
  }

  @Test
  void the_documented_script_archives_once_and_never_replaces_other_content() throws Exception {
    Path script = WalToS3.scriptIn(directory);
    Path wal = Files.write(directory.resolve("wal"), SampleWal.file(1, 21));
    Path there = file(SampleWal.name(1, 21));
    assertThat(archived(script, "good.curl", wal, there)).isZero();
    assertThat(there).hasSameBinaryContentAs(wal);
    assertThat(archived(script, "good.curl", wal, there)).isZero();
    Path other = Files.write(directory.resolve("other"), SampleWal.file(1, 22));
    assertThat(archived(script, "good.curl", other, there)).isEqualTo(1);
    assertThat(there).hasSameBinaryContentAs(wal);
    assertThat(archived(script, "bad.curl", wal, file(SampleWal.name(1, 22)))).isEqualTo(1);
    assertThat(file(SampleWal.name(1, 22))).doesNotExist();
  }

  private int archived(Path script, String config, Path wal, Path as) throws Exception {
    String url = server.endpoint() + "/" + S3Server.BUCKET + "/" + prefix + "/" + as.getFileName();
    return new ProcessBuilder(
            script.toString(), directory.resolve(config).toString(), wal.toString(), url)
        .inheritIO()
        .start()
        .waitFor();
  }
}
