package dev.mooring.activities.clusterfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.SetClock;
import dev.mooring.topology.ClusterName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which versions of a cluster file count for a run, and that they outlast the worker. */
class KeptClusterFilesTest {
  private static final ClusterName PIER = new ClusterName("pier");
  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path directory;
  private final Map<String, String> users = new HashMap<>();
  private final SetClock clock = new SetClock(NOON);

  private KeptClusterFiles worker() {
    return new KeptClusterFiles(Optional.of(directory.resolve("kept")), clock);
  }

  /** The worker reads a file in which the database's user is that one. */
  private void reads(KeptClusterFiles worker, String user) throws IOException {
    Files.writeString(
        directory.resolve("pier.yaml"),
        ClusterFilesTest.FILE.replace("user: mooring", "user: " + user));
    users.put(new ClusterFiles(directory, List.of(), worker).read(PIER).digest(), user);
  }

  private List<String> since(KeptClusterFiles worker, Instant began) {
    return worker.since(PIER, began).stream().map(version -> users.get(version.digest())).toList();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("kept/pier"))) {
      return files.toList();
    }
  }

  @Test
  void a_version_counts_for_the_runs_that_began_before_it_was_replaced() throws IOException {
    KeptClusterFiles worker = worker();
    for (String user : List.of("first", "second", "third")) {
      reads(worker, user);
      clock.set(clock.instant().plus(HOUR));
    }
    assertThat(since(worker, NOON.plusSeconds(90))).containsExactly("third", "second", "first");
    assertThat(since(worker, NOON.plus(HOUR).plusSeconds(90))).containsExactly("third", "second");
    assertThat(since(worker, NOON.plus(HOUR.multipliedBy(2)).plusSeconds(90)))
        .containsExactly("third");
  }

  /** The clocks of two machines differ, and a copied file may be half there. */
  @Test
  void a_worker_knows_no_run_before_its_first_version_and_none_while_a_file_changes()
      throws IOException {
    KeptClusterFiles worker = worker();
    assertThat(worker.reaches(PIER, NOON)).isFalse();
    reads(worker, "first");
    assertThat(worker.reaches(PIER, NOON)).isFalse();
    clock.set(NOON.plus(HOUR));
    assertThat(worker.reaches(PIER, NOON)).isTrue();
    assertThat(worker.reaches(PIER, NOON.minus(HOUR))).isFalse();
    reads(worker, "second");
    clock.set(clock.instant().plusSeconds(59));
    assertThat(worker.reaches(PIER, NOON)).isFalse();
    clock.set(clock.instant().plusSeconds(1));
    assertThat(worker.reaches(PIER, NOON)).isTrue();
  }

  /** With a thousand instances that takes a while, and each activity of an older run asks. */
  @Test
  void a_version_is_parsed_once() throws IOException {
    KeptClusterFiles worker = worker();
    reads(worker, "first");
    assertThat(worker.since(PIER, NOON).get(0)).isSameAs(worker.since(PIER, NOON).get(0));
  }

  @Test
  void a_run_that_began_with_the_change_may_have_read_either() throws IOException {
    KeptClusterFiles worker = worker();
    reads(worker, "first");
    clock.set(NOON.plus(HOUR));
    reads(worker, "second");
    assertThat(since(worker, clock.instant().plusSeconds(30))).containsExactly("second", "first");
  }

  @Test
  void the_next_worker_knows_them_and_only_its_account_reads_them() throws IOException {
    reads(worker(), "first");
    clock.set(NOON.plus(HOUR));
    KeptClusterFiles next = worker();
    reads(next, "second");
    reads(next, "second");
    assertThat(since(worker(), NOON)).containsExactly("second", "first");
    assertThat(files())
        .hasSize(2)
        .allSatisfy(
            file ->
                assertThat(Files.getPosixFilePermissions(file))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------")));
  }

  @Test
  void the_newest_thirty_stay() throws IOException {
    KeptClusterFiles worker = worker();
    for (int i = 0; i < 32; i++) {
      reads(worker, "user" + i);
      clock.set(clock.instant().plus(HOUR));
    }
    assertThat(since(worker(), NOON)).hasSize(30).startsWith("user31").endsWith("user2");
    assertThat(files()).hasSize(30);
  }

  @Test
  void without_a_directory_to_write_to_they_are_kept_in_memory() throws IOException {
    Files.writeString(directory.resolve("kept"), "is no directory");
    KeptClusterFiles worker = worker();
    reads(worker, "first");
    clock.set(NOON.plus(HOUR));
    reads(worker, "second");
    assertThat(since(worker, NOON)).containsExactly("second", "first");
    assertThat(since(worker(), NOON)).isEmpty();
  }
}
