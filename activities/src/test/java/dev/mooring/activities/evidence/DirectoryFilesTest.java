package dev.mooring.activities.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.evidence.Document;
import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DirectoryFilesTest extends EvidenceFilesContract {
  @TempDir Path directory = Path.of("set by JUnit");

  @Override
  protected EvidenceFiles open() {
    return new DirectoryFiles(root());
  }

  private Path root() {
    try {
      return Files.createDirectories(directory.resolve("store"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected void removeRoot() throws Exception {
    try (Stream<Path> all = Files.walk(directory.resolve("store"))) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Override
  protected void leaveWhatAKilledWriterLeaves(String name) throws Exception {
    Files.writeString(root().resolve(name).resolve(".LATEST.json.4711.tmp"), "half a docu");
  }

  /** Opening it waits for a writer, without end: each attempt would take a thread of the worker. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void a_pipe_is_no_document() throws Exception {
    Path pipe = Files.createDirectories(root().resolve("harbour/manifests")).resolve("LATEST.json");
    new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor();

    assertThatThrownBy(() -> open().read("harbour/manifests/LATEST.json"))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining(pipe + ": it is no regular file");
  }

  @Test
  void a_writer_that_is_killed_leaves_whole_files_alone() throws Exception {
    for (int round = 0; round < 3; round++) {
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  WriterProcess.class.getName(),
                  root().toString(),
                  String.valueOf(round))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader wrote = writer.inputReader();
      for (int i = 0; i <= round; i++) {
        assertThat(wrote.readLine()).isEqualTo(String.valueOf(i));
      }
      writer.destroyForcibly().waitFor();

      EvidenceFiles files = open();
      assertThat(files.list("harbour/manifests")).containsExactly("LATEST.json");
      assertWhole(files.read(WriterProcess.REPLACED).orElseThrow());
      for (String name : files.list("harbour/receipts")) {
        assertWhole(files.read(WriterProcess.ONCE + name).orElseThrow());
      }
      files.writeAtomically(WriterProcess.REPLACED, new byte[] {1});
      assertThat(files.read(WriterProcess.REPLACED)).hasValue(new byte[] {1});
    }
  }

  private static void assertWhole(byte[] bytes) {
    byte[] whole = new byte[WriterProcess.LENGTH];
    Arrays.fill(whole, bytes[0]);
    assertThat(Arrays.equals(bytes, whole)).isTrue();
  }

  @Test
  void a_history_may_be_longer_than_other_documents() {
    byte[] packed = new byte[Document.BYTES_AT_MOST + (1 << 20)];
    String path = "harbour/histories/a_a_0123456789ab.json.gz";
    open().createExclusive(path, packed);
    assertThat(open().read(path)).hasValue(packed);
  }

  @Test
  void nothing_is_left_beside_what_was_written() throws Exception {
    EvidenceFiles files = open();
    files.writeAtomically("harbour/a.json", new byte[] {1});
    files.createExclusive("harbour/a.json", new byte[] {2});
    files.createExclusive("harbour/b.json", new byte[] {3});
    try (Stream<Path> all = Files.list(root().resolve("harbour"))) {
      assertThat(all.map(p -> p.getFileName().toString()).toList())
          .containsExactlyInAnyOrder("a.json", "b.json");
    }
  }

  @Test
  void a_path_that_is_no_file_is_a_failure_and_not_nothing() throws Exception {
    Files.createDirectories(root().resolve("harbour/LATEST.json"));
    List<Runnable> acts =
        List.of(
            () -> open().read("harbour/LATEST.json"),
            () -> open().writeAtomically("harbour/LATEST.json", new byte[1]));
    for (Runnable act : acts) {
      assertThatThrownBy(act::run)
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              failure ->
                  assertThat(failure.getType()).isEqualTo(FailureCode.EVIDENCE_UNREADABLE.name()));
    }
  }
}
