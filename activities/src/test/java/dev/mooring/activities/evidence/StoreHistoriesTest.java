package dev.mooring.activities.evidence;

import static dev.mooring.evidence.SampleManifests.HARBOUR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.SampleHistories;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.Sha256;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.EvidenceStore;
import dev.mooring.wire.HistoryFormat;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreHistoriesTest {
  private static final byte[] PACKED = HistoryFormat.pack("{\"events\":[]}");
  private static final HistoryRecord RECORD = SampleHistories.consume(1, Sha256.of(PACKED));
  private static final String RUN = RECORD.run().run();
  private static final Set<String> RUNS = Set.of(RUN, "run-of-another");

  @TempDir Path directory = Path.of("set by JUnit");
  private SampleStore store = new SampleStore(Path.of("set before each"));
  private final StoreHistories histories =
      new StoreHistories(SampleStore.STORES, name -> Optional.empty());

  @BeforeEach
  void make() throws IOException {
    store = SampleStore.in(directory);
  }

  private List<String> names(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("harbour/histories"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void a_history_is_kept_once_and_read_back_proved() throws IOException {
    assertThat(histories.kept(store.policy(), HARBOUR, RUNS)).isEmpty();
    assertThat(histories.keep(store.policy(), RECORD, PACKED)).isTrue();
    assertThat(histories.keep(store.policy(), RECORD, PACKED)).isFalse();

    assertThat(histories.kept(store.policy(), HARBOUR, RUNS)).containsExactly(RUN);
    assertThat(names(store.root()))
        .containsExactly(
            RUN + "_" + RUN + ".json",
            RUN + "_" + RUN + "_" + RECORD.sha256().substring(0, 12) + ".json.gz");
    try (EvidenceReader reader = EvidenceReader.open(SampleStore.STORES, store.policy(), HARBOUR)) {
      assertThat(reader.historiesOf(RUN))
          .singleElement()
          .satisfies(kept -> assertThat(kept.packed()).contains(PACKED));
      assertThat(reader.historiesOf("another")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_reader_lists_the_histories_once_whether_there_are_any_or_none(boolean any) {
    if (any) {
      histories.keep(store.policy(), RECORD, PACKED);
    }
    Path directory = store.root().resolve("harbour/histories");
    List<String> listed = new ArrayList<>();
    EvidenceStores stores = policy -> new Listed(new DirectoryFiles(store.root()), listed);
    try (EvidenceReader reader = EvidenceReader.open(stores, store.policy(), HARBOUR)) {
      for (int n = 0; n < 3; n++) {
        assertThat(reader.historiesOf(RUN)).hasSize(any ? 1 : 0);
        assertThat(reader.historiesOf("another")).isEmpty();
        assertThat(reader.originalOf(RUN)).isEqualTo(any ? Optional.of(RUN) : Optional.empty());
        assertThat(reader.runsWithHistories()).hasSize(any ? 1 : 0);
      }
    }
    assertThat(listed).containsExactly(store.root().relativize(directory).toString());
  }

  @Test
  void a_record_in_the_place_of_another_runs_is_not_believed() throws IOException {
    histories.keep(store.policy(), RECORD, PACKED);
    Path directory = store.root().resolve("harbour/histories");
    Files.copy(directory.resolve(RUN + "_" + RUN + ".json"), directory.resolve("other_other.json"));

    try (EvidenceReader reader = EvidenceReader.open(SampleStore.STORES, store.policy(), HARBOUR)) {
      assertThat(reader.historiesOf("other"))
          .singleElement()
          .satisfies(
              kept -> {
                assertThat(kept.packed()).isEmpty();
                assertThat(kept.record().document().<String>match(i -> "", r -> r.reason()))
                    .isEqualTo(
                        "it is the record of run " + RUN + " of mooring:harbour:consume:west");
              });
    }
  }

  /** Its name alone made it one once, until somebody verified. */
  @ParameterizedTest
  @ValueSource(strings = {"planted", "of another key", "without its history", "altered"})
  void a_broken_record_keeps_nothing_and_is_named(String how) throws IOException {
    Path directory = store.root().resolve("harbour/histories");
    Path record = directory.resolve(RUN + "_" + RUN + ".json");
    histories.keep(store.policy(), RECORD, PACKED);
    Path packed;
    try (Stream<Path> files = Files.list(directory)) {
      packed = files.filter(file -> file.toString().endsWith(".gz")).findFirst().orElseThrow();
    }
    switch (how) {
      case "planted" -> Files.writeString(record, "{}");
      case "of another key" ->
          Files.write(record, HistoryFormat.render(RECORD, SampleKeys.stranger()));
      case "without its history" -> Files.delete(packed);
      default ->
          Files.writeString(record, Files.readString(record).replace("COMPLETED", "TERMINATED"));
    }

    assertThat(histories.kept(store.policy(), HARBOUR, RUNS)).isEmpty();
    if (how.equals("without its history")) {
      assertThat(histories.keep(store.policy(), RECORD, PACKED)).isFalse();
    } else {
      assertThatThrownBy(() -> histories.keep(store.policy(), RECORD, PACKED))
          .hasMessageContaining(record + " is not believed: ")
          .hasMessageContaining("move it out of the store");
      Files.delete(record);
      assertThat(histories.keep(store.policy(), RECORD, PACKED)).isTrue();
    }
    assertThat(histories.kept(store.policy(), HARBOUR, RUNS)).containsExactly(RUN);
  }

  @Test
  void other_bytes_under_the_name_of_a_history_are_never_given_a_record() throws IOException {
    histories.keep(store.policy(), RECORD, PACKED);
    Path directory = store.root().resolve("harbour/histories");
    Files.delete(directory.resolve(RUN + "_" + RUN + ".json"));
    Path packed = directory.resolve(names(store.root()).get(0));
    Files.writeString(packed, "other bytes");

    assertThatThrownBy(() -> histories.keep(store.policy(), RECORD, PACKED))
        .hasMessageContaining(packed + " is not believed: it has digest");
    assertThat(names(store.root())).hasSize(1);
  }

  @Test
  void of_writers_at_once_one_makes_the_record_and_none_fails() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Boolean> keep =
          () -> {
            histories.keep(store.policy(), RECORD, PACKED);
            return true;
          };
      for (Future<Boolean> done :
          threads.invokeAll(IntStream.range(0, 32).mapToObj(i -> keep).toList())) {
        assertThat(done.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(names(store.root())).hasSize(2);
  }

  @Test
  void a_history_whose_writer_was_killed_before_its_record_is_kept_by_the_next()
      throws IOException {
    histories.keep(store.policy(), RECORD, PACKED);
    Files.delete(store.root().resolve("harbour/histories/" + RUN + "_" + RUN + ".json"));
    assertThat(histories.kept(store.policy(), HARBOUR, RUNS)).isEmpty();

    histories.keep(store.policy(), RECORD, PACKED);

    assertThat(histories.kept(store.policy(), HARBOUR, RUNS)).containsExactly(RUN);
    assertThat(names(store.root())).hasSize(2);
  }

  /** The next worker's record may be of another release, and differ. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_history_whose_writer_was_killed_after_one_store_is_given_to_the_others(boolean other)
      throws IOException {
    List<Path> roots =
        List.of(store.root(), directory.resolve("second"), directory.resolve("third"));
    EvidencePolicy policy = inSeveral(roots);
    histories.keep(policy, RECORD, PACKED);
    List<String> whole = names(roots.get(0));
    for (Path root : roots.subList(1, 3)) {
      Files.delete(root.resolve("harbour/histories/" + RUN + "_" + RUN + ".json"));
    }
    assertThat(histories.kept(policy, HARBOUR, RUNS)).isEmpty();

    byte[] packed = other ? HistoryFormat.pack("{\"events\":[ ]}") : PACKED;
    histories.keep(policy, SampleHistories.consume(1, Sha256.of(packed)), packed);

    assertThat(histories.kept(policy, HARBOUR, RUNS)).containsExactly(RUN);
    for (Path root : roots) {
      assertThat(names(root)).containsAll(whole);
      assertThat(root.resolve("harbour/histories/" + whole.get(0)))
          .hasSameBinaryContentAs(roots.get(0).resolve("harbour/histories/" + whole.get(0)));
    }
  }

  private EvidencePolicy inSeveral(List<Path> roots) throws IOException {
    for (Path root : roots) {
      Files.createDirectories(root);
    }
    EvidencePolicy one = store.policy();
    List<EvidenceStore> all =
        roots.stream().<EvidenceStore>map(r -> new EvidenceStore.Directory(r.toString())).toList();
    return new EvidencePolicy(
        all.get(0), one.signingKey(), one.trustedKeyFiles(), List.of(), all.subList(1, 3), 2);
  }

  @Test
  void a_store_that_is_not_there_is_never_taken_for_one_without_histories() {
    EvidencePolicy away =
        new EvidencePolicy(
            new EvidenceStore.Directory("/nowhere/evidence"),
            store.policy().signingKey(),
            store.policy().trustedKeyFiles());

    assertThatThrownBy(() -> histories.kept(away, HARBOUR, RUNS))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("/nowhere/evidence");
    assertThatThrownBy(() -> histories.keep(away, RECORD, PACKED))
        .isInstanceOf(ApplicationFailure.class);
  }
}
