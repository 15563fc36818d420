package dev.mooring.activities.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.LocalHost;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.Sha256;
import dev.mooring.port.ArchiveActivities.ChainObserved;
import dev.mooring.port.ArchiveActivities.ChainsObserved;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.ObserveChain;
import dev.mooring.port.ArchiveActivities.WantedChain;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.ArchiveKind.OfContent;
import dev.mooring.topology.ArchiveKind.Success;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chain of files in an archive directory, read by a real shell. */
class HostArchiveActivitiesTest {
  private static final WalSegmentSize SIZE = SampleWal.SIZE;

  @TempDir Path directory;
  private Path archive = Path.of("/nonexistent");
  private LocalHost local = LocalHost.in(Path.of("/nonexistent"));
  private Duration late = Duration.ZERO;

  @BeforeEach
  void fill() throws IOException {
    local = LocalHost.in(directory);
    archive = Files.createDirectory(directory.resolve("archive of 0"));
    for (int number = 16; number <= 20; number++) {
      write(1, number, ByteOrder.LITTLE_ENDIAN);
    }
  }

  @AfterEach
  void close() {
    local.close();
  }

  private Path write(long timeline, int number, ByteOrder order) throws IOException {
    return Files.write(
        archive.resolve(SampleWal.name(timeline, number)),
        SampleWal.file(timeline, number, SampleWal.SYSTEM, order));
  }

  @Test
  void is_whole_when_every_file_is_there_right() {
    ChainObserved chain = observed(1);
    assertThat(chain.missing()).isEmpty();
    assertThat(chain.first().text()).isEqualTo("000000010000000000000010");
    assertThat(chain.last().text()).isEqualTo("000000010000000000000014");
    assertThat(chain.files()).isEqualTo(5);
    assertThat(chain.bytesToReplay()).isEqualTo(4 * SIZE.bytes() + 0xC8 - 0x28);
  }

  @Test
  void reads_the_other_byte_order() throws IOException {
    for (int number = 16; number <= 20; number++) {
      write(1, number, ByteOrder.BIG_ENDIAN);
    }
    assertThat(observed(1).missing()).isEmpty();
  }

  @Test
  void names_each_gap_and_why() throws IOException {
    Files.delete(archive.resolve("000000010000000000000010"));
    Files.writeString(archive.resolve("000000010000000000000011"), "half");
    Files.copy(
        archive.resolve("000000010000000000000014"),
        archive.resolve("000000010000000000000012"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.write(archive.resolve("000000010000000000000013"), new byte[(int) SIZE.bytes()]);
    assertThat(observed(1).missing())
        .containsExactly(
            MissingWal.absent("000000010000000000000010"),
            new MissingWal("000000010000000000000011", "4 bytes instead of 1048576"),
            new MissingWal(
                "000000010000000000000012",
                "page header with position 0/1400000 instead of 0/1200000"),
            new MissingWal(
                "000000010000000000000013",
                "page header without the marks of a WAL file's first page"));
  }

  @Test
  void sees_a_page_of_another_format_than_the_targets_file() throws IOException {
    alter("000000010000000000000012", 0);
    assertThat(observed(1).missing())
        .containsExactly(
            new MissingWal(
                "000000010000000000000012",
                "page header with format D1EF instead of D110, the target's file's"));
  }

  @Test
  void does_not_take_a_partial_file_for_a_file() throws IOException {
    Path file = archive.resolve("000000010000000000000012");
    Files.move(file, archive.resolve(file.getFileName() + ".partial"));
    assertThat(observed(1).missing())
        .containsExactly(MissingWal.absent("000000010000000000000012"));
  }

  @Test
  void waits_a_moment_for_a_file_that_is_shown_late() throws Exception {
    Path file = archive.resolve("000000010000000000000012");
    Path away = Files.move(file, archive.resolve("elsewhere"));
    CompletableFuture<Path> shown =
        CompletableFuture.supplyAsync(
            () -> moved(away, file), CompletableFuture.delayedExecutor(700, TimeUnit.MILLISECONDS));
    late = Duration.ofSeconds(30);
    assertThat(observed(1).missing()).isEmpty();
    assertThat(shown.get()).exists();
  }

  private static Path moved(Path from, Path to) {
    try {
      return Files.move(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void asks_for_the_history_and_for_the_new_timelines_files() throws IOException {
    assertThat(observed(2).missing()).containsExactly(MissingWal.absent("00000002.history"));
    Files.writeString(archive.resolve("00000002.history"), "1\t0/1280000\tno recovery target\n");
    assertThat(observed(2).missing())
        .extracting(MissingWal::file)
        .containsExactly(
            "000000020000000000000012", "000000020000000000000013", "000000020000000000000014");
    for (int number = 18; number <= 20; number++) {
      write(2, number, ByteOrder.LITTLE_ENDIAN);
    }
    assertThat(observed(2).missing()).isEmpty();
  }

  @Test
  void sees_that_the_targets_file_is_not_the_one_published() {
    ArchivedWal published =
        new ArchivedWal(new WalFileName("000000010000000000000014"), SIZE.bytes(), "00".repeat(32));
    ChainsObserved seen = observe(1, archive, List.of(published));
    assertThat(seen.chains().get(0).missing())
        .singleElement()
        .satisfies(m -> assertThat(m.reason()).startsWith("other bytes than were published"));
  }

  @Test
  void does_not_take_an_archive_it_cannot_read_for_an_empty_one() {
    ChainsObserved seen = observe(1, directory.resolve("unmounted"), List.of());
    assertThat(seen.chains()).isEmpty();
    assertThat(seen.failures())
        .singleElement()
        .satisfies(f -> assertThat(f.code()).isEqualTo(FailureCode.STATE_UNREADABLE));
  }

  private static final String GIVE = "cp \"{archive}/%f\" \"%p\"";

  @Test
  void asks_a_command_about_what_it_does_not_fetch() throws IOException {
    Site.Archive asked =
        asked(GIVE, "", List.of(new OfContent(ZERO, "test -f {wal_path}")), Success.STATUS);
    assertThat(chain(asked).missing()).isEmpty();
    Files.delete(archive.resolve("000000010000000000000012"));
    assertThat(chain(asked).missing())
        .containsExactly(MissingWal.absent("000000010000000000000012"));
  }

  /** Braces of the command's own stay, and so do names that nobody knows. */
  @Test
  void fills_in_the_four_names_of_a_command_and_nothing_else() throws IOException {
    Path said = directory.resolve("said");
    String command =
        "printf '%s\\n"
            + "' {wal_filename} {wal_path} {archive_dir} {host} '{a,b} {wal_file}' ${HOME:+{}} >>"
            + said
            + "; test -f {wal_path}";
    assertThat(chain(asked(GIVE, command, List.of(), Success.STATUS)).missing()).isEmpty();
    assertThat(Files.readAllLines(said))
        .contains(
            "000000010000000000000012",
            archive + "/000000010000000000000012",
            archive.toString(),
            local.host().access().address(),
            "{a,b} {wal_file}",
            "{}");
  }

  @Test
  void takes_a_contents_own_command_then_the_global_one_then_the_directory() {
    String no = "false";
    String yes = "test -f {wal_path}";
    assertThat(chain(asked(GIVE, no, List.of(new OfContent(ZERO, yes)), Success.STATUS)).missing())
        .isEmpty();
    OfContent another = new OfContent(new ContentId(1), yes);
    assertThat(chain(asked(GIVE, no, List.of(another), Success.STATUS)).missing())
        .extracting(MissingWal::reason)
        .contains("missing");
    assertThat(chain(asked(GIVE, "", List.of(another), Success.STATUS)).missing()).isEmpty();
  }

  @Test
  void the_coordinator_and_each_segment_have_their_own_command_and_others_the_global_one() {
    ArchiveKind.Asked asked =
        new ArchiveKind.Asked(
            "any",
            List.of(
                new OfContent(ContentId.COORDINATOR, "of -1"),
                new OfContent(ZERO, "of 0"),
                new OfContent(new ContentId(1), "of 1")),
            Success.STATUS);
    assertThat(
            Stream.of(-1, 0, 1, 2).map(ContentId::new).map(c -> asked.commandOf(c).orElseThrow()))
        .containsExactly("of -1", "of 0", "of 1", "any");
  }

  @Test
  void goes_by_what_a_command_prints_only_where_it_is_told_to() {
    String prints = "if [ -f {wal_path} ]; then echo EXISTS; fi; false";
    assertThat(chain(asked(GIVE, prints, List.of(), Success.OUTPUT)).missing()).isEmpty();
    assertThat(chain(asked(GIVE, prints, List.of(), Success.STATUS)).missing()).isNotEmpty();
    String silent = "test -f {wal_path}";
    assertThat(chain(asked(GIVE, silent, List.of(), Success.OUTPUT)).missing()).isNotEmpty();
  }

  @Test
  void does_not_take_a_command_that_can_not_be_run_for_a_no() {
    ChainsObserved seen = observe(1, asked(GIVE, "exit 255", List.of(), Success.STATUS), List.of());
    assertThat(seen.chains()).isEmpty();
    assertThat(seen.failures())
        .singleElement()
        .matches(f -> f.code() == FailureCode.STATE_UNREADABLE)
        .matches(f -> f.message().contains("ended with status 255"));
  }

  @Test
  void says_of_a_target_that_is_there_and_can_not_be_fetched_that_replay_will_not_have_it() {
    Site.Archive asked =
        asked("echo no door >&2; exit 3; # %f %p", "test -f {wal_path}", List.of(), Success.STATUS);
    assertThat(chain(asked).missing())
        .containsExactly(
            new MissingWal(
                "000000010000000000000014",
                "there and can't be fetched: the restore command did not fetch"
                    + " 000000010000000000000014, exit status 3: no door"));
  }

  /** The target's bytes are fetched and looked at; of the other files the command's word counts. */
  @Test
  void looks_at_the_bytes_of_the_target_where_a_command_says_that_all_is_there()
      throws IOException {
    Site.Archive asked = asked(GIVE, "test -f {wal_path}", List.of(), Success.STATUS);
    String target = "000000010000000000000014";
    byte[] whole = Files.readAllBytes(archive.resolve(target));
    Files.writeString(archive.resolve("000000010000000000000012"), "half");
    Files.writeString(archive.resolve(target), "half");
    assertThat(chain(asked).missing())
        .containsExactly(
            new MissingWal(
                target,
                "there and can't be fetched: the restore command did not fetch "
                    + target
                    + ", 4 bytes came instead of 1048576"));
    Files.write(archive.resolve(target), whole);
    alter(target, 24);
    assertThat(chain(asked).missing())
        .singleElement()
        .satisfies(m -> assertThat(m.reason()).startsWith("page header with system identifier"));
    Files.write(archive.resolve(target), whole);
    alter(target, 5000);
    ArchivedWal published =
        new ArchivedWal(new WalFileName(target), SIZE.bytes(), Sha256.of(whole));
    ChainsObserved flipped = observe(1, asked, List.of(published));
    assertThat(flipped.chains().get(0).missing())
        .singleElement()
        .satisfies(m -> assertThat(m.reason()).startsWith("other bytes than were published"));
  }

  /** As a file that was found bad is read again: its first record may begin in the one before. */
  @ParameterizedTest
  @CsvSource({"there, 0/13FFF00", "ended early, 0/1400000", "gone, 0/1400000"})
  void decodes_a_whole_file_from_the_last_record_of_the_one_before(String before, String start)
      throws IOException {
    Path decoder = directory.resolve("pg_waldump");
    String record = "rmgr: Heap tx: 9, lsn: 0/13FFF00, prev 0/13FFE00, desc: INSERT";
    Files.writeString(
        decoder,
        """
        #!/bin/sh
        echo "$*" >%s/asked
        [ "$8" != 0/1400000 ] || echo '%s'
        """
            .formatted(directory, before.equals("there") ? record : ""));
    assertThat(decoder.toFile().setExecutable(true)).isTrue();
    if (before.equals("gone")) {
      Files.delete(archive.resolve("000000010000000000000013"));
    }
    Site.Archive where = new Site.Archive(archive.toString(), GIVE);
    ContentTarget point = SampleWal.chain(1, where, List.of()).target();
    WantedPoint wanted =
        new WantedPoint(
            ArchivedLook.OWNER,
            new RestorePointName("sync_point_20261003_101500_a"),
            point.endingWith(point.walFile()),
            where,
            point.walFile(),
            List.of());
    assertThat(ArchivedLook.at(local, directory, wanted, Duration.ZERO).files()).hasSize(1);
    assertThat(Files.readString(directory.resolve("asked")).strip())
        .endsWith("-s " + start + " -e 0/1500000 -r XLOG");
  }

  private static final ContentId ZERO = new ContentId(0);

  private Site.Archive asked(
      String restore, String command, List<OfContent> contents, Success success) {
    return new Site.Archive(
        archive.toString(), restore, List.of(new ArchiveKind.Asked(command, contents, success)));
  }

  private ChainObserved chain(Site.Archive where) {
    ChainsObserved seen = observe(1, where, List.of());
    assertThat(seen.failures()).isEmpty();
    return seen.chains().get(0);
  }

  private void alter(String file, int offset) throws IOException {
    byte[] bytes = Files.readAllBytes(archive.resolve(file));
    bytes[offset] = (byte) ~bytes[offset];
    Files.write(archive.resolve(file), bytes);
  }

  private ChainObserved observed(long timeline) {
    ChainsObserved seen = observe(timeline, archive, List.of());
    assertThat(seen.failures()).isEmpty();
    return seen.chains().get(0);
  }

  private ChainsObserved observe(long timeline, Path from, List<ArchivedWal> expected) {
    return observe(timeline, new Site.Archive(from.toString(), GIVE), expected);
  }

  private ChainsObserved observe(long timeline, Site.Archive where, List<ArchivedWal> expected) {
    WantedChain chain = SampleWal.chain(timeline, where, expected);
    return new HostArchiveActivities(
            local.hosts(),
            HostDeadlines.USUAL.withLate(late),
            new S3Clients(name -> Optional.empty()))
        .observeChain(
            new ObserveChain(
                LocalHost.call("run-1", 1, 0),
                new HostWork(local.host(), List.of()),
                List.of(chain)));
  }
}
