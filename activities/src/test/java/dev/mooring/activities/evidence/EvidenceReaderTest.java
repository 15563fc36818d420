package dev.mooring.activities.evidence;

import static dev.mooring.evidence.SampleManifests.HARBOUR;
import static dev.mooring.evidence.SampleManifests.nameOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.ReceiptChain;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.evidence.SiteState;
import dev.mooring.port.Call;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.ReceiptActivities.EnsureReceipt;
import dev.mooring.port.ReceiptActivities.EnsureSiteState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceReaderTest {
  private static final Call CALL = new Call(HARBOUR, "run", "STEP", 0, Epoch.NONE);

  @TempDir Path directory = Path.of("set by JUnit");
  private SampleStore store = new SampleStore(Path.of("set before each"));

  @BeforeEach
  void prepare() throws Exception {
    store = SampleStore.in(directory);
  }

  @Test
  void an_empty_store_holds_nothing() {
    try (EvidenceReader reader = reader()) {
      assertThat(reader.latest()).isEmpty();
      assertThat(reader.manifestsNewestFirst()).isEmpty();
      assertThat(reader.search(10, List.of()).last()).isEmpty();
      assertThat(reader.state(SampleReceipts.WEST)).isEmpty();
      assertThat(ReceiptChain.verify(HARBOUR, reader.receipts()))
          .isEqualTo(new ReceiptChain.Verdict.Whole(0, ""));
    }
  }

  @Test
  void manifests_come_newest_first_pending_ones_included() throws Exception {
    publish(SampleManifests.ready(1, 2));
    publish(SampleManifests.ready(3, 2));
    store
        .manifests()
        .ensurePending(new EnsureManifest(CALL, store.policy(), SampleManifests.pending(2, 2)));
    Files.writeString(store.root().resolve("harbour/manifests/.x.json.1.tmp"), "left over");
    Files.writeString(store.root().resolve("harbour/manifests/notes.txt"), "a person's");
    try (EvidenceReader reader = reader()) {
      List<Shelved> shelved = reader.manifestsNewestFirst();
      assertThat(shelved)
          .containsExactly(
              new Shelved(nameOf(3), Stage.PUBLISHED),
              new Shelved(nameOf(2), Stage.PENDING),
              new Shelved(nameOf(1), Stage.PUBLISHED));
      assertThat(content(reader.manifest(shelved.get(1)))).isEqualTo(SampleManifests.pending(2, 2));
      assertThat(content(reader.latest())).isEqualTo(SampleManifests.ready(3, 2));
      assertThat(reader.latest().map(EvidenceReader.Entry::path))
          .hasValue(store.root().resolve("harbour/manifests/LATEST.json").toString());
      assertThat(reader.manifest(new Shelved(nameOf(9), Stage.PUBLISHED))).isEmpty();
    }
  }

  @Test
  void receipts_and_state_are_shown_with_their_text_and_what_is_broken_as_broken()
      throws Exception {
    StoreReceiptActivities activities =
        new StoreReceiptActivities(
            SampleStore.STORES, SampleStore.HOSTS, name -> Optional.empty(), Clock.systemUTC());
    for (int n = 1; n <= 3; n++) {
      activities.ensureReceipt(
          new EnsureReceipt(CALL, store.policy(), SampleReceipts.publish(n), List.of()));
    }
    activities.ensureSiteState(new EnsureSiteState(CALL, store.policy(), SampleReceipts.state(1)));
    Files.writeString(store.root().resolve("harbour/receipts/00000002.json"), "{}\n");
    try (EvidenceReader reader = reader()) {
      List<EvidenceReader.Entry<ChainedReceipt>> receipts = reader.search(2, List.of()).last();
      assertThat(receipts).hasSize(2);
      assertThat(content(Optional.of(receipts.get(0))).receipt())
          .isEqualTo(SampleReceipts.publish(3));
      assertThat(receipts.get(1).text()).isEqualTo("{}\n");
      assertThat(receipts.get(1).document())
          .isEqualTo(
              new Document.Refused<>(Document.Fault.UNREADABLE, "field format_version is missing"));
      assertThat(ReceiptChain.verify(HARBOUR, reader.receipts()))
          .isEqualTo(
              new ReceiptChain.Verdict.Broken(2, "receipt 2: field format_version is missing"));
      Optional<EvidenceReader.Entry<SiteState>> state = reader.state(SampleReceipts.WEST);
      assertThat(content(state)).isEqualTo(SampleReceipts.state(1));
    }
  }

  private void publish(Manifest manifest) {
    store.manifests().ensureReady(new EnsureManifest(CALL, store.policy(), manifest));
  }

  private EvidenceReader reader() {
    return EvidenceReader.open(SampleStore.STORES, store.policy(), HARBOUR);
  }

  private static <T> T content(Optional<EvidenceReader.Entry<T>> entry) {
    return entry
        .orElseThrow()
        .document()
        .match(
            Document.Intact::content,
            refused -> {
              throw new AssertionError(refused.reason());
            });
  }
}
