package dev.mooring.activities.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What crash recovery before a rewind is given, and what becomes of a directory after it. */
class RewindScriptTest {
  private static final String CONTROL =
      """
      control='wal_level setting:                    logical
      max_prepared_xacts setting:           7
      Bytes per WAL segment:                67108864'
      """;

  @TempDir Path above;
  private Path job = Path.of("/nonexistent");

  @BeforeEach
  void aDirectoryThatIsRewound() throws IOException {
    above = above.toRealPath();
    Files.createDirectory(above.resolve("data.mooring-rewind"));
    job = Files.createDirectory(above.resolve("job"));
    Files.writeString(job.resolve("begun"), "");
    Path kept = Files.createDirectories(above.resolve("own.configuration/run"));
    Files.writeString(kept.resolve("postgresql.conf"), "port = 5432\n");
    Files.writeString(
        kept.resolve("postgresql.auto.conf"),
        "max_replication_slots = 1\n mooring_fenced_epoch_4 = on\nwork_mem = '8MB'\n");
  }

  private String run(String commands) throws IOException, InterruptedException {
    String script =
        "set -u\nrefuse() { echo \"refused $*\"; exit 1; }; put() { printf '%s' \"$2\" >\"$1\"; }\n"
            + Sh.configurationsBelow(above.resolve("etc"))
            + Script.resource(Script.class, OfInstance.SERVER)
            + Script.resource(HostCopyActivities.class, "copy.sh")
            + Script.resource(HostCopyActivities.class, "rewind.sh")
            + Script.resource(HostCopyActivities.class, "place.sh")
            + "real=$1/data parent=$1 rewinding=$1/data.mooring-rewind job=$1/job run=run\n"
            + "cluster_dir=$1 subject=own configuration=$1/own.configuration/run data=$rewinding\n"
            + CONTROL
            + commands;
    return Sh.said(script, above);
  }

  @Test
  void its_own_settings_are_taken_by_value_without_a_fence_and_its_control_file_outranks_them()
      throws Exception {
    for (int slot = 0; slot < 12; slot++) {
      Files.createDirectories(above.resolve("data.mooring-rewind/pg_replslot/of_" + slot));
    }
    Path program = Files.createDirectory(above.resolve("bin")).resolve("postgres");
    Files.writeString(program, "#!/bin/sh\nprintf '%s\\n' \"$8 it's a\\\\b\"\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThat(
            run(
                "bin=$cluster_dir/bin\n"
                    + "put_settings \"$configuration/postgresql.conf\" 'restore_command = x'"))
        .isEmpty();
    assertThat(Files.readString(job.resolve("own.conf")))
        .startsWith("include '" + above + "/own.configuration/run/postgresql.conf'\n")
        .contains("work_mem")
        .doesNotContain("fenced");
    assertThat(Files.readString(job.resolve("rewind.conf")))
        .contains("\nshared_preload_libraries = 'shared_preload_libraries it''s a\\\\b'\n")
        .contains("\nmax_replication_slots = 12\n")
        .contains("wal_level = logical\n", "max_prepared_transactions = 7\n")
        .contains("min_wal_size = 128MB\n", "max_wal_size = 1024MB\n")
        .endsWith("restore_command = x")
        .doesNotContain("include");
  }

  /** Which settings its crash recovery gets, and how, depends on it. */
  @Test
  void one_whose_version_can_not_be_read_is_not_touched() throws Exception {
    assertThat(run("sessions='' bin=/nonexistent; begin_rewind '' ''"))
        .startsWith("refused STATE_UNREADABLE " + above.resolve("data.mooring-rewind/PG_VERSION"));
  }

  /**
   * What the file holds beyond the fork is in no primary's history, and is no primary's to archive.
   */
  @Test
  void the_file_in_which_its_timeline_ended_is_never_archived_and_one_before_it_is()
      throws Exception {
    Path wal = Files.createDirectories(above.resolve("data.mooring-rewind/pg_wal/archive_status"));
    for (String file : List.of("05000000000000000C", "05000000000000000B", "06000000000000000C")) {
      Files.writeString(wal.resolveSibling("000000" + file), "");
    }
    Files.writeString(
        wal.resolveSibling("00000006.history"),
        "4\t0/300000A0\tno recovery target specified\n\n5\t0/304BBD28\tno recovery target\n");
    String control =
        """
        read_control() { control="$control
        Min recovery ending loc's timeline:   6"; }; made=$rewinding
        """;
    assertThat(run(control + "drop_left_timelines")).isEmpty();
    try (Stream<Path> marks = Files.list(wal)) {
      assertThat(marks).containsExactly(wal.resolve("00000005000000000000000C.done"));
    }
    Files.delete(wal.resolveSibling("00000006.history"));
    assertThat(run(control + "drop_left_timelines"))
        .startsWith("refused STATE_UNREADABLE " + wal.resolveSibling("00000006.history"));
  }

  @Test
  void a_directory_that_was_only_tried_is_as_before_under_its_name_and_fenced() throws Exception {
    Files.writeString(job.resolve("rewinding.sh"), "");
    Files.writeString(job.resolve("standby.signal"), "");
    assertThat(run("name_back 5")).isEmpty();
    assertThat(above.resolve("data/mooring.half-made")).doesNotExist();
    assertThat(above.resolve("data/standby.signal")).exists();
    assertThat(Files.readString(above.resolve("data/postgresql.auto.conf")))
        .contains("max_replication_slots = 1", "mooring_fenced_epoch_5 = on");
  }

  @Test
  void one_whose_data_was_being_changed_says_so() throws Exception {
    Files.writeString(job.resolve("rewinding.sh"), "");
    Files.writeString(job.resolve("changing"), "");
    run("name_back 5");
    assertThat(above.resolve("data/mooring.half-made")).exists();
  }

  /** Versions before changed it at once. */
  @Test
  void so_does_one_that_was_begun_without_a_try() throws Exception {
    run("name_back 5");
    assertThat(above.resolve("data/mooring.half-made")).exists();
  }
}
