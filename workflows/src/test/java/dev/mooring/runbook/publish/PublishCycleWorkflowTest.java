package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeTrouble;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.DatabaseActivities.Archiving;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.Program;
import dev.mooring.port.InstanceObserved.Software;
import dev.mooring.port.RunActivities.EnsureConsumer;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Typed;
import dev.mooring.wire.RawRequest;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishCycleWorkflowTest {
  private static final RawRequest PUBLISH = Typed.json("{'cluster':'harbour'}");
  private static final RawRequest WAL_GAP =
      Typed.json("{'cluster':'harbour','overrides':'wal-gap','reason':'no copy of it is left'}");

  private final TestBed bed = new TestBed(Harbour.cluster(4));
  private final FakeTrouble trouble = bed.world().trouble();

  @AfterEach
  void close() {
    bed.close();
  }

  private static boolean awaits(Called call) {
    return call.method().equals("awaitArchived");
  }

  private Ended ended() {
    return TestBed.ended(() -> bed.publish(PUBLISH));
  }

  private Ended refused(String code, String headline) {
    Ended ended = ended();
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo(code);
    assertThat(ended.record().headline()).isEqualTo(headline);
    assertThat(bed.faults().calls()).noneMatch(call -> call.step().equals("MAKE_POINT"));
    assertThat(bed.world().latest()).isEmpty();
    assertThat(bed.world().lastReceipt().ending().outcome()).isEqualTo("REFUSED");
    return ended;
  }

  @Test
  void publishes_a_point_whose_every_content_was_proved_from_archived_bytes() {
    PublishResult result = bed.publish(PUBLISH);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.headline())
        .isEqualTo(result.restorePoint() + " is READY: 4 contents proved, named, spread 4 ms");
    assertThat(result.degraded()).isEmpty();
    Manifest latest = bed.world().latest().orElseThrow();
    assertThat(latest.name().value()).isEqualTo(result.restorePoint());
    assertThat(latest.isReady()).isTrue();
    assertThat(latest.proofs()).hasSize(4);
    assertThat(latest.contents())
        .allSatisfy(c -> assertThat(c.switchLsn().isAfter(c.target().lsn())).isTrue());
    assertThat(bed.world().pending(latest.name())).isEmpty();
    Receipt receipt = bed.world().lastReceipt();
    assertThat(receipt.ending().outcome()).isEqualTo("COMPLETED");
    assertThat(receipt.seen().proofs()).isEqualTo(result.proof());
  }

  /** A checkpoint and the end of a WAL file may come twice; a connection may not come about. */
  @ParameterizedTest
  @EnumSource(
      value = FailureCode.class,
      names = {"OUTCOME_UNKNOWN", "DATABASE_UNREACHABLE"})
  void asks_again_where_the_answer_to_a_checkpoint_or_a_switch_was_lost(FailureCode as) {
    try (TestBed immediate =
        new TestBed(
            Harbour.cluster(
                2, "checkpointBeforePoint: never", "checkpointBeforePoint: immediate"))) {
      FakeTrouble loses = immediate.world().trouble();
      loses.losesAnswers(1, 2, as);
      AtomicInteger lost = new AtomicInteger(1);
      immediate
          .faults()
          .before(
              call -> call.method().equals("ensureWalSwitched") && lost.getAndDecrement() > 0,
              () -> loses.losesAnswers(0, 1, as));
      assertThat(immediate.publish(PUBLISH).outcome()).isEqualTo("Completed");
      assertThat(immediate.faults().calls())
          .extracting(Called::method)
          .filteredOn(method -> method.matches("ensure(Checkpointed|WalSwitched)"))
          .containsExactly(
              "ensureCheckpointed",
              "ensureCheckpointed",
              "ensureCheckpointed",
              "ensureWalSwitched",
              "ensureWalSwitched");

      lost.set(Integer.MAX_VALUE);
      Ended ended = TestBed.ended(() -> immediate.publish(PUBLISH));
      assertThat(ended.record().code()).isEqualTo(as.name());
      assertThat(ended.record().headline()).contains("east-0");
    }
  }

  @Test
  void tells_the_site_that_consumes_on_publish_by_the_id_it_always_has() {
    bed.publish(PUBLISH);
    assertThat(bed.world().runs().asked())
        .containsExactly(
            new EnsureConsumer(
                bed.world().cluster().name(),
                Harbour.WEST,
                "mooring:harbour:consume:west",
                "publish",
                ""));
  }

  @Test
  void completes_degraded_while_commits_wait_for_a_standby_that_is_cut_off() {
    bed.world().cutOffStandbyOf(1);
    assertThat(bed.publish(PUBLISH).degraded())
        .containsExactly(
            "east-1 gets no reply from its synchronous standbys that its commits wait for: 2 wait,"
                + " the first for 60 s; synchronous_standby_names is 'standby', connected: standby"
                + " (sync)");
  }

  @Test
  void says_once_that_commits_wait_for_other_standbys_than_at_the_last_point() {
    String first = bed.publish(PUBLISH).restorePoint();
    bed.world().standbyNamesOf(1, "a");
    PublishResult named = bed.publish(PUBLISH);
    bed.world().standbyNamesOf(1, "");
    PublishResult emptied = bed.publish(PUBLISH);

    String set = "east-1 has synchronous_standby_names ";
    assertThat(named.degraded()).containsExactly(set + "'a', and none is recorded of " + first);
    assertThat(emptied.degraded())
        .containsExactly(set + "'', was 'a' when " + named.restorePoint() + " was begun");
    assertThat(bed.publish(PUBLISH).degraded()).isEmpty();
  }

  @Test
  void completes_degraded_when_a_consumer_can_not_be_started() {
    bed.world().runs().refuseConsumers();
    PublishResult result = bed.publish(PUBLISH);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .containsExactly("DrConsume at west could not be started: no consumer can be started");
    assertThat(bed.world().latest()).isPresent();
  }

  @Test
  void leaves_the_switch_out_when_it_is_turned_off() {
    trouble.archiverStalls(0);
    bed.faults()
        .before(PublishCycleWorkflowTest::awaits, () -> bed.world().writeEverywhere(17 << 20));
    bed.faults().before(PublishCycleWorkflowTest::awaits, () -> trouble.archiverWorks(0));
    bed.publish(Typed.json("{'cluster':'harbour','switchWal':'off'}"));
    assertThat(bed.faults().calls()).noneMatch(call -> call.method().equals("ensureWalSwitched"));
    assertThat(bed.world().latest().orElseThrow().contents())
        .allSatisfy(c -> assertThat(c.switchLsn()).isEqualTo(c.target().lsn()));
  }

  @Test
  void writes_the_pending_manifest_before_it_waits() {
    AtomicInteger seen = new AtomicInteger();
    bed.faults()
        .before(
            PublishCycleWorkflowTest::awaits,
            () -> {
              if (bed.world().anyPending()) {
                seen.incrementAndGet();
              }
            });
    bed.publish(PUBLISH);
    assertThat(seen.get()).isEqualTo(2);
  }

  @Test
  void waits_until_a_slow_archiver_is_done() {
    trouble.archiverStalls(2);
    AtomicInteger looks = new AtomicInteger();
    bed.faults()
        .before(
            PublishCycleWorkflowTest::awaits,
            () -> {
              if (looks.incrementAndGet() == 4) {
                trouble.archiverWorks(2);
              }
            });
    assertThat(bed.publish(PUBLISH).outcome()).isEqualTo("Completed");
    assertThat(looks.get()).isGreaterThan(2);
  }

  @Test
  void at_a_timeout_keeps_the_reason_of_each_content_and_leaves_latest_alone() {
    String first = bed.publish(PUBLISH).restorePoint();
    trouble.archiverFails(1);
    trouble.archiverStalls(2);
    Ended ended = ended();
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("ARCHIVE_NOT_PROVED");
    assertThat(ended.record().headline())
        .contains(" is not READY: content 1: ")
        .contains("content 2: ")
        .contains("the archiver of east-1 failed")
        .contains("last with 0000000100000000000000");
    assertThat(bed.world().latest().orElseThrow().name().value()).isEqualTo(first);
    RestorePointName point =
        new RestorePointName(bed.world().lastReceipt().ending().restorePoint());
    Manifest pending = bed.world().pending(point).orElseThrow();
    assertThat(pending.isReady()).isFalse();
    assertThat(pending.reasons()).hasSize(3);
    assertThat(pending.reasons().get(0)).startsWith("content 1: ").doesNotContain("content 2");
    assertThat(pending.reasons().get(1)).startsWith("content 2: ");
    assertThat(pending.reasons().get(2)).startsWith("the archiver of east-1 failed");
  }

  @Test
  void is_not_ready_when_the_archiver_lies() {
    trouble.archiverLies(3);
    Ended ended = ended();
    assertThat(ended.record().headline()).contains("content 3: ").contains("is missing");
    assertThat(bed.world().latest()).isEmpty();
  }

  @Test
  void is_not_ready_with_a_gap_since_the_last_ready_point() {
    Manifest first = latestAfterPublish();
    bed.world().writeEverywhere(40 << 20);
    var gap = first.contents().get(2).target().walFile().next(Harbour.WAL_SIZE);
    trouble.removeWal(2, gap);
    Ended ended = ended();
    assertThat(ended.record().headline()).contains("content 2: " + gap + " is missing");
    assertThat(bed.world().latest().orElseThrow()).isEqualTo(first);
  }

  /** A copy before the gap is still refused before anything starts: it would stick there. */
  @Test
  void begins_anew_behind_lost_wal_only_by_its_name_and_says_which_file() {
    Manifest first = latestAfterPublish();
    bed.consume(Typed.json("{'cluster':'harbour','site':'west'}"));
    bed.world().writeEverywhere(40 << 20);
    var gap = first.contents().get(2).target().walFile().next(Harbour.WAL_SIZE);
    trouble.removeWal(2, gap);
    String way =
        "if it is lost for good, `mooring publish harbour --override wal-gap --reason WHY`";
    assertThat(ended().record().headline()).contains("content 2: " + gap + " is missing", way);

    PublishResult anew = bed.publish(WAL_GAP);

    String lost = "content 2: " + gap + " is missing in the archive; overridden: ";
    assertThat(anew.degraded()).singleElement().asString().startsWith(lost);
    assertThat(bed.world().lastReceipt().asked().requestJson()).contains("wal-gap");
    assertThat(bed.world().lastReceipt().asked().reason()).isEqualTo("no copy of it is left");
    assertThat(bed.world().latest().orElseThrow().name().value()).isEqualTo(anew.restorePoint());
    assertThat(bed.publish(PUBLISH).degraded()).isEmpty();
    Ended consumed =
        TestBed.ended(() -> bed.consume(Typed.json("{'cluster':'harbour','site':'west'}")));
    assertThat(consumed.type()).isEqualTo("Refused");
    assertThat(consumed.record().code()).isEqualTo("WAL_MISSING");
    assertThat(consumed.record().headline()).contains(gap.text());
  }

  @Test
  void an_override_breaks_nothing_that_holds() {
    latestAfterPublish();
    assertThat(bed.publish(WAL_GAP).degraded()).isEmpty();
    trouble.archiverStalls(1);
    Ended ended = TestBed.ended(() -> bed.publish(WAL_GAP));
    assertThat(ended.record().code()).isEqualTo("ARCHIVE_NOT_PROVED");
    assertThat(ended.record().headline()).doesNotContain("wal-gap");
  }

  @Test
  void says_what_to_copy_when_the_gap_was_archived_before_production_moved() {
    Manifest first = latestAfterPublish();
    trouble.latestMadeAt(Harbour.WEST);
    trouble.failOverPrimary(2);
    WalFileName before = first.contents().get(2).target().walFile();
    trouble.removeWal(2, before);

    Ended ended = ended();

    assertThat(ended.record().code()).isEqualTo("ARCHIVE_NOT_PROVED");
    assertThat(ended.record().headline())
        .contains("content 2: WAL file " + before + " is missing in the archive of site east")
        .contains("archive of site west (/archive/2 on host w1) has all of them")
        .contains(". HINT: on host w1 run: cd /archive/2 && ");
    assertThat(bed.faults().calls())
        .filteredOn(call -> call.method().equals("observeRecent"))
        .hasSize(1);
    RestorePointName point =
        new RestorePointName(bed.world().lastReceipt().ending().restorePoint());
    assertThat(bed.world().pending(point).orElseThrow().reasons().get(0))
        .startsWith("content 2: WAL file " + before);
  }

  private Manifest latestAfterPublish() {
    bed.publish(PUBLISH);
    return bed.world().latest().orElseThrow();
  }

  @Test
  void is_never_ready_when_a_primary_crashed_right_after_the_point_and_lost_its_record() {
    bed.faults()
        .before(
            call -> call.step().equals("SWITCH_WAL"),
            () -> {
              trouble.crashPrimary(1);
              trouble.restartPrimary(1);
            });
    Ended ended = ended();
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().headline())
        .contains("content 1: the archived bytes of ")
        .contains(" hold no restore point ");
    assertThat(bed.world().latest()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"2, Completed", "3, Failed"})
  void a_primary_that_is_not_heard_after_its_wal_was_proved_is_asked_three_times(
      int lost, String ending) {
    AtomicBoolean once = new AtomicBoolean();
    bed.faults()
        .before(
            call -> call.step().equals("CONFIRM_UNCHANGED"),
            () -> {
              if (once.compareAndSet(false, true)) {
                trouble.loseLooks(0, lost);
              }
            });
    if (ending.equals("Completed")) {
      assertThat(bed.publish(PUBLISH).outcome()).isEqualTo(ending);
    } else {
      Ended ended = ended();
      assertThat(ended.type()).isEqualTo(ending);
      assertThat(ended.record().code()).isEqualTo("DATABASE_UNREACHABLE");
    }
  }

  @Test
  void is_not_ready_when_a_primary_was_restarted_while_its_wal_was_proved() {
    bed.faults()
        .before(
            call -> call.step().equals("CONFIRM_UNCHANGED"),
            () -> {
              trouble.crashPrimary(0);
              trouble.restartPrimary(0);
            });
    Ended ended = ended();
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("RESTARTED_MEANWHILE");
    assertThat(ended.record().headline()).startsWith("east-0 was restarted at ");
    assertThat(bed.world().latest()).isEmpty();
    assertThat(reasonsLeft()).containsExactly(ended.record().headline());
  }

  /** Why the pending manifest of the last run's point says that it is not READY. */
  private List<String> reasonsLeft() {
    String point = bed.world().lastReceipt().ending().restorePoint();
    return bed.world().pending(new RestorePointName(point)).orElseThrow().reasons();
  }

  @ParameterizedTest
  @ValueSource(strings = {"AWAIT_ARCHIVE", "CONFIRM_UNCHANGED"})
  void a_look_that_fails_leaves_its_reason_in_the_pending_manifest(String step) {
    bed.faults()
        .plan(
            call -> call.step().equals(step) && !call.method().equals("ensurePending"),
            Fault.FAILS);
    assertThat(ended().record().code()).isEqualTo("HOST_REFUSED");
    assertThat(reasonsLeft()).containsExactly("not read to the end: it could not be done");
  }

  @Test
  void takes_a_new_name_in_each_attempt_at_the_point() {
    AtomicInteger attempts = new AtomicInteger();
    bed.faults()
        .before(
            call -> call.step().equals("MAKE_POINT"),
            () -> {
              trouble.losesPoints(3, attempts.incrementAndGet() == 1);
            });
    PublishResult result = bed.publish(PUBLISH);
    assertThat(attempts.get()).isEqualTo(2);
    assertThat(result.restorePoint()).endsWith("000002");
  }

  @Test
  void refuses_a_content_without_a_running_primary() {
    trouble.crashPrimary(2);
    refused(
        "NO_PRIMARY",
        "content 2 has no running primary at east: east-2 did not answer (connection to"
            + " 127.31.10.2:6000 refused)");
  }

  @Test
  void refuses_two_instances_that_accept_writes_for_one_content() {
    trouble.promote(1);
    refused(
        "TWO_PRIMARIES",
        "content 1 has 2 instances that accept writes: [east-1, west-1]: end that first,"
            + " docs/operations/split-brain.md");
  }

  @Test
  void refuses_archiving_that_hides_its_failures() {
    trouble.archiving(0, new Archiving("on", "cp %p /a/%f || true", "", "replica", Harbour.LIMITS));
    refused(
        "ARCHIVING_UNSAFE",
        "east-0: archive_command hides its failures: it reports success also after a failure");
  }

  @Test
  void refuses_a_server_that_runs_out_of_another_data_directory() {
    trouble.primaryAnswersOutOfAnotherDirectory(0);
    refused(
        "IDENTITY_DIFFERS",
        "east-0 says over SQL that it is system 7100000000000000001, its data directory is of"
            + " system 42");
  }

  @Test
  void plans_without_making_a_point() {
    PublishResult plan = bed.publish(Typed.json("{'cluster':'harbour','mode':'plan'}"));
    assertThat(plan.outcome()).isEqualTo("planned");
    assertThat(bed.faults().calls()).noneMatch(call -> call.step().equals("MAKE_POINT"));
    assertThat(bed.world().latest()).isEmpty();
  }

  @Test
  void looks_from_one_host_at_the_archives_of_all_its_instances_in_one_call() {
    bed.publish(PUBLISH);
    assertThat(bed.faults().carried())
        .filteredOn(carried -> carried.call().method().equals("awaitArchived"))
        .extracting(carried -> ((PointsArchived) carried.result()).points().size())
        .isEqualTo(List.of(2, 2));
  }

  @Test
  void fails_when_the_store_can_not_be_written() {
    bed.faults()
        .before(call -> call.step().equals("WRITE_READY"), () -> trouble.storeAnswers(false));
    Ended ended = ended();
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("EVIDENCE_UNREADABLE");
    assertThat(ended.record().receipt()).startsWith("no receipt could be written");
    trouble.storeAnswers(true);
    assertThat(bed.world().latest()).isEmpty();
  }

  @Test
  void fails_when_no_receipt_can_be_written_though_the_point_is_ready() {
    bed.faults().plan(call -> call.method().equals("ensureReceipt"), Fault.FAILS);
    Ended ended = ended();
    Manifest latest = bed.world().latest().orElseThrow();
    assertThat(latest.isReady()).isTrue();
    assertThat(bed.world().pending(latest.name())).isEmpty();
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("EVIDENCE_UNREADABLE");
    assertThat(ended.record().headline())
        .startsWith(
            latest.name()
                + " is READY: 4 contents proved, named, spread 4 ms; but no receipt could be"
                + " written: ");
    assertThat(ended.record().receipt()).startsWith("no receipt could be written: ");
  }

  @Test
  void refuses_a_primary_of_a_version_that_is_not_supported() {
    trouble.primaryRuns(2, new ServerVersion(19, 0));
    refused("VERSION_UNSUPPORTED", "east-2 runs version 19.0, supported are 13 to 18");
  }

  @Test
  void refuses_a_primary_whose_wal_the_programs_of_its_host_can_not_decode() {
    trouble.installedBesidePrimary(
        1,
        new Software(
            15, Harbour.VERSION, List.of(new Program("pg_waldump", new ServerVersion(16, 4)))));
    refused(
        "VERSION_DIFFERS",
        "east-1 runs version 15.20, pg_waldump in /usr/lib/postgresql/15/bin is version 16.4");
  }

  @Test
  void publishes_a_fleet_whose_contents_are_of_different_majors_and_writes_each_one_down() {
    trouble.primaryRuns(1, new ServerVersion(17, 1));
    trouble.installedBesidePrimary(1, Harbour.software(new ServerVersion(17, 1)));
    assertThat(bed.publish(PUBLISH).outcome()).isEqualTo("Completed");
    assertThat(bed.world().latest().orElseThrow().contents())
        .extracting(content -> content.owner().version().toString())
        .containsExactly("15.20", "17.1", "15.20", "15.20");
  }
}
