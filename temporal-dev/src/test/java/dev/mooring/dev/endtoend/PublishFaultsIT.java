package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.publish.PublishStep;
import dev.mooring.topology.ContentId;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can go wrong on the primaries and in their archives while a restore point is made. */
@Tag("all")
class PublishFaultsIT {
  private static Stage stage;
  private static Sites sites;
  private static String first;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
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
  void never_calls_a_point_ready_whose_primary_crashed_right_after_making_it() throws IOException {
    stage.clients().silence("the test needs a point that no commit follows");
    // a commit or a process that writes WAL would save the record, and the archive hold it
    stage.lab.faults().set(0, "synchronous_commit", "off");
    stage.hooks.before(PublishStep.MAKE_POINT, PublishFaultsIT::freezeWriters);
    stage.hooks.after(
        PublishStep.MAKE_POINT,
        () -> {
          stage.lab.faults().signalAll(sites.east(0), Signal.KILL);
          stage.lab.start(sites.east(0));
        });

    EndingRecord ending = stage.publishFails();

    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("ARCHIVE_NOT_PROVED");
    assertThat(ending.headline()).contains("hold no restore point " + pointOf(ending));
    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(sites.latest().name().value()).isEqualTo(first);
    assertThat(names(".json")).contains(first + ".json").doesNotContain(pointOf(ending) + ".json");
    assertThat(names(".pending.json")).contains(pointOf(ending) + ".pending.json");
    assertThat(stage.publish().outcome()).isEqualTo("Completed");
  }

  @Test
  void never_calls_a_point_ready_when_a_primary_restarted_after_it_was_proved() {
    stage.hooks.before(
        PublishStep.CONFIRM_UNCHANGED,
        () -> {
          stage.lab.stop(sites.east(0));
          stage.lab.start(sites.east(0));
        });

    EndingRecord ending = stage.publishFails();

    assertThat(ending.code()).isEqualTo("RESTARTED_MEANWHILE");
    assertThat(ending.headline()).contains("east-0");
    assertThat(sites.latest().name().value()).isEqualTo(first);
  }

  @Test
  void never_calls_a_point_ready_whose_primary_died_after_it_was_proved() {
    stage.hooks.before(
        PublishStep.CONFIRM_UNCHANGED,
        () -> stage.lab.faults().signalAll(sites.east(0), Signal.KILL));

    EndingRecord ending = stage.publishFails();

    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("DATABASE_UNREACHABLE");
    assertThat(ending.headline()).contains("east-0 no longer answers");
    assertThat(sites.latest().name().value()).isEqualTo(first);
    stage.lab.start(sites.east(0));
    assertThat(stage.publish().outcome()).isEqualTo("Completed");
  }

  @Test
  void names_a_failing_archiver_and_leaves_latest_alone() throws IOException {
    stage.amendClusterFile(now -> now.replace("archiveWait: PT20S", "archiveWait: PT2S"));
    stage.breakArchiver();

    EndingRecord ending = stage.publishFails();

    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("ARCHIVE_NOT_PROVED");
    assertThat(ending.headline()).contains("content 0").contains("the archiver of east-0 failed");
    assertThat(sites.latest().name().value()).isEqualTo(first);
    List<String> pending = names(".pending.json");
    assertThat(pending).hasSize(1);
    assertThat(Sites.read(sites.manifestFile(pending.get(0).replace(".json", ""))))
        .contains("\"ready\": false")
        .contains("the archiver of east-0 failed")
        .doesNotContain("\"waited_secs\": 0");

    stage.lab.faults().archiveOn(0);
    Soon.soon(
        "the late file is archived",
        () -> sites.archived(0).contains(targetFileOf(pending.get(0))));
    PublishResult next = stage.publish();
    String late = pointOf(ending);
    assertThat(names(".json")).contains(late + ".json").doesNotContain(pending.get(0));
    assertThat(sites.latest().name().value()).isEqualTo(next.restorePoint());
    assertThat(stage.consume(late).restorePoint()).isEqualTo(late);
  }

  @Test
  void makes_no_point_over_a_file_that_it_found_undecodable() throws IOException {
    stage.amendClusterFile(now -> now.replace("archiveWait: PT20S", "archiveWait: PT2S"));
    stage.breakArchiver();
    String late = pointOf(stage.publishFails());
    ContentTarget target = targetOf(late + ".pending");
    stage.lab.faults().archiveOn(0);
    String file = target.walFile().text();
    Soon.soon("the late file is archived", () -> sites.archived(0).contains(file));
    long inItsRecord = target.lsn().value() % target.walSegmentSize().bytes() - 60;
    stage.lab.faults().flipByte(0, file, inItsRecord);

    for (int again = 0; again < 2; again++) {
      EndingRecord ending = stage.publishFails();
      assertThat(ending.outcome()).isEqualTo("Refused");
      assertThat(ending.code()).isEqualTo("ARCHIVE_NOT_PROVED");
      assertThat(ending.headline())
          .contains("content 0: the archived bytes of " + file + " can't be decoded: pg_waldump: ");
    }
    assertThat(names(".pending.json")).containsExactly(late + ".pending.json");
    assertThat(sites.latest().name().value()).isEqualTo(first);

    stage.lab.faults().flipByte(0, file, inItsRecord);
    assertThat(stage.publish().outcome()).isEqualTo("Completed");
    assertThat(names(".json")).contains(late + ".json");
  }

  private static String targetFileOf(String manifest) {
    return targetOf(manifest.replace(".json", "")).walFile().text();
  }

  private static ContentTarget targetOf(String manifest) {
    return sites.manifest(manifest).evidenceOf(new ContentId(0)).orElseThrow().target();
  }

  @Test
  void shows_a_run_that_completed_and_one_that_failed_where_temporal_is_looked_at() {
    stage.mooring().type("publish " + stage.cluster() + " --by ann --reason weekly");
    String point = sites.latest().name().value();
    RunShown completed = shown();

    assertThat(completed.attribute(SearchAttributes.CLUSTER)).isEqualTo(stage.cluster());
    assertThat(completed.attribute(SearchAttributes.OUTCOME)).isEqualTo("Completed");
    assertThat(completed.attribute(SearchAttributes.RESTORE_POINT)).isEqualTo(point);
    assertThat(completed.attribute(SearchAttributes.STEP)).isEqualTo("WRITE_READY");
    assertThat(completed.attribute(SearchAttributes.NEEDS_OPERATOR)).isFalse();
    assertThat(completed.memo("by")).isEqualTo("ann");
    assertThat(completed.memo("reason")).isEqualTo("weekly");
    assertThat(completed.summaries())
        .contains("read " + stage.cluster() + ".yaml", "look at e0: east-0", "publish " + point)
        .noneMatch(String::isBlank);
    assertThat(completed.details())
        .startsWith("**" + point + " is READY")
        .contains("restore point `" + point + "`")
        .contains("| publish the READY manifest and LATEST | done |");

    stage.amendClusterFile(now -> now.replace("archiveWait: PT20S", "archiveWait: PT2S"));
    stage.lab.faults().archiveOff(0);
    stage.mooring().type("publish " + stage.cluster() + " --by ben");
    RunShown failed = shown();

    assertThat(failed.attribute(SearchAttributes.OUTCOME)).isEqualTo("Failed");
    assertThat(failed.attribute(SearchAttributes.STEP)).isEqualTo("AWAIT_ARCHIVE");
    assertThat(failed.attribute(SearchAttributes.RESTORE_POINT)).isNotEqualTo(point);
    assertThat(failed.attribute(SearchAttributes.NEEDS_OPERATOR)).isTrue();
    assertThat(failed.memo("by")).isEqualTo("ben");
    assertThat(failed.summaries()).noneMatch(String::isBlank);
    assertThat(failed.details())
        .contains("is not READY")
        .contains("| wait for the archive and decode the point from its bytes | failed |");
  }

  private static RunShown shown() {
    return new RunShown(stage.service.client(), "mooring:" + stage.cluster() + ":publish");
  }

  @Test
  void waits_for_an_archiver_that_recovers_in_time() {
    stage.lab.faults().archiveOff(0);
    WorkflowStub run = stage.startPublish();
    Soon.soon(
        "the archiver fails",
        () -> !sites.ask(0, "SELECT failed_count FROM pg_stat_archiver").equals("0"));
    stage.lab.faults().archiveOn(0);

    assertThat(run.getResult(PublishResult.class).outcome()).isEqualTo("Completed");
  }

  @Test
  void refuses_an_archive_command_that_hides_its_failures() {
    stage.lab.faults().set(0, "archive_command", "cp %p /nowhere/%f || true");

    EndingRecord ending = stage.publishFails();

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("ARCHIVING_UNSAFE");
    assertThat(ending.headline()).contains("east-0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "test -f %p | is missing in the archive",
        "cp %p ARCHIVE/%f.partial | is missing in the archive",
        "head -c 4096 %p >ARCHIVE/%f | is 4096 bytes instead of 1048576",
        "cp %p ARCHIVE/%f && dd if=/dev/zero of=ARCHIVE/%f bs=40 seek=1 count=26213 conv=notrunc"
            + " | can't be decoded",
      })
  void never_calls_a_point_ready_that_an_archiver_only_says_it_archived(
      String command, String reported) {
    stage.amendClusterFile(now -> now.replace("archiveWait: PT20S", "archiveWait: PT2S"));
    stage.laws().without(6, "the test lets an archiver lie, and sees it found out");
    String failed = sites.ask(0, "SELECT failed_count FROM pg_stat_archiver");
    sites.fillWalFiles(0, 1);
    stage
        .lab
        .faults()
        .set(0, "archive_command", command.replace("ARCHIVE", stage.lab.archive(0).toString()));

    EndingRecord ending = stage.publishFails();

    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("ARCHIVE_NOT_PROVED");
    assertThat(ending.headline()).contains("content 0").contains(reported);
    assertThat(sites.ask(0, "SELECT failed_count FROM pg_stat_archiver")).isEqualTo(failed);
    assertThat(sites.latest().name().value()).isEqualTo(first);
  }

  @Test
  void refuses_a_primary_whose_wal_its_hosts_programs_can_not_decode() {
    ServerVersion version = sites.version();
    ServerVersion other = new ServerVersion(version.major() == 18 ? 17 : version.major() + 1, 2);
    Path programs = new OtherPrograms(stage.lab).beside(sites.east(0), "pg_waldump", other);
    stage.manage(sites.east(0), programs);

    EndingRecord ending = stage.publishFails();

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("VERSION_DIFFERS");
    assertThat(ending.headline())
        .isEqualTo(
            "east-0 runs version %s, pg_waldump in %s is version %s", version, programs, other);
    assertThat(sites.latest().name().value()).isEqualTo(first);
    assertThat(sites.latest().contents().get(0).owner().version()).isEqualTo(version);
  }

  @Test
  void refuses_to_publish_without_a_primary() {
    stage.lab.stop(sites.east(0));

    EndingRecord ending = stage.publishFails();

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("NO_PRIMARY");
    assertThat(ending.headline()).contains("content 0");
  }

  /**
   * A look that errs by itself errs again: a second attempt, which would pass here, is not made.
   */
  @Test
  void ends_by_the_first_error_of_its_own_while_it_only_looks() {
    stage.hooks.before(
        PublishStep.OBSERVE_SERVERS,
        () -> {
          throw new NullPointerException("it was null");
        });

    EndingRecord ending = stage.publishFails();

    assertThat(ending.code()).isEqualTo("BUG");
    assertThat(ending.headline()).contains("it was null");
  }

  @Test
  void follows_production_over_a_new_timeline() throws Exception {
    forkProduction();

    PublishResult published = stage.publish();
    ConsumeResult consumed = stage.consume();

    assertThat(sites.latest().contents().get(0).target().timeline().value()).isEqualTo(2);
    assertThat(consumed.restorePoint()).isEqualTo(published.restorePoint());
    assertThat(sites.mooredAt()).isEqualTo(published.restorePoint());
    sites.fillWalFiles(0, 2);
    assertThat(stage.publish().outcome()).isEqualTo("Completed");
    assertThat(stage.consume().restorePoint()).isNotEqualTo(published.restorePoint());
  }

  /** PostgreSQL itself would see it only when started, and end with FATAL on that one instance. */
  @Test
  void refuses_a_copy_that_holds_wal_of_behind_productions_fork_and_touches_nothing()
      throws Exception {
    stage.amendClusterFile(
        now -> now.replace("checkpointBeforePoint: immediate", "checkpointBeforePoint: never"));
    stage.clients().silence("the test puts an older copy in production's place");
    LabInstance east = sites.east(0);
    Path lagging = east.dataDirectory().resolveSibling("lagging");
    stage.lab.stop(east);
    copy(east.dataDirectory(), lagging);
    stage.lab.start(east);
    sites.fillWalFiles(0, 2);
    String moored = stage.publish().restorePoint();
    stage.consume();
    stage.lab.stop(east);
    stage.lab.run(east.host(), "rm", "-rf", east.dataDirectory().toString());
    stage.lab.run(east.host(), "mv", lagging.toString(), east.dataDirectory().toString());
    promoted("");
    sites.fillWalFiles(0, 5);
    stage.publish();

    String before = stage.lab.fingerprintWithout(stage.lab.host("e0"));
    EndingRecord ending = stage.consumeFails("latest");

    assertThat(sites.latest().contents().get(0).target().timeline().value()).isEqualTo(2);
    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("PROMOTED");
    assertThat(ending.headline())
        .contains("west-0: it can't be parked below")
        .contains("of timeline 1, which the target's timeline left at");
    assertThat(stage.lab.fingerprintWithout(stage.lab.host("e0"))).isEqualTo(before);
    assertThat(sites.mooredAt()).isEqualTo(moored);
  }

  private static void copy(Path from, Path to) {
    stage.lab.run(sites.east(0).host(), "cp", "-a", from.toString(), to.toString());
  }

  /** What a failover inside production does: recovery, and then a timeline of its own. */
  private static void forkProduction() throws Exception {
    sites.fillWalFiles(0, 1);
    stage.lab.stop(sites.east(0));
    promoted("restore_command = 'cp \"" + stage.lab.archive(0) + "/%f\" \"%p\"'\n");
  }

  private static void promoted(String settings) throws Exception {
    Path data = sites.east(0).dataDirectory();
    Files.writeString(data.resolve("postgresql.auto.conf"), settings, StandardOpenOption.APPEND);
    Files.createFile(data.resolve("standby.signal"));
    stage.lab.start(sites.east(0));
    sites.ask(0, "SELECT pg_promote(false)");
    Soon.soon("east-0 writes", () -> sites.ask(0, "SELECT pg_is_in_recovery()").equals("f"));
  }

  /** Stops the processes of the primary that write WAL of themselves. */
  private static void freezeWriters() {
    String pids =
        sites.ask(
            0,
            "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE backend_type IN"
                + " ('walwriter', 'background writer', 'checkpointer')");
    assertThat(pids.split(" ", -1)).hasSize(3);
    stage.lab.run(sites.east(0).host(), "sh", "-c", "kill -STOP " + pids);
  }

  private static String pointOf(EndingRecord ending) {
    return ending.headline().split(" ", 2)[0];
  }

  private static List<String> names(String end) throws IOException {
    try (Stream<Path> files = Files.list(sites.manifestFile("LATEST").getParent())) {
      return files.map(f -> f.getFileName().toString()).filter(n -> n.endsWith(end)).toList();
    }
  }
}
