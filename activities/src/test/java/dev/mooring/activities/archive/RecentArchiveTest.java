package dev.mooring.activities.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.LocalHost;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.contract.Limit;
import dev.mooring.port.ArchiveActivities.AwaitHistory;
import dev.mooring.port.ArchiveActivities.HistoryArchived;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.ObserveRecent;
import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.port.HostWork;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.ArchiveKind.Success;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was archived last, read by a real shell. */
class RecentArchiveTest {
  private static final String LAST = "000000010000000000000014";
  private static final String HISTORY = "1\t0/1280000\tno recovery target\n";
  private static final Duration ONE_LOOK = Duration.ZERO;

  @TempDir Path directory;
  private Path archive = Path.of("/nonexistent");
  private LocalHost local = LocalHost.in(Path.of("/nonexistent"));

  @BeforeEach
  void fill() throws IOException {
    local = LocalHost.in(directory);
    archive = Files.createDirectory(directory.resolve("archive of 0"));
    for (int number = 16; number <= 20; number++) {
      write(1, number);
    }
  }

  @AfterEach
  void close() {
    local.close();
  }

  private void write(long timeline, int number) throws IOException {
    Files.write(
        archive.resolve(SampleWal.name(timeline, number)),
        SampleWal.file(timeline, number, SampleWal.SYSTEM, ByteOrder.LITTLE_ENDIAN));
  }

  private HostArchiveActivities port() {
    return new HostArchiveActivities(
        local.hosts(), HostDeadlines.USUAL, new S3Clients(name -> Optional.empty()));
  }

  private HostWork on() {
    Instance instance =
        new Instance(
            new InstanceId("east-0"),
            new SiteName("east"),
            new ContentId(0),
            local.host().name(),
            6000,
            "/data",
            new InstanceManager(InstanceManager.Kind.PG_CTL, "/usr/lib/postgresql/15/bin"));
    return new HostWork(local.host(), List.of(instance));
  }

  private Site.Archive directoryItself() {
    return new Site.Archive(archive.toString(), "cp \"{archive}/%f\" \"%p\"");
  }

  private Site.Archive asked() {
    return new Site.Archive(
        archive.toString(),
        "cp \"{archive}/%f\" \"%p\"",
        List.of(new ArchiveKind.Asked("test -f {wal_path}", List.of(), Success.STATUS)));
  }

  private RecentArchived look(Site.Archive where, long timeline, String... last) {
    return port()
        .observeRecent(
            new ObserveRecent(
                LocalHost.call("run-1", 1, 0),
                on(),
                where,
                SampleWal.SYSTEM,
                new TimelineId(timeline),
                SampleWal.SIZE,
                List.of(last).stream().map(WalFileName::new).toList()));
  }

  private HistoryArchived await(Site.Archive where, Duration atMost) {
    return port()
        .awaitHistory(
            new AwaitHistory(
                LocalHost.call("run-1", 1, 0), on(), where, new TimelineId(2), atMost));
  }

  @Test
  void an_archive_is_looked_at_from_the_first_of_the_last_files_that_is_there() {
    RecentArchived seen = look(directoryItself(), 1, LAST);
    assertThat(seen.missing()).isEmpty();
    assertThat(seen.later()).isEmpty();
    assertThat(seen.files()).isEqualTo(5);
    assertThat(look(asked(), 1, LAST)).isEqualTo(seen);
  }

  @Test
  void a_hole_what_is_cut_off_and_the_very_last_one_are_named() throws IOException {
    Files.delete(archive.resolve("000000010000000000000012"));
    Files.writeString(archive.resolve("000000010000000000000013"), "half");
    Files.delete(archive.resolve(LAST));
    assertThat(look(directoryItself(), 1, LAST).missing())
        .containsExactly(
            MissingWal.absent("000000010000000000000012"),
            new MissingWal("000000010000000000000013", "4 bytes instead of 1048576"),
            MissingWal.absent(LAST));
    assertThat(look(asked(), 1, LAST).missing())
        .extracting(MissingWal::file)
        .containsExactly("000000010000000000000012", LAST);
  }

  /** As a failover asks what a standby could still fetch: from the file that it is in on. */
  @Test
  void of_files_that_are_not_written_yet_those_that_are_there_are_told_apart() {
    String ahead = "000000010000000000000021";
    for (Site.Archive where : List.of(directoryItself(), asked())) {
      RecentArchived seen = look(where, 1, ahead);
      assertThat(seen.files()).isEqualTo(16);
      assertThat(seen.missing())
          .extracting(MissingWal::file)
          .hasSize(13)
          .startsWith("000000010000000000000015")
          .endsWith(ahead);
      RecentArchived beyond = look(where, 1, "000000010000000000000024");
      assertThat(beyond.files()).isEqualTo(1);
      assertThat(beyond.missing()).hasSize(1);
    }
  }

  /** By an archiver's word it is there, and nothing else is either. */
  @Test
  void of_an_empty_archive_the_last_file_is_missing() throws IOException {
    for (int number = 16; number <= 20; number++) {
      Files.delete(archive.resolve(SampleWal.name(1, number)));
    }
    assertThat(look(directoryItself(), 1, LAST).missing()).containsExactly(MissingWal.absent(LAST));
  }

  @Test
  void files_of_the_timelines_before_are_asked_for_by_the_history() throws IOException {
    assertThat(look(directoryItself(), 2, "000000020000000000000014").missing())
        .containsExactly(MissingWal.absent("00000002.history"));
    Files.writeString(archive.resolve("00000002.history"), HISTORY);
    for (int number = 18; number <= 20; number++) {
      write(2, number);
    }
    RecentArchived seen = look(directoryItself(), 2, "000000020000000000000014");
    assertThat(seen.missing()).isEmpty();
    assertThat(seen.later()).as("its own").isEmpty();
  }

  /** Away and back: what the other was primary on is in the archive of its own site. */
  @Test
  void a_timeline_of_another_site_s_archive_is_not_missing_in_this_one() throws IOException {
    Files.writeString(
        archive.resolve("00000003.history"), HISTORY + "2\t0/1680000\tno recovery target\n");
    for (int number = 22; number <= 26; number++) {
      write(3, number);
    }
    RecentArchived seen = look(directoryItself(), 3, "00000003000000000000001A");
    assertThat(seen.missing()).isEmpty();
    assertThat(seen.files()).isEqualTo(5);
    write(2, 18);
    assertThat(look(directoryItself(), 3, "00000003000000000000001A").missing())
        .as("holes of a timeline that was archived here")
        .extracting(MissingWal::file)
        .containsExactly(
            "000000020000000000000013", "000000020000000000000014", "000000020000000000000015");
  }

  @Test
  void timelines_after_its_own_are_told_also_where_no_file_is_looked_for() throws IOException {
    Files.writeString(archive.resolve("00000002.history"), HISTORY);
    Files.writeString(archive.resolve("0000000A.history"), HISTORY);
    assertThat(look(directoryItself(), 1).later())
        .containsExactly(new TimelineId(2), new TimelineId(10));
    assertThat(look(asked(), 1).later()).containsExactly(new TimelineId(2));
    assertThat(look(directoryItself(), 1).missing()).isEmpty();
  }

  @Test
  void an_archive_that_is_not_there_is_not_taken_for_an_empty_one() {
    Site.Archive unmounted = new Site.Archive(directory.resolve("unmounted").toString(), "true");
    assertThatThrownBy(() -> look(unmounted, 1, LAST)).hasMessageContaining("can't be read");
    assertThatThrownBy(() -> await(unmounted, ONE_LOOK)).hasMessageContaining("can't be read");
  }

  @Test
  void a_history_is_read_once_its_last_line_is_whole() throws Exception {
    Path file = archive.resolve("00000002.history");
    Files.writeString(file, "1\t0/128");
    assertThat(await(directoryItself(), ONE_LOOK).history()).isEmpty();
    CompletableFuture<Path> rest =
        CompletableFuture.supplyAsync(
            () -> wrote(file), CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));
    TimelineHistory seen = await(directoryItself(), Limit.seconds(30)).history().get(0);
    assertThat(rest.get()).exists();
    assertThat(seen.switchPointOf(TimelineId.FIRST)).isEqualTo(Lsn.parse("0/1280000"));
    assertThat(await(asked(), ONE_LOOK).history()).containsExactly(seen);
  }

  private static Path wrote(Path file) {
    try {
      return Files.writeString(file, HISTORY);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void why_a_history_was_not_fetched_is_told() {
    HistoryArchived seen =
        await(
            new Site.Archive(
                archive.toString(),
                "echo no door >&2; exit 3; # %f %p",
                List.of(new ArchiveKind.Asked("true", List.of(), Success.STATUS))),
            ONE_LOOK);
    assertThat(seen.history()).isEmpty();
    assertThat(seen.notRead()).contains("00000002.history, exit status 3: no door");
  }
}
