package dev.mooring.activities.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.LocalHost;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.port.ArchiveActivities.AwaitDecoded;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.WayDecoded;
import dev.mooring.port.ArchiveActivities.WaysDecoded;
import dev.mooring.port.HostWork;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of WAL that a real shell does not come to decode; the rest is WalFaultsIT's. */
class DecodedWaysTest {
  @TempDir Path directory;
  private long timeline = 1;
  private Path archive = Path.of("/nonexistent");
  private LocalHost local = LocalHost.in(Path.of("/nonexistent"));

  @BeforeEach
  void fill() throws IOException {
    local = LocalHost.in(directory);
    archive = Files.createDirectory(directory.resolve("archive of 0"));
    for (int number = 16; number <= 20; number++) {
      Files.write(
          archive.resolve(SampleWal.name(1, number)),
          SampleWal.file(1, number, SampleWal.SYSTEM, ByteOrder.LITTLE_ENDIAN));
    }
  }

  @AfterEach
  void close() {
    local.close();
  }

  @Test
  void a_host_without_pg_waldump_decodes_nothing_and_says_so() {
    assertThat(decoded(Duration.ofSeconds(30)).notDecoded())
        .isEqualTo("no pg_waldump in " + directory);
  }

  @Test
  void names_the_file_at_which_the_time_ended() throws IOException {
    Path program = Files.createFile(directory.resolve("pg_waldump"));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    WayDecoded way = decoded(Duration.ZERO);
    assertThat(way.notDecoded()).isEqualTo("the time ended at 000000010000000000000010");
    assertThat(way.damaged()).isEmpty();
  }

  /**
   * As pg_waldump answers over files that were ended early: nothing in their last megabyte, and the
   * switch among the records of XLOG.
   */
  @Test
  void keeps_no_file_before_the_one_that_was_ended_early_last() throws IOException {
    WayDecoded way =
        said(
            "case \"$*\" in",
            "  *'-r Tablespace'*) ls \"$2\" >>'%1$s/kept'; echo >>'%1$s/kept' ;;",
            "  *'-r XLOG'*)",
            "    printf 'rmgr: XLOG lsn: 0/%%X, prev 0/0, desc: SWITCH' $(((0x${8#0/} - 1 >> 20 << 20) + 40)) ;;",
            "esac");
    assertThat(way.damaged()).isEmpty();
    assertThat(way.notDecoded()).isEmpty();
    assertThat(Files.readString(directory.resolve("kept")).split("\n\n"))
        .hasSize(5)
        .allMatch(kept -> kept.lines().count() <= 2);
  }

  @Test
  void names_the_first_file_with_a_record_that_is_damaged() throws IOException {
    WayDecoded way =
        said(
            "case \"$8\" in 0/1100000) ;;",
            "  *) echo 'liblz4.so.1: no version information available'",
            "    echo 'pg_waldump: error: error in WAL record at 0/1130040: incorrect checksum'",
            "    exit 1 ;;",
            "esac >&2");
    assertThat(way.damaged())
        .containsExactly(
            new MissingWal(
                SampleWal.name(1, 17),
                "there and can't be decoded: pg_waldump: error: error in WAL record at 0/1130040:"
                    + " incorrect checksum"));
  }

  /** What it says once the next file, which it asks for, is not there. */
  @Test
  void follows_a_record_over_files_and_names_the_one_that_does_not_go_on_with_it()
      throws IOException {
    WayDecoded way =
        said(
            "case \"$8\" in",
            "  0/1400000 | 0/14000C8) echo 'pg_waldump: error: could not find a valid record after 0/1000028' ;;",
            "  *) case \"$*\" in",
            "    *' -n 1') echo 'pg_waldump: error: could not find file: No such file or directory' ;;",
            "    *) echo 'pg_waldump: error: could not find a valid record after 0/1000028' ;;",
            "    esac ;;",
            "esac >&2",
            "exit 1");
    assertThat(way.damaged()).extracting(MissingWal::file).containsExactly(SampleWal.name(1, 18));
  }

  @Test
  void a_pg_waldump_that_is_killed_or_hangs_says_nothing_of_a_file() throws IOException {
    WayDecoded killed = said("kill -KILL $$");
    assertThat(killed.damaged()).isEmpty();
    assertThat(killed.notDecoded()).startsWith("pg_waldump ended at " + SampleWal.name(1, 16));
    WayDecoded hung = said("sleep 60");
    assertThat(hung.damaged()).isEmpty();
    assertThat(hung.notDecoded()).isEqualTo("the time ended at " + SampleWal.name(1, 16));
  }

  @Test
  void without_the_history_of_the_timeline_nothing_is_decoded_and_nothing_damaged()
      throws IOException {
    timeline = 2;
    WayDecoded way = said("exit 1");
    assertThat(way.damaged()).isEmpty();
    assertThat(way.notDecoded()).isEqualTo("the history of timeline 2 is not in the archive");
  }

  /** Decodes with a pg_waldump of these lines, whose eighth word is the end of what it reads. */
  private WayDecoded said(String... lines) throws IOException {
    Path program = directory.resolve("pg_waldump");
    Files.writeString(
        program, "#!/bin/sh\n" + String.format(String.join("\n", lines), directory) + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return decoded(Duration.ofSeconds(2));
  }

  private WayDecoded decoded(Duration atMost) {
    Instance copy =
        new Instance(
            new InstanceId("west-0"),
            new SiteName("west"),
            new ContentId(0),
            local.host().name(),
            5432,
            directory.toString(),
            new InstanceManager(InstanceManager.Kind.PG_CTL, directory.toString()));
    WaysDecoded seen =
        new HostArchiveActivities(
                local.hosts(), HostDeadlines.USUAL, new S3Clients(name -> Optional.empty()))
            .awaitDecoded(
                new AwaitDecoded(
                    LocalHost.call("run-1", 1, 0),
                    new HostWork(local.host(), List.of(copy)),
                    List.of(
                        SampleWal.chain(
                            timeline, new Site.Archive(archive.toString(), "cp %f %p"), List.of())),
                    atMost));
    assertThat(seen.failures()).isEmpty();
    return seen.ways().get(0);
  }
}
