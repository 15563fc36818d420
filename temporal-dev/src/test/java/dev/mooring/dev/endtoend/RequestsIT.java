package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeStep;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be asked for and is refused before anything is touched. */
@Tag("all")
class RequestsIT {
  private static Stage stage;
  private static Sites sites;
  private static String first;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1).withInstancesPerHost(2));
    sites = new Sites(stage.lab);
    first = stage.beginMoored();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void refuses_a_target_nobody_published() {
    EndingRecord ending = stage.consumeFails("sync_point_20200101_000000_abcdef");

    refused(ending, "NO_MANIFEST", "sync_point_20200101_000000_abcdef");
  }

  @Test
  void refuses_a_point_that_is_not_ready_and_touches_no_instance() {
    stage.amendClusterFile(now -> now.replace("archiveWait: PT20S", "archiveWait: PT2S"));
    stage.lab.faults().archiveOff(0);
    EndingRecord unproved = stage.publishFails();
    assertThat(unproved.code()).isEqualTo("ARCHIVE_NOT_PROVED");
    String pending = pendingPoint();
    String before = westFingerprint();

    EndingRecord ending = stage.consumeFails(pending);

    refused(ending, "NO_MANIFEST", pending + ": not READY, ");
    assertThat(westFingerprint()).isEqualTo(before);
  }

  @Test
  void refuses_a_point_older_than_the_one_the_site_is_moored_at() {
    sites.fillWalFiles(0, 1);
    stage.publish();
    String second = stage.consume().restorePoint();

    EndingRecord ending = stage.consumeFails(first);

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("BEYOND_TARGET");
    assertThat(sites.mooredAt()).isEqualTo(second);
  }

  @Test
  void neither_moves_nor_heals_anything_of_a_cluster_that_does_not_stream() {
    String before = westFingerprint();
    String whose = "{\"cluster\":\"" + stage.cluster() + "\",\"mode\":\"execute\",\"by\":\"alice\"";

    EndingRecord resilver = Stage.endingOf(stage.start("Resilver", whose + "}"));
    EndingRecord failback = Stage.endingOf(stage.start("Failback", whose + ",\"to\":\"west\"}"));
    EndingRecord move = Stage.endingOf(stage.start("Switchover", whose + ",\"to\":\"west-0\"}"));

    refused(resilver, "BAD_INPUT", "no standby of " + stage.cluster() + " streams");
    refused(failback, "BAD_INPUT", "cluster " + stage.cluster() + " does not stream");
    refused(move, "BAD_INPUT", "cluster " + stage.cluster() + " does not stream");
    assertThat(westFingerprint()).isEqualTo(before);
  }

  @Test
  void refuses_a_manifest_whose_contents_are_not_the_cluster_files() {
    stage.publish();
    stage.amendClusterFile(RequestsIT::withoutContentOne);

    EndingRecord ending = stage.consumeFails("latest");

    refused(ending, "CONTENTS_DIFFER", "[0, 1]");
  }

  @Test
  void publishes_nothing_for_fewer_contents_or_more_than_the_last_point_has(@TempDir Path other) {
    String evidence = "directory: \"" + stage.lab.evidenceStore() + "\"";
    String whole = Sites.read(stage.lab.clusterFile());
    stage.amendClusterFile(RequestsIT::withoutContentOne);
    String before = stage.lab.fingerprintWithout(stage.lab.host("e0"));
    long made = pointsMade();

    EndingRecord fewer = stage.publishFails();

    refused(fewer, "CONTENTS_DIFFER", "the cluster file has contents [0], manifest " + first);
    assertNothingMade(made, before);

    stage.amendClusterFile(now -> now.replace(evidence, "directory: \"" + other + "\""));
    String alone = stage.publish().restorePoint();
    long madeAlone = pointsMade();
    stage.amendClusterFile(now -> whole.replace(evidence, "directory: \"" + other + "\""));
    EndingRecord more = stage.publishFails();

    refused(more, "CONTENTS_DIFFER", "contents [0, 1], manifest " + alone + " has [0]");
    assertNothingMade(madeAlone, before);
  }

  private static String withoutContentOne(String clusterFile) {
    return clusterFile
        .lines()
        .filter(line -> !line.contains("content: 1"))
        .reduce("", (before, line) -> before + line + "\n");
  }

  /** PostgreSQL logs each. */
  private static long pointsMade() {
    return stage.lab.instancesAt("east").stream()
        .mapToLong(
            east ->
                Sites.read(east.log()).lines().filter(l -> l.contains("restore point \"")).count())
        .sum();
  }

  private static void assertNothingMade(long made, String fingerprint) {
    assertThat(pointsMade()).isEqualTo(made);
    assertThat(sites.latest().name().value()).isEqualTo(first);
    assertThat(stage.lab.fingerprintWithout(stage.lab.host("e0"))).isEqualTo(fingerprint);
  }

  /** Names of points are made, never given; a target's that PostgreSQL could not hold is none. */
  @Test
  void takes_no_name_for_a_point_and_no_target_longer_than_a_name_can_be() {
    String longest = "x".repeat(63);
    String before = westFingerprint();
    long made = pointsMade();

    badInput(
        stage.start(
            "PublishCycle",
            "{\"cluster\":\"" + stage.cluster() + "\",\"restorePoint\":\"" + first + "\"}"),
        "unknown field 'restorePoint'");
    badInput(stage.startConsume(longest + "x"), "restore point name must be 1 to 63 of");

    refused(stage.consumeFails(longest), "NO_MANIFEST", longest);
    assertThat(pointsMade()).isEqualTo(made);
    assertThat(westFingerprint()).isEqualTo(before);
  }

  /** A request that can't be bound has no run that could end: the workflow is refused itself. */
  private static void badInput(WorkflowStub run, String words) {
    try {
      throw new AssertionError("the run completed: " + run.getResult(Object.class));
    } catch (WorkflowFailedException e) {
      assertThat(e.getCause()).isInstanceOf(ApplicationFailure.class);
      ApplicationFailure failure = (ApplicationFailure) Objects.requireNonNull(e.getCause());
      assertThat(failure.getType()).isEqualTo("BAD_INPUT");
      assertThat(failure.getOriginalMessage()).startsWith("request refused: ").contains(words);
    }
  }

  @Test
  void refuses_the_name_of_a_point_that_was_made_on_one_content_only() {
    failsOnce(sites.east(1));
    String whole = stage.publish().restorePoint();
    List<String> made = pointsIn(sites.east(0));
    String half = made.get(made.size() - 2);
    String before = westFingerprint();

    EndingRecord ending = stage.consumeFails(half);

    assertThat(made).endsWith(half, whole);
    assertThat(pointsIn(sites.east(1))).contains(whole).doesNotContain(half);
    refused(ending, "NO_MANIFEST", "there is no manifest " + half);
    assertThat(westFingerprint()).isEqualTo(before);
    assertThat(stage.consume().restorePoint()).isEqualTo(whole);
  }

  /** The names of the points that a server logged to have made, in order. */
  private static List<String> pointsIn(LabInstance east) {
    return Pattern.compile("restore point \"([^\"]+)\" created")
        .matcher(Sites.read(east.log()))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  /** Lets a server's function that makes points fail when it is called first. */
  private static void failsOnce(LabInstance east) {
    try (Connection connection = stage.lab.connect(east);
        Statement statement = connection.createStatement()) {
      statement.execute("SET allow_system_table_mods = on");
      statement.execute("CREATE SEQUENCE public.asked");
      statement.execute(
          "CREATE FUNCTION public.made(text) RETURNS pg_lsn STRICT LANGUAGE internal AS"
              + " 'pg_create_restore_point'");
      // a built-in function is called by its number, whatever its row says
      statement.execute(
          "UPDATE pg_proc SET proname = 'built_in_point' WHERE proname ="
              + " 'pg_create_restore_point'");
      statement.execute(
          "CREATE FUNCTION pg_catalog.pg_create_restore_point(text) RETURNS pg_lsn STRICT"
              + " LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
              + " IF nextval('public.asked') = 1 THEN RAISE 'disk trouble'; END IF;"
              + " RETURN public.made($1); END $$");
    } catch (SQLException e) {
      throw new AssertionError(east.id() + " could not be made to fail", e);
    }
  }

  @Test
  void believes_no_manifest_altered_by_one_byte() {
    String second = stage.publish().restorePoint();
    alter(sites.manifestFile(second));

    EndingRecord ending = stage.consumeFails(second);

    refused(ending, "SEAL_BROKEN", sites.manifestFile(second).toString());
  }

  @Test
  void believes_no_latest_altered_by_one_byte() {
    stage.publish();
    alter(sites.manifestFile("LATEST"));

    EndingRecord ending = stage.consumeFails("latest");

    refused(ending, "SEAL_BROKEN", sites.manifestFile("LATEST").toString());
  }

  @Test
  void refuses_a_second_run_and_names_the_holder() {
    stage.publish();
    AtomicReference<EndingRecord> second = new AtomicReference<>();
    stage.hooks.before(ConsumeStep.PROVE_CHAIN, () -> second.set(stage.consumeFails("latest")));
    WorkflowStub run = stage.startConsume("latest");
    run.getResult(Object.class);

    assertThat(Objects.requireNonNull(second.get()).outcome()).isEqualTo("Refused");
    assertThat(second.get().code()).isEqualTo("LOCK_HELD");
    assertThat(second.get().headline()).contains(run.getExecution().getWorkflowId());
  }

  /**
   * As if somebody had restored another database's backup there: of content 1, by its own initdb.
   */
  @Test
  void refuses_a_copy_of_another_system_in_the_place_of_one() {
    List<LabInstance> west = stage.lab.instancesAt("west");
    String place = west.get(0).dataDirectory().toString();
    String second = stage.publish().restorePoint();
    onWest("mv", place, place + ".own");
    onWest("cp", "-a", west.get(1).dataDirectory().toString(), place);
    String before = westFingerprint();

    EndingRecord ending = stage.consumeFails("latest");

    refused(ending, "IDENTITY_DIFFERS", system(0));
    assertThat(ending.headline()).startsWith("west-0 is of system " + system(1));
    assertThat(westFingerprint()).isEqualTo(before);
    onWest("rm", "-rf", place);
    onWest("mv", place + ".own", place);
    assertThat(stage.consume().restorePoint()).isEqualTo(second);
  }

  private static void onWest(String... command) {
    stage.lab.run(stage.lab.instancesAt("west").get(0).host(), command);
  }

  private static String system(int content) {
    return sites.ask(content, "SELECT system_identifier::text FROM pg_control_system()");
  }

  /** The one point whose manifest is pending. */
  private static String pendingPoint() {
    String ending = ".pending.json";
    try (Stream<Path> files = Files.list(sites.manifestFile("LATEST").getParent())) {
      List<String> pending =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(ending))
              .toList();
      assertThat(pending).hasSize(1);
      return pending.get(0).replace(ending, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String westFingerprint() {
    return stage.lab.fingerprintWithout(stage.lab.host("e0"));
  }

  /** One digit of one position is another one; the file is still a manifest in every way. */
  private static void alter(Path manifest) {
    String text = Sites.read(manifest);
    int digit = text.indexOf("\"lsn\": \"0/") + "\"lsn\": \"0/".length();
    char other = text.charAt(digit) == '1' ? '2' : '1';
    try {
      Files.writeString(manifest, text.substring(0, digit) + other + text.substring(digit + 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void refused(EndingRecord ending, String code, String words) {
    ended(ending, "Refused", code, words);
  }

  private static void ended(EndingRecord ending, String outcome, String code, String words) {
    assertThat(ending.outcome()).isEqualTo(outcome);
    assertThat(ending.code()).isEqualTo(code);
    assertThat(ending.headline()).contains(words);
    assertThat(sites.mooredAt()).isEqualTo(first);
    assertThat(stage.lab.instancesAt("west")).noneMatch(stage.lab::isRunning);
  }
}
