package dev.mooring.activities.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.evidence.Document;
import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every kind of evidence store holds to. */
public abstract class EvidenceFilesContract {
  private static final String PATH = "harbour/manifests/LATEST.json";
  private static final byte[] OLD = "old".repeat(40_000).getBytes(StandardCharsets.UTF_8);
  private static final byte[] NEW = "new!".repeat(50_000).getBytes(StandardCharsets.UTF_8);

  private EvidenceFiles files = new DirectoryFiles(Path.of("not-opened"));

  /** Opens an empty store; a second call in one test opens the same one again. */
  protected abstract EvidenceFiles open() throws Exception;

  /** Takes the store's root away. */
  protected abstract void removeRoot() throws Exception;

  /** Leaves what a writer leaves that is killed between writing aside and giving the name. */
  protected abstract void leaveWhatAKilledWriterLeaves(String directory) throws Exception;

  /** What is said of a store without its root. */
  protected String withoutRoot() {
    return "never made, or not mounted";
  }

  @BeforeEach
  void openStore() throws Exception {
    files = open();
  }

  @AfterEach
  void closeStore() {
    files.close();
  }

  @Test
  void what_was_written_is_read_and_listed() {
    files.writeAtomically(PATH, OLD);
    assertThat(files.read(PATH)).hasValue(OLD);
    assertThat(files.list("harbour/manifests")).containsExactly("LATEST.json");
    files.writeAtomically(PATH, NEW);
    assertThat(files.read(PATH)).hasValue(NEW);
    assertThat(files.list("harbour/manifests")).containsExactly("LATEST.json");
  }

  @Test
  void what_another_document_tells_of_is_read() {
    files.writeAtomically(PATH, OLD);
    assertThat(files.readNamed(PATH)).hasValue(OLD);
  }

  @Test
  void what_is_not_there_is_nothing_and_no_failure() throws Exception {
    assertThat(files.read(PATH)).isEmpty();
    assertThat(files.list("harbour/manifests")).isEmpty();
    files.remove(PATH);
  }

  @Test
  void an_empty_file_is_read_as_such() {
    files.writeAtomically(PATH, new byte[0]);
    assertThat(files.read(PATH)).hasValue(new byte[0]);
  }

  @Test
  void what_was_removed_is_gone() throws Exception {
    files.writeAtomically(PATH, OLD);
    files.remove(PATH);
    assertThat(files.read(PATH)).isEmpty();
    files.remove(PATH);
  }

  @Test
  void an_exclusive_file_is_made_once_and_never_overwritten() {
    assertThat(files.createExclusive(PATH, OLD)).isTrue();
    assertThat(files.createExclusive(PATH, NEW)).isFalse();
    assertThat(files.read(PATH)).hasValue(OLD);
    assertThat(files.list("harbour/manifests")).containsExactly("LATEST.json");
  }

  @Test
  void of_several_writers_exactly_one_makes_the_exclusive_file() throws Exception {
    int writers = 4;
    CountDownLatch together = new CountDownLatch(writers);
    List<Callable<Boolean>> tries = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      byte[] own = ("writer " + i).getBytes(StandardCharsets.UTF_8);
      tries.add(
          () -> {
            try (EvidenceFiles mine = open()) {
              together.countDown();
              together.await();
              return mine.createExclusive(PATH, own);
            }
          });
    }
    assertThat(results(tries)).containsOnlyOnce(true);
    assertThat(new String(files.read(PATH).orElseThrow(), StandardCharsets.UTF_8))
        .matches("writer [0-3]");
  }

  @Test
  void several_writers_of_one_file_leave_the_bytes_of_one_of_them() throws Exception {
    List<Callable<Boolean>> writers = new ArrayList<>();
    for (byte[] own : List.of(OLD, NEW)) {
      writers.add(
          () -> {
            try (EvidenceFiles mine = open()) {
              for (int i = 0; i < 15; i++) {
                mine.writeAtomically(PATH, own);
              }
              return true;
            }
          });
    }
    assertThat(results(writers)).containsExactly(true, true);
    assertThat(files.read(PATH).orElseThrow()).matches(b -> same(b, OLD) || same(b, NEW));
    assertThat(files.list("harbour/manifests")).containsExactly("LATEST.json");
  }

  /** Whoever may write there must not end the workers that read. */
  @Test
  void of_a_file_that_is_too_long_no_more_is_read_than_shows_it() {
    byte[] tooLong = new byte[Document.BYTES_AT_MOST + (1 << 20)];
    files.writeAtomically(PATH, tooLong);
    assertThat(files.read(PATH).orElseThrow().length)
        .isGreaterThan(Document.BYTES_AT_MOST)
        .isLessThan(tooLong.length);
    files.writeAtomically(PATH, OLD);
    assertThat(files.read(PATH)).hasValue(OLD);
  }

  @Test
  void a_reader_sees_the_old_bytes_or_the_new_ones_and_nothing_else() throws Exception {
    files.writeAtomically(PATH, OLD);
    AtomicBoolean written = new AtomicBoolean();
    Callable<Boolean> reader =
        () -> {
          try (EvidenceFiles mine = open()) {
            while (!written.get()) {
              Optional<byte[]> read = mine.read(PATH);
              assertThat(read).isPresent();
              assertThat(read.get()).matches(b -> same(b, OLD) || same(b, NEW));
            }
            return true;
          }
        };
    Callable<Boolean> writer =
        () -> {
          for (int i = 0; i < 25; i++) {
            files.writeAtomically(PATH, i % 2 == 0 ? NEW : OLD);
          }
          written.set(true);
          return true;
        };
    assertThat(results(List.of(reader, writer))).containsExactly(true, true);
  }

  @Test
  void what_a_killed_writer_leaves_is_neither_listed_nor_in_the_way() throws Exception {
    files.writeAtomically("harbour/manifests/a.json", OLD);
    leaveWhatAKilledWriterLeaves("harbour/manifests");
    assertThat(files.list("harbour/manifests")).containsExactly("a.json");
    files.writeAtomically(PATH, NEW);
    assertThat(files.list("harbour/manifests")).containsExactlyInAnyOrder("a.json", "LATEST.json");
  }

  @Test
  void a_store_whose_root_is_gone_is_unreadable_and_never_empty() throws Exception {
    removeRoot();
    List<Runnable> acts =
        List.of(
            () -> files.read(PATH),
            () -> files.list("harbour/manifests"),
            () -> files.writeAtomically(PATH, OLD),
            () -> files.createExclusive(PATH, OLD));
    for (Runnable act : acts) {
      assertThatThrownBy(act::run)
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              failure -> {
                assertThat(failure.getType()).isEqualTo(FailureCode.EVIDENCE_UNREADABLE.name());
                assertThat(failure.getOriginalMessage())
                    .containsAnyOf("never made, or not mounted", withoutRoot());
              });
    }
  }

  private static boolean same(byte[] one, byte[] other) {
    return Arrays.equals(one, other);
  }

  private static List<Boolean> results(List<Callable<Boolean>> acts) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(acts.size());
    try {
      List<Boolean> results = new ArrayList<>();
      for (Future<Boolean> future : threads.invokeAll(acts)) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
