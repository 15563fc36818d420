package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.evidence.StoreServer;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishStep;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence on a host of its own, reached over SFTP by whoever reads or writes it. */
@Tag("all")
class SftpEvidenceIT {
  private static final int PORT = 2299;

  /** A look at the store is tried again for a minute. */
  private static final Duration GIVES_UP = Duration.ofSeconds(150);

  private static Stage stage;
  private static Sites sites;
  private static StoreServer store;
  private static String address;
  private static String first;

  @BeforeAll
  static void raise() throws IOException {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    address = StoreServer.addressBeside(stage.lab);
    store = new StoreServer(stage.lab, address, PORT, "");
    Path known = stage.lab.configDirectory().resolve("known_hosts");
    Files.writeString(known, store.knownHostsLine(), StandardOpenOption.APPEND);
    keepEvidenceOnTheStore();
    first = stage.beginMoored();
  }

  @BeforeEach
  void keepEvidence() {
    keepEvidenceOnTheStore();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    try {
      store.close();
    } finally {
      stage.close();
    }
  }

  private static void keepEvidenceOnTheStore() {
    String directory = "{directory: \"" + stage.lab.evidenceStore() + "\"}";
    String host = "  - {name: store1, address: %s, ssh: {port: %d}}\n".formatted(address, PORT);
    stage.amendClusterFile(
        now ->
            now.contains("sftp:")
                ? now
                : now.replace(
                        directory,
                        "{sftp: {host: store1, directory: \"" + stage.lab.evidenceStore() + "\"}}")
                    .replace("hosts:\n", "hosts:\n" + host));
  }

  @Test
  void a_publish_and_a_consume_and_all_that_reads_their_evidence() {
    Mooring mooring = stage.mooring();
    Answer published = mooring.type("publish");
    Answer consumed = mooring.type("consume");
    String point = sites.latest().name().value();
    Answer status =
        mooring.typeUntil("status", answer -> answer.firstLine().startsWith("west is moored at "));
    Answer logs = mooring.type("logs --raw --n 9999");
    Answer verify = mooring.type("verify");

    assertThat(published.status()).as(published.out()).isZero();
    assertThat(consumed.status()).as(consumed.out()).isZero();
    assertThat(point).isNotEqualTo(first);
    assertThat(sites.mooredAt()).isEqualTo(point);
    assertThat(sites.lastReceipt().run().runbook()).isEqualTo("DrConsume");
    assertThat(status.firstLine()).startsWith("west is moored at " + point);
    assertThat(logs.status()).as(logs.err()).isZero();
    assertThat(logs.out())
        .contains("== store1:" + sites.manifestFile("LATEST"))
        .contains(Sites.read(sites.manifestFile("LATEST")).stripTrailing());
    assertThat(verify.status()).as(verify.out()).isZero();
    assertThat(verify.out()).contains("4 receipts in one chain");
  }

  /** The copy stands for production's manifests as a command reaches them: one point behind. */
  @Test
  void a_site_that_sees_manifests_by_commands_alone_consumes_what_they_show(@TempDir Path copy)
      throws IOException {
    String shown = stage.publish().restorePoint();
    Path manifests = sites.manifestFile("LATEST").getParent();
    try (Stream<Path> all = Files.list(manifests)) {
      for (Path manifest : all.toList()) {
        Files.copy(manifest, copy.resolve(manifest.getFileName()));
      }
    }
    String hidden = stage.publish().restorePoint();
    readManifestsByCommand(copy, "cat {manifest_path}");
    Mooring mooring = stage.mooring();

    Answer unknown = mooring.type("consume --target " + hidden);
    Answer consumed = mooring.type("consume");
    Answer forward = mooring.type("consume --target safe-forward");
    Answer verify = mooring.type("verify --site west");
    Answer logs = mooring.type("logs --site west");
    readManifestsByCommand(copy, "echo no route to host >&2; exit 3; cat {manifest_path}");
    Answer failing = mooring.type("verify --site west");

    assertThat(unknown.out() + unknown.err()).contains("there is no manifest " + hidden);
    assertThat(consumed.status()).as(consumed.out()).isZero();
    assertThat(forward.status()).as(forward.out()).isZero();
    assertThat(sites.mooredAt()).isEqualTo(shown);
    assertThat(verify.out()).as("the receipts tell of it, the copy lacks it").contains(hidden);
    assertThat(logs.out()).contains("== " + copy + "/LATEST.json by command");
    assertThat(failing.status()).isEqualTo(1);
    assertThat(failing.err()).contains("ended with status 3: no route to host").contains("HINT: ");
  }

  private static void readManifestsByCommand(Path directory, String fetch) {
    stage.amendClusterFile(
        now ->
            now.replaceFirst(
                "\\{name: west, (manifests: .*?}}, )?consume",
                "{name: west, manifests: {commands: {directory: "
                    + directory
                    + ", fetch: '"
                    + fetch
                    + "', list: 'ls {manifest_dir}'}}, consume"));
  }

  @Test
  void a_store_that_is_away_for_a_moment_is_waited_for() {
    stage.hooks.before(PublishStep.WRITE_READY, SftpEvidenceIT::cutAndBack);
    stage.hooks.before(ConsumeStep.ADVANCE, SftpEvidenceIT::cutAndBack);

    String point = stage.publish().restorePoint();

    assertThat(stage.consume().restorePoint()).isEqualTo(point);
    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(sites.mooredAt()).isEqualTo(point);
    assertThat(sites.receipts()).hasSize(4);
  }

  private static void cutAndBack() {
    store.cut();
    store.back();
  }

  @Test
  void a_store_that_stays_away_fails_both_runbooks_by_its_name_and_changes_nothing() {
    String before = stage.lab.fingerprintWithout(stage.lab.host("e0"));
    store.cut();
    WorkflowStub publish;
    WorkflowStub consume;
    try {
      publish = stage.startPublish();
      consume = stage.startConsumeOfLatest();
      Soon.within(GIVES_UP, "the publish gives up", () -> failed(publish, "READ_LAST"));
      Soon.within(GIVES_UP, "the consume gives up", () -> failed(consume, "READ_STATE"));
      Answer verify = stage.mooring().type("verify");
      assertThat(verify.status()).isEqualTo(1);
      assertThat(verify.err()).contains("store1").contains("HINT: ");
    } finally {
      store.back();
    }

    for (WorkflowStub run : List.of(publish, consume)) {
      EndingRecord ending = Stage.endingOf(run);
      assertThat(ending.code()).isEqualTo("HOST_UNREACHABLE");
      assertThat(ending.headline()).contains("store1");
      assertThat(ending.receipt()).startsWith("store1:");
    }
    assertThat(sites.latest().name().value()).isEqualTo(first);
    assertThat(sites.mooredAt()).isEqualTo(first);
    assertThat(stage.lab.fingerprintWithout(stage.lab.host("e0"))).isEqualTo(before);
    String next = stage.publish().restorePoint();
    assertThat(stage.consume().restorePoint()).isEqualTo(next);
  }

  private static boolean failed(WorkflowStub run, String step) {
    return run.query("progress", Progress.class).steps().stream()
        .anyMatch(s -> s.step().equals(step) && s.state().equals("failed"));
  }
}
