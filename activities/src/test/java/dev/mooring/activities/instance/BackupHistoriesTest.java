package dev.mooring.activities.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.LocalHost;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.ScriptResult;
import dev.mooring.contract.Limit;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities.HistoryArchive;
import dev.mooring.postgres.Captured;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.ArchiveKind.Success;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The history file of a base backup, brought out of an archive by a real shell. */
class BackupHistoriesTest {
  private static final String FILE = "000000010000000000000007.00000028.backup";
  private static final String HISTORY = "STOP WAL LOCATION: 0/700138\n";
  private static final String COPY = "cp \"{archive}/%f\" \"%p\"";

  /** No second look, and not the one second of a caller that waits for nothing. */
  private static final Duration ONE_LOOK = Duration.ofNanos(1);

  private static final Map<String, String> FRESH =
      Map.of(
          "control", Captured.text("fresh-base-backup.controldata"),
          "backup_label", Captured.text("backup_label"),
          "exit", "0");

  @TempDir Path directory;
  private Path archive = Path.of("/nonexistent");
  private LocalHost local = LocalHost.in(Path.of("/nonexistent"));

  @BeforeEach
  void fill() throws IOException {
    local = LocalHost.in(directory);
    archive = Files.createDirectory(directory.resolve("archive of 0"));
    Files.writeString(archive.resolve(FILE), HISTORY);
  }

  @AfterEach
  void close() {
    local.close();
  }

  private Site.Archive asked(String command) {
    return new Site.Archive(
        archive.toString(),
        command,
        List.of(new ArchiveKind.Asked("test -f {wal_path}", List.of(), Success.STATUS)));
  }

  private Said of(Map<String, String> said, Site.Archive where, Duration atMost) {
    return result(said, List.of(new HistoryArchive(where, atMost))).of("west-0");
  }

  private ScriptResult result(Map<String, String> said, List<HistoryArchive> archives) {
    return result(HostDeadlines.USUAL, List.of(said), archives);
  }

  /** Of west-0, west-1 and so on. */
  private ScriptResult result(
      HostDeadlines deadlines, List<Map<String, String>> said, List<HistoryArchive> archives) {
    List<Instance> instances = new ArrayList<>();
    Map<String, Said> subjects = new HashMap<>();
    for (Map<String, String> one : said) {
      Instance instance = instance(instances.size());
      instances.add(instance);
      subjects.put(instance.id().value(), new Said(instance.id().value(), one));
    }
    return new BackupHistories(local.hosts(), deadlines)
        .of(
            new HostWork(local.host(), instances),
            new ScriptResult(new Said("host", Map.of()), subjects),
            archives);
  }

  private Instance instance(int number) {
    return new Instance(
        new InstanceId("west-" + number),
        new SiteName("west"),
        new ContentId(0),
        local.host().name(),
        6000 + number,
        "/data",
        new InstanceManager(InstanceManager.Kind.PG_CTL, "/usr/lib/postgresql/15/bin"));
  }

  @Test
  void comes_out_of_a_directory_and_out_of_what_is_only_fetched_from() {
    Site.Archive directoryItself = new Site.Archive(archive.toString(), COPY);
    assertThat(of(FRESH, directoryItself, ONE_LOOK).text("backup_history")).isEqualTo(HISTORY);
    assertThat(of(FRESH, asked(COPY), ONE_LOOK).text("backup_history")).isEqualTo(HISTORY);
  }

  @Test
  void is_not_fetched_for_one_that_has_a_manifest_or_was_not_read() {
    Map<String, String> whole = new HashMap<>(FRESH);
    whole.put(
        "wal_ranges", "{\"Timeline\": 1, \"Start-LSN\": \"0/700028\", \"End-LSN\": \"0/700100\"}");
    Site.Archive noted = asked("touch " + directory.resolve("asked") + "; false");
    assertThat(of(whole, noted, ONE_LOOK).sections()).isEmpty();
    assertThat(of(Map.of("failure", "NO_ROOM none", "exit", "1"), noted, ONE_LOOK).sections())
        .isEmpty();
    assertThat(result(FRESH, List.of()).subjects()).isEmpty();
    assertThat(directory.resolve("asked")).doesNotExist();
  }

  @Test
  void one_that_the_archive_has_not_is_missing() throws IOException {
    Files.delete(archive.resolve(FILE));
    assertThat(of(FRESH, new Site.Archive(archive.toString(), COPY), ONE_LOOK).text("failure"))
        .startsWith("WAL_MISSING ")
        .contains(FILE);
    assertThat(of(FRESH, asked(COPY), ONE_LOOK).text("failure"))
        .startsWith("WAL_MISSING ")
        .contains(FILE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exit 2",
        "exit 124",
        "exit 255",
        "kill -9 $$",
        "echo Connection closed >&2; exit 1",
        "echo 'cat: /archive/x: Permission denied' >&2; exit 1",
        "echo 'cp: error reading: Input/output error' >&2; exit 1",
        "printf START >\"%p\"; exit 1",
        "exit 0"
      })
  void an_archive_that_is_away_lacks_nothing(String command) {
    assertThat(of(FRESH, asked(command), ONE_LOOK).text("failure")).startsWith("STATE_UNREADABLE ");
  }

  @Test
  void an_archive_that_hangs_for_one_is_away_and_its_neighbour_is_answered() {
    Map<String, String> other = new HashMap<>(FRESH);
    other.computeIfPresent("backup_label", (name, text) -> text.replace("0/700028", "0/700030"));
    HostDeadlines hurried = new HostDeadlines(Limit.seconds(4), Limit.seconds(4), Duration.ZERO);
    ScriptResult said =
        result(
            hurried,
            List.of(FRESH, other),
            List.of(new HistoryArchive(asked(COPY + " || sleep 60"), ONE_LOOK)));
    assertThat(said.of("west-0").text("backup_history")).isEqualTo(HISTORY);
    assertThat(said.of("west-1").text("failure")).startsWith("STATE_UNREADABLE ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sleep 60", "trap '' TERM; sleep 60; sleep 60"})
  void one_that_hangs_keeps_nobody_who_does_not_wait_for_archives(String command) {
    long began = System.nanoTime();
    assertThat(of(FRESH, asked(command), Duration.ZERO).text("failure"))
        .startsWith("STATE_UNREADABLE ");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Limit.seconds(5));
  }

  @Test
  void a_host_that_does_not_answer_meanwhile_leaves_those_alone_unreadable_that_need_it() {
    HostDeadlines none = new HostDeadlines(Duration.ZERO, Duration.ZERO, Duration.ZERO);
    ScriptResult said =
        result(none, List.of(FRESH), List.of(new HistoryArchive(asked(COPY), ONE_LOOK)));
    assertThat(said.of("west-0").text("failure"))
        .startsWith("STATE_UNREADABLE ")
        .doesNotContain("HINT");
  }

  @Test
  void an_archive_directory_that_can_not_be_read_lacks_nothing() {
    Site.Archive nowhere = new Site.Archive(directory.resolve("unmounted").toString(), COPY);
    assertThat(of(FRESH, nowhere, ONE_LOOK).text("failure")).startsWith("STATE_UNREADABLE ");
  }

  @Test
  void an_archive_that_is_back_in_time_is_asked_again() {
    Path mark = directory.resolve("back");
    Site.Archive back = asked("[ -e " + mark + " ] || { touch " + mark + "; exit 255; }; " + COPY);
    assertThat(of(FRESH, back, LocalHost.LIMIT).text("backup_history")).isEqualTo(HISTORY);
  }
}
