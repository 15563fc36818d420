package dev.mooring.dev.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.evidence.EvidenceFiles;
import dev.mooring.activities.evidence.EvidenceFilesContract;
import dev.mooring.activities.evidence.StoresByKind;
import dev.mooring.activities.host.Hosts;
import dev.mooring.dev.lab.Await;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.EvidenceStore;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of evidence stores, held by a real S3 server. */
@Tag("all")
class S3FilesIT extends EvidenceFilesContract {
  private static final Hosts NO_HOSTS = new Hosts(Duration.ofSeconds(5));
  private static final String PATH = "harbour/manifests/a.json";
  private static final byte[] LARGE = new byte[3_000_000];

  @TempDir static Path directory = Path.of("set by JUnit");

  private static S3Server server;
  private final String prefix = "run-" + UUID.randomUUID();

  @BeforeAll
  static void raise() throws IOException {
    server = new S3Server(directory);
  }

  @AfterAll
  static void strike() {
    server.close();
    NO_HOSTS.close();
  }

  @AfterEach
  void bucketIsThereAgain() throws IOException {
    Files.createDirectories(server.bucket());
  }

  @Override
  protected EvidenceFiles open() {
    return open(server.port(), "STORE_SECRET");
  }

  private EvidenceFiles open(int port, String secret) {
    return open(S3Server.store(port, prefix, secret));
  }

  private static EvidenceFiles open(EvidenceStore.S3 store) {
    return new StoresByKind(NO_HOSTS, S3Server::environment).open(store);
  }

  @Override
  protected void removeRoot() throws Exception {
    try (Stream<Path> all = Files.walk(server.bucket())) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Override
  protected String withoutRoot() {
    return "the bucket " + S3Server.BUCKET + " is not there";
  }

  @Override
  protected void leaveWhatAKilledWriterLeaves(String name) throws Exception {
    try (CuttingWire wire = new CuttingWire(server.port(), 100_000, CuttingWire.Fate.CUT);
        EvidenceFiles cut = open(wire.port(), "STORE_SECRET")) {
      refused(
          () -> cut.writeAtomically(name + "/LATEST.json", LARGE), FailureCode.HOST_UNREACHABLE);
      assertThat(wire.reached()).isPositive();
    }
  }

  @Test
  void a_write_that_was_cut_leaves_the_bytes_before_it() throws Exception {
    try (EvidenceFiles files = open()) {
      files.writeAtomically("harbour/manifests/LATEST.json", new byte[] {1, 2, 3});
      leaveWhatAKilledWriterLeaves("harbour/manifests");
      assertThat(files.read("harbour/manifests/LATEST.json")).hasValue(new byte[] {1, 2, 3});
    }
  }

  @Test
  void a_server_that_dies_in_the_middle_of_a_write_has_nothing_of_it_afterwards() throws Exception {
    try (CuttingWire wire = new CuttingWire(server.port(), 100_000, CuttingWire.Fate.HELD);
        EvidenceFiles held = open(wire.port(), "STORE_SECRET");
        EvidenceFiles files = open()) {
      Thread writer =
          new Thread(
              () -> refused(() -> held.createExclusive(PATH, LARGE), FailureCode.HOST_UNREACHABLE));
      writer.start();
      while (wire.reached() == 0) {
        Thread.onSpinWait();
      }
      server.cut();
      writer.join();
      server.back();
      assertThat(files.read(PATH)).isEmpty();
      assertThat(files.list("harbour/manifests")).isEmpty();
      assertThat(files.createExclusive(PATH, LARGE)).isTrue();
      assertThat(files.read(PATH)).hasValue(LARGE);
    }
  }

  @Test
  void what_another_document_tells_of_and_shows_late_is_waited_for() throws Exception {
    try (EvidenceFiles files = open();
        EvidenceFiles other = open()) {
      CompletableFuture<Optional<byte[]>> reported =
          CompletableFuture.supplyAsync(() -> files.readNamed(PATH));
      assertThatThrownBy(() -> reported.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      other.writeAtomically(PATH, new byte[] {1});
      assertThat(reported.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).hasValue(new byte[] {1});
    }
  }

  @Test
  void a_store_that_does_not_answer_is_unreachable_soon() throws Exception {
    try (CuttingWire wire = new CuttingWire(server.port(), 10, CuttingWire.Fate.HELD);
        EvidenceFiles files = open(wire.port(), "STORE_SECRET")) {
      assertThat(refused(() -> files.read(PATH), FailureCode.HOST_UNREACHABLE))
          .contains("http://127.0.0.1:" + wire.port() + "/" + S3Server.BUCKET + "/" + prefix);
    }
  }

  @Test
  void a_store_that_is_down_is_unreachable_and_never_empty() {
    server.cut();
    try (EvidenceFiles files = open()) {
      for (ThrowingCallable act : everyAct(files)) {
        assertThat(refused(act, FailureCode.HOST_UNREACHABLE)).contains("Connection refused");
      }
    } finally {
      server.back();
    }
  }

  @Test
  void a_wrong_key_is_refused_by_name_and_never_told() {
    try (EvidenceFiles files = open(server.port(), "WRONG_SECRET")) {
      for (ThrowingCallable act : everyAct(files)) {
        assertThat(refused(act, FailureCode.EVIDENCE_UNREADABLE))
            .contains("the server answers 403 SignatureDoesNotMatch")
            .doesNotContain(S3Server.environment("WRONG_SECRET").orElseThrow());
      }
    }
  }

  private static List<ThrowingCallable> everyAct(EvidenceFiles files) {
    return List.of(
        () -> files.read(PATH),
        () -> files.list("harbour/manifests"),
        () -> files.writeAtomically(PATH, new byte[1]),
        () -> files.createExclusive(PATH, new byte[1]),
        () -> files.remove(PATH));
  }

  @Test
  void a_key_that_is_not_set_is_told_by_its_reference() {
    assertThat(refused(() -> open(server.port(), "NOT_SET"), FailureCode.EVIDENCE_UNREADABLE))
        .contains("secret of the access key env:NOT_SET is not set");
  }

  @Test
  void a_directory_of_more_names_than_one_answer_holds_is_listed_whole() throws Exception {
    List<String> names = IntStream.range(0, 1_203).mapToObj(i -> "p" + i + ".json").toList();
    Path manifests = server.bucket().resolve(prefix).resolve("many");
    Files.createDirectories(manifests);
    for (String name : names) {
      Files.writeString(manifests.resolve(name), name);
    }
    try (EvidenceFiles files = open()) {
      List<String> listed = new ArrayList<>(files.list("many"));
      assertThat(listed).containsExactlyInAnyOrderElementsOf(names);
    }
  }

  @Test
  void without_a_prefix_the_bucket_is_the_root() {
    String path = "root-" + UUID.randomUUID() + "/a.json";
    try (EvidenceFiles files = open(S3Server.store(server.port(), "", "STORE_SECRET"))) {
      files.writeAtomically(path, new byte[] {7});
      assertThat(files.read(path)).hasValue(new byte[] {7});
      assertThat(server.bucket().resolve(path)).hasBinaryContent(new byte[] {7});
      files.remove(path);
    }
  }

  private static String refused(ThrowingCallable act, FailureCode code) {
    List<String> said = new ArrayList<>();
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              said.add(failure.getOriginalMessage());
              assertThat(failure.getType()).as(failure.getOriginalMessage()).isEqualTo(code.name());
            });
    return said.get(0);
  }
}
