package dev.mooring.activities.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.LocalHost;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.ArchiveKind.Success;
import dev.mooring.topology.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a point's file counts for that a command says is there and that is fetched in vain. */
class PresenceByCommandTest {
  private static final String FILE = SampleWal.name(1, 20);

  @TempDir Path directory;
  private Path archive = Path.of("/nonexistent");
  private LocalHost local = LocalHost.in(Path.of("/nonexistent"));

  @BeforeEach
  void fill() throws IOException {
    local = LocalHost.in(directory);
    archive = Files.createDirectory(directory.resolve("archive"));
    Files.write(archive.resolve(FILE), SampleWal.file(1, 20));
    Path decoder = directory.resolve("pg_waldump");
    Files.writeString(decoder, "never run");
    assertThat(decoder.toFile().setExecutable(true)).isTrue();
  }

  @AfterEach
  void close() {
    local.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"exit 2", "exit 255", "nobody-has-this-program", ": >\"%p\"; exit 2"})
  void can_not_be_had_where_the_way_is_closed(String command) {
    PointArchived seen = seen(command, Duration.ZERO);
    assertThat(seen.missing()).isEmpty();
    assertThat(seen.notRead()).startsWith("the restore command did not fetch " + FILE);
  }

  @ParameterizedTest
  @CsvSource({
    "exit 1, exit status 1",
    "exit 28, exit status 28",
    "head -c 9 {archive}/%f >\"%p\", 9 bytes came instead of 1048576",
    "head -c 9 {archive}/%f >\"%p\"; exit 2, exit status 2",
    ": , no bytes came instead of 1048576",
    ": >\"%p\", 0 bytes came instead of 1048576",
  })
  void is_wrong_where_bytes_or_a_refusal_came(String command, String why) {
    assertThat(seen(command, Duration.ZERO).missing())
        .containsExactly(
            new MissingWal(
                FILE,
                "there and can't be fetched: the restore command did not fetch "
                    + FILE
                    + ", "
                    + why));
  }

  @Test
  void is_wrong_for_good_once_wrong_bytes_came() {
    String once = directory.resolve("once").toString();
    String command =
        "[ -e " + once + " ] && exit 2; : >" + once + "; head -c 9 {archive}/%f >\"%p\"";
    assertThat(seen(command, Duration.ofSeconds(2)).missing())
        .singleElement()
        .satisfies(m -> assertThat(m.reason()).contains("9 bytes came"));
  }

  @Test
  void is_fetched_again_until_the_time_is_over() throws IOException {
    Path tries = directory.resolve("tries");
    PointArchived seen = seen("echo >>" + tries + "; exit 2", Duration.ofSeconds(3));
    assertThat(seen.notRead()).isNotEmpty();
    assertThat(Files.readAllLines(tries)).hasSizeGreaterThan(3);
  }

  private PointArchived seen(String command, Duration atMost) {
    Site.Archive where =
        new Site.Archive(
            archive.toString(),
            command + " # %f %p",
            List.of(new ArchiveKind.Asked("test -f {wal_path}", List.of(), Success.STATUS)));
    WantedPoint wanted =
        new WantedPoint(
            ArchivedLook.OWNER,
            new RestorePointName("mooring-20261003T101500Z-0a1b2c3d"),
            SampleWal.chain(1, where, List.of()).target(),
            where,
            new WalFileName(FILE),
            List.of());
    return ArchivedLook.at(local, directory, wanted, atMost);
  }
}
