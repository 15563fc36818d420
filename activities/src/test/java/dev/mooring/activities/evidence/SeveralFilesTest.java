package dev.mooring.activities.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.Limit;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.evidence.Sha256;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.ManifestActivities.ManifestPublished;
import dev.mooring.port.ReceiptActivities.EnsureReceipt;
import dev.mooring.port.ReceiptActivities.EnsureSiteState;
import dev.mooring.port.ReceiptActivities.Written;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.EvidenceStore;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three directories of which two must have a write. */
class SeveralFilesTest extends EvidenceFilesContract {
  private static final Call CALL = new Call(SampleManifests.HARBOUR, "run", "STEP", 0, Epoch.NONE);
  private static final String RECEIPT = "harbour/receipts/00000001.json";
  private static final String STATE = "harbour/sites/west/state.json";
  private static final String LATEST = "harbour/manifests/LATEST.json";
  private static final byte[] ONE = "one".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OTHER = "other".getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory = Path.of("set by JUnit");

  @BeforeEach
  void make() throws IOException {
    if (!Files.exists(directory.resolve("signing.pem"))) {
      SampleStore.in(directory);
    }
    for (int i = 0; i < 3; i++) {
      Files.createDirectories(root(i));
    }
  }

  private Path root(int store) {
    return directory.resolve("store" + store);
  }

  private EvidencePolicy policy() {
    EvidencePolicy one = new SampleStore(directory).policy();
    List<EvidenceStore> all =
        IntStream.range(0, 3)
            .<EvidenceStore>mapToObj(i -> new EvidenceStore.Directory(root(i).toString()))
            .toList();
    return new EvidencePolicy(
        all.get(0), one.signingKey(), one.trustedKeyFiles(), List.of(), all.subList(1, 3), 2);
  }

  @Override
  protected EvidenceFiles open() throws IOException {
    make();
    return SampleStore.STORES.open(policy());
  }

  private EvidenceFiles look() {
    return SampleStore.STORES.look(policy());
  }

  @Override
  protected void removeRoot() throws Exception {
    for (int i = 0; i < 3; i++) {
      away(i);
    }
  }

  private void away(int store) throws IOException {
    Files.move(root(store), directory.resolve("away" + store));
  }

  private void back(int store) throws IOException {
    Files.move(directory.resolve("away" + store), root(store));
  }

  @Override
  protected void leaveWhatAKilledWriterLeaves(String name) throws Exception {
    Files.writeString(root(1).resolve(name).resolve(".LATEST.json.4711.tmp"), "half a docu");
  }

  private static String reported(ThrowingCallable act, FailureCode code) {
    StringBuilder said = new StringBuilder();
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(code.name());
              said.append(failure.getOriginalMessage());
            });
    return said.toString();
  }

  private ManifestPublished publish(int number) {
    return new StoreManifestActivities(
            SampleStore.STORES, SampleStore.HOSTS, name -> Optional.empty())
        .ensureReady(new EnsureManifest(CALL, policy(), SampleManifests.ready(number, 2)));
  }

  private StoreReceiptActivities receipts() {
    return new StoreReceiptActivities(
        SampleStore.STORES, SampleStore.HOSTS, name -> Optional.empty(), Clock.systemUTC());
  }

  private Written receipt(int number) {
    return receipts()
        .ensureReceipt(
            new EnsureReceipt(CALL, policy(), SampleReceipts.publish(number), List.of()));
  }

  private Written state(int number) {
    return receipts()
        .ensureSiteState(new EnsureSiteState(CALL, policy(), SampleReceipts.state(number)));
  }

  /** What each store holds, its name and its bytes, but for hints. */
  private List<String> held(int store) throws IOException {
    try (Stream<Path> all = Files.walk(root(store))) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.endsWith("LAST"))
          .map(file -> root(store).relativize(file) + " " + sha256(file))
          .sorted()
          .toList();
    }
  }

  private static String sha256(Path file) {
    try {
      return Sha256.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_write_is_in_every_store() throws Exception {
    assertThat(publish(1).lacking()).isEmpty();
    assertThat(receipt(1).lacking()).isEmpty();
    assertThat(state(1).lacking()).isEmpty();

    assertThat(held(0)).hasSize(5).isEqualTo(held(1)).isEqualTo(held(2));
  }

  @Test
  void one_store_short_of_all_is_said_and_written_again_when_it_is_back() throws Exception {
    publish(1);
    receipt(1);
    away(1);
    ManifestPublished published = publish(2);
    Written second = receipt(2);
    Written state = state(2);
    back(1);
    ManifestPublished next = publish(3);
    Written after = receipt(3);

    assertThat(published.lacking()).singleElement().asString().contains(root(1).toString());
    assertThat(published.lacking().get(0)).contains("is not there").doesNotContain("HINT");
    assertThat(second.lacking()).hasSize(1);
    assertThat(state.lacking()).hasSize(1);
    assertThat(next.lacking()).isEmpty();
    assertThat(after.lacking()).isEmpty();
    for (String written : List.of("manifests/LATEST.json", "receipts/00000003.json")) {
      assertThat(root(1).resolve("harbour").resolve(written))
          .hasSameBinaryContentAs(root(0).resolve("harbour").resolve(written));
    }
  }

  @Test
  void two_stores_short_fail_by_their_names_and_reasons_and_nothing_is_acknowledged()
      throws Exception {
    publish(1);
    away(0);
    away(2);

    String said = reported(() -> publish(2), FailureCode.EVIDENCE_UNREADABLE);

    assertThat(said)
        .contains(root(0) + " is not there", root(2) + " is not there")
        .contains("of 3 evidence stores did, 2 must")
        .containsOnlyOnce("HINT");
    reported(() -> receipt(1), FailureCode.EVIDENCE_UNREADABLE);
    reported(() -> state(1), FailureCode.EVIDENCE_UNREADABLE);
  }

  @Test
  void whoever_reads_meets_the_last_write_whichever_store_was_away() throws Exception {
    for (int i = 0; i < 3; i++) {
      int number = i + 1;
      away(i);
      publish(number);
      back(i);
      for (int gone = 0; gone < 3; gone++) {
        away(gone);
        try (EvidenceFiles files = look()) {
          Document<Manifest> latest =
              new ManifestDocuments(files, SampleManifests.HARBOUR, SampleKeys.trusted())
                  .latest()
                  .orElseThrow();
          String name = latest.match(m -> m.content().name().value(), Document.Refused::reason);
          assertThat(name).isEqualTo(SampleManifests.ready(number, 2).name().value());
        }
        back(gone);
      }
    }
  }

  @Test
  void a_look_fixes_nothing() throws Exception {
    away(2);
    publish(1);
    back(2);
    try (EvidenceFiles files = look()) {
      assertThat(files.list("harbour/manifests")).hasSize(2);
      assertThat(files.read("harbour/manifests/LATEST.json")).isPresent();
    }

    assertThat(held(2)).isEmpty();
  }

  @Test
  void what_another_document_tells_of_and_shows_late_is_waited_for() throws Exception {
    try (EvidenceFiles files = open();
        EvidenceFiles other = open()) {
      CompletableFuture<Optional<byte[]>> reported =
          CompletableFuture.supplyAsync(() -> files.readNamed(RECEIPT));
      assertThatThrownBy(() -> reported.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      other.writeAtomically(RECEIPT, new byte[] {1});
      assertThat(reported.get(Limit.seconds(10).toSeconds(), TimeUnit.SECONDS))
          .hasValue(new byte[] {1});
    }
  }

  /** A receipt that reached one store alone when its writer was killed. */
  @Test
  void what_a_killed_writer_gave_to_one_store_is_given_to_the_others_before_it_counts()
      throws Exception {
    receipt(1);
    byte[] half = Files.readAllBytes(root(0).resolve(RECEIPT));
    for (int i = 1; i < 3; i++) {
      Files.delete(root(i).resolve(RECEIPT));
    }

    try (EvidenceFiles files = open()) {
      assertThat(files.read(RECEIPT)).hasValue(half);
    }

    for (int i = 0; i < 3; i++) {
      assertThat(root(i).resolve(RECEIPT)).hasBinaryContent(half);
    }
  }

  /** By the next attempt of the same run, with another store away. */
  @Test
  void a_state_that_a_killed_writer_gave_to_one_store_is_written_again_before_it_counts()
      throws Exception {
    state(1);
    byte[] older = Files.readAllBytes(root(0).resolve(STATE));
    state(2);
    byte[] newer = Files.readAllBytes(root(0).resolve(STATE));
    for (int i = 1; i < 3; i++) {
      Files.write(root(i).resolve(STATE), older);
    }
    away(2);

    state(2);

    assertThat(root(1).resolve(STATE)).hasBinaryContent(newer);
  }

  @Test
  void a_latest_that_a_killed_writer_gave_to_one_store_is_written_again_by_an_older_publish()
      throws Exception {
    publish(1);
    byte[] older = Files.readAllBytes(root(0).resolve(LATEST));
    publish(3);
    byte[] newer = Files.readAllBytes(root(0).resolve(LATEST));
    for (int i = 1; i < 3; i++) {
      Files.write(root(i).resolve(LATEST), older);
    }
    away(2);

    assertThat(publish(2).latest()).isEqualTo(SampleManifests.ready(3, 2).name());

    assertThat(root(1).resolve(LATEST)).hasBinaryContent(newer);
  }

  @Test
  void an_altered_copy_is_not_chosen() throws Exception {
    publish(1);
    Path latest = root(0).resolve("harbour/manifests/LATEST.json");
    byte[] good = Files.readAllBytes(latest);
    String altered =
        Files.readString(latest).replaceFirst("\"ready\"( ?): ?true", "\"ready\"$1:false");
    assertThat(altered).isNotEqualTo(Files.readString(latest));
    Files.writeString(latest, altered);

    try (EvidenceFiles files = look()) {
      assertThat(files.read("harbour/manifests/LATEST.json")).hasValue(good);
    }
  }

  @Test
  void of_two_contents_under_one_name_the_one_on_enough_stores_stands() throws Exception {
    for (int i = 0; i < 3; i++) {
      Files.createDirectories(root(i).resolve("harbour/receipts"));
    }
    Files.write(root(0).resolve(RECEIPT), OTHER);
    try (EvidenceFiles files = open()) {
      assertThat(files.createExclusive(RECEIPT, ONE)).as("the first store decides").isFalse();
    }
    assertThat(root(1).resolve(RECEIPT)).doesNotExist();
    Files.write(root(1).resolve(RECEIPT), ONE);
    Files.write(root(2).resolve(RECEIPT), ONE);
    try (EvidenceFiles files = look()) {
      assertThat(files.read(RECEIPT)).hasValue(ONE);
    }
  }

  @Test
  void bytes_of_an_earlier_attempt_count() throws Exception {
    Files.createDirectories(root(0).resolve("harbour/receipts"));
    Files.write(root(0).resolve(RECEIPT), ONE);
    try (EvidenceFiles files = open()) {
      assertThat(files.createExclusive(RECEIPT, ONE)).isTrue();
      assertThat(files.createExclusive(RECEIPT, ONE)).isFalse();
    }
    for (int i = 0; i < 3; i++) {
      assertThat(root(i).resolve(RECEIPT)).hasBinaryContent(ONE);
    }
  }
}
