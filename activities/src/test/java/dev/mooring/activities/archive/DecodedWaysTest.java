package dev.mooring.activities.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.LocalHost;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.port.ArchiveActivities.AwaitDecoded;
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
                            1, new Site.Archive(archive.toString(), "cp %f %p"), List.of())),
                    atMost));
    assertThat(seen.failures()).isEmpty();
    return seen.ways().get(0);
  }
}
