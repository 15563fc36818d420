package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.StateSeen;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RunActivities.ScheduleStanding;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.status.StatusFacts.ObservedSite;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusJudgeTest {
  private static final List<String> NO_RUNS = List.of();

  @Test
  void says_where_a_site_is_moored_and_how_old_that_is() {
    StatusResult report = StatusJudge.judge(Moored.facts());

    assertThat(report.verdicts())
        .containsExactly(
            "west is moored at sync_point_20261120_080000_aa, 42 s old, 2 of 2 proved",
            "east published sync_point_20261120_080000_aa 42 s ago, named, spread 3 ms");
    assertThat(report.findings()).isEmpty();
    assertThat(report.worst()).isEqualTo(Judged.GOOD);
  }

  @Test
  void a_site_that_was_never_moored_is_critical() {
    StatusResult report =
        judge(Duration.ofSeconds(42), Moored.withState(new StateSeen.Never()), NO_RUNS);

    assertThat(report.verdicts().get(0)).isEqualTo("west was never moored");
    assertThat(report.findings())
        .containsExactly(
            CheckRow.wrong(
                "site-state",
                "west",
                "never moored",
                "moored once",
                "`mooring consume harbour --site west`"));
    assertThat(report.worst()).isEqualTo(Judged.WRONG);
  }

  @Test
  void receipts_that_hosts_of_any_site_miss_are_critical() {
    EvidenceObserved whole = Moored.evidence(0);
    String gone = "receipt 3: host w0 recorded it; in the store it is missing";
    EvidenceObserved cut =
        new EvidenceObserved(
            whole.latest(),
            whole.newest(),
            whole.reasons(),
            whole.sites(),
            whole.receipts(),
            whole.lastRuns(),
            List.of(gone, "and another"));
    StatusFacts facts = Moored.facts();

    StatusResult report =
        StatusJudge.judge(
            new StatusFacts(
                Moored.CLUSTER,
                Moored.NOW,
                List.of(
                    new ObservedSite(Harbour.EAST, new Observed.Seen<>(whole)),
                    new ObservedSite(Harbour.WEST, new Observed.Seen<>(cut))),
                facts.instances(),
                facts.service(),
                Optional.empty()));

    assertThat(report.findings())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.id()).isEqualTo("evidence-cut");
              assertThat(row.subject()).isEqualTo("west");
              assertThat(row.seen()).isEqualTo(gone + "; and another");
              assertThat(row.remedy())
                  .startsWith("`mooring verify harbour`")
                  .contains("remove harbour/evidence.head");
            });
    assertThat(report.worst()).isEqualTo(Judged.WRONG);
  }

  @Test
  void a_site_two_points_behind_is_a_warning_and_one_behind_is_none() {
    EvidenceObserved one = Moored.evidence(1);
    EvidenceObserved two = Moored.evidence(2);

    StatusResult behindOne = judge(Duration.ofSeconds(42), one, NO_RUNS);
    StatusResult behindTwo = judge(Duration.ofSeconds(42), two, NO_RUNS);

    assertThat(behindOne.verdicts().get(0)).contains("west is at").contains("1 point behind");
    assertThat(behindOne.worst()).isEqualTo(Judged.GOOD);
    assertThat(behindTwo.verdicts().get(0)).contains("2 points behind");
    assertThat(behindTwo.worst()).isEqualTo(Judged.WARNING);
  }

  @ParameterizedTest
  @CsvSource({"PT10M,GOOD", "PT10M1S,WARNING", "PT50M,WARNING", "PT50M1S,WRONG"})
  void the_age_of_latest_is_judged_by_the_interval_of_publishing(Duration age, Judged worst) {
    StatusResult report = judge(age, current(), NO_RUNS);

    assertThat(report.worst()).isEqualTo(worst);
  }

  @Test
  void an_instance_changed_since_it_was_proved_is_critical_and_no_longer_counted() {
    StatusResult report = StatusJudge.judge(touched(Moored.facts()));

    assertThat(report.verdicts().get(0)).contains("1 of 2 proved, 1 changed since");
    assertThat(report.findings())
        .containsExactly(
            CheckRow.wrong(
                "parked-state",
                "west-1",
                "west-1 was started or changed since it was proved",
                "as it was proved",
                "`mooring consume harbour --site west`"));
  }

  @Test
  void instances_that_a_run_is_moving_have_not_drifted() {
    StatusFacts facts =
        Moored.at(
            Moored.NOW, current(), Moored.service(List.of("mooring:harbour:consume:west"), false));

    StatusResult report = StatusJudge.judge(touched(facts));

    assertThat(report.findings()).isEmpty();
    assertThat(report.verdicts().get(0)).endsWith("; it is being moved now");
    assertThat(report.runs().get(0))
        .startsWith("mooring:harbour:consume:west runs since 5 s, at AWAIT_PARKED");
  }

  @Test
  void a_scheduled_run_is_known_by_its_site_too() {
    StatusFacts facts =
        Moored.at(
            Moored.NOW,
            current(),
            Moored.service(List.of("mooring:harbour:consume:west-2026-11-20T08:00:00Z"), false));

    assertThat(StatusJudge.judge(facts).verdicts().get(0)).endsWith("it is being moved now");
  }

  @Test
  void hosts_that_do_not_answer_are_said_once_and_leave_the_verdict_to_the_evidence() {
    List<InstanceFacts> dark =
        Moored.CLUSTER.instances().stream()
            .map(i -> i.site().equals(Harbour.WEST) ? Moored.dark(i) : Moored.seen(i))
            .toList();

    StatusResult report = StatusJudge.judge(Moored.withInstances(Moored.facts(), dark));

    assertThat(report.verdicts().get(0))
        .contains("west is moored")
        .endsWith("2 of 2 proved, 2 unknown now");
    assertThat(report.findings())
        .containsExactly(
            CheckRow.warning(
                "host-answers",
                "w0",
                "UNKNOWN: host w0 does not answer",
                "answers over SSH with the key it is known by",
                FailureCode.HOST_UNREACHABLE.hint()));
    assertThat(report.instances())
        .filteredOn(row -> row.site().equals(Harbour.WEST))
        .allSatisfy(row -> assertThat(row.state()).isEqualTo("parked, as proved"));
  }

  @Test
  void without_temporal_the_verdict_stands_and_its_absence_is_a_warning() {
    StatusFacts facts =
        Moored.at(
            Moored.NOW,
            current(),
            new Observed.Unseen<>(FailureCode.OUTCOME_UNKNOWN, "Temporal does not answer"));

    StatusResult report = StatusJudge.judge(facts);

    assertThat(report.verdicts().get(0)).startsWith("west is moored at");
    assertThat(report.findings())
        .containsExactly(
            CheckRow.warning(
                "temporal",
                "",
                "Temporal does not answer",
                "shows runs and schedules",
                "`mooring schedule list harbour` asks Temporal from here; check whether its server"
                    + " is overloaded or its visibility store is down"));
    assertThat(report.runs()).containsExactly("runs and schedules can't be read");
  }

  @Test
  void evidence_that_can_not_be_read_is_critical_and_never_green() {
    StatusFacts good = Moored.facts();
    StatusFacts facts =
        new StatusFacts(
            good.cluster(),
            good.now(),
            Moored.seenAlike(
                new Observed.Unseen<>(FailureCode.EVIDENCE_UNREADABLE, "no such directory")),
            good.instances(),
            good.service(),
            Optional.empty());

    StatusResult report = StatusJudge.judge(facts);

    assertThat(report.verdicts().get(0)).contains("can't be said");
    assertThat(report.worst()).isEqualTo(Judged.WRONG);
  }

  @Test
  void a_state_with_a_broken_seal_is_not_repeated_as_if_it_were_true() {
    EvidenceObserved broken = Moored.withState(new StateSeen.Refused("a byte differs"));

    StatusResult report = judge(Duration.ofSeconds(42), broken, NO_RUNS);

    assertThat(report.verdicts().get(0)).doesNotContain("moored at");
    assertThat(report.findings())
        .containsExactly(
            CheckRow.wrong(
                "site-state",
                "west",
                "not to be believed: a byte differs",
                "sealed by a trusted key",
                "`mooring verify harbour`"));
  }

  @Test
  void a_paused_schedule_is_a_warning_with_its_note_among_the_runs() {
    StatusFacts facts = Moored.at(Moored.NOW, current(), Moored.service(NO_RUNS, true));

    StatusResult report = StatusJudge.judge(facts);

    assertThat(report.worst()).isEqualTo(Judged.WARNING);
    assertThat(report.runs())
        .containsExactly("schedule mooring:harbour:publish: every 5 min, paused: night work");
  }

  @ParameterizedTest
  @CsvSource({
    "mooring:harbour:publish,''",
    "mooring:harbour:consume:west,' --site west'",
    "mooring:harbour:watch,' --watch'"
  })
  void a_paused_schedule_is_resumed_by_a_command_that_names_it(String id, String option) {
    ScheduleStanding paused =
        new ScheduleStanding(id, Duration.ofDays(1), true, "night work", List.of());
    StatusFacts facts =
        Moored.at(
            Moored.NOW,
            current(),
            new Observed.Seen<>(new ServiceObserved(List.of(), List.of(paused))));

    assertThat(StatusJudge.judge(facts).findings())
        .contains(
            CheckRow.warning(
                "schedule",
                id,
                "paused",
                "not paused",
                "`mooring schedule resume harbour" + option + "`"));
  }

  @Test
  void a_schedule_that_consumes_publishes_nothing() {
    ScheduleStanding consuming =
        new ScheduleStanding(
            "mooring:harbour:consume:west", Duration.ofDays(1), false, "", List.of());
    StatusFacts facts =
        Moored.at(
            Moored.NOW,
            current(),
            new Observed.Seen<>(new ServiceObserved(List.of(), List.of(consuming))));

    assertThat(StatusJudge.judge(facts).findings())
        .containsExactly(
            CheckRow.note(
                "publish-schedule",
                "",
                "no schedule publishes harbour",
                "one does",
                "`mooring schedule apply harbour`"));
  }

  @Test
  void a_site_without_a_worker_is_told_once_and_the_other_one_speaks_for_the_evidence() {
    StatusFacts good = Moored.facts();
    Observed.Unseen<EvidenceObserved> nobody =
        new Observed.Unseen<>(FailureCode.NO_WORKER, "no worker serves the queue mooring-east");
    List<InstanceFacts> instances =
        good.instances().stream()
            .map(i -> i.instance().site().equals(Harbour.EAST) ? unserved(i) : i)
            .toList();
    StatusFacts facts =
        new StatusFacts(
            good.cluster(),
            good.now(),
            List.of(
                new ObservedSite(Harbour.EAST, nobody),
                new ObservedSite(Harbour.WEST, new Observed.Seen<>(current()))),
            instances,
            good.service(),
            Optional.empty());

    StatusResult report = StatusJudge.judge(facts);

    assertThat(report.verdicts().get(0)).startsWith("west is moored at");
    assertThat(report.findings())
        .containsExactly(
            CheckRow.warning(
                "worker",
                "east",
                "no worker serves the queue mooring-east",
                "serves its task queue",
                "`systemctl start mooring-worker@east` where that site's worker belongs"));
    assertThat(report.instances())
        .filteredOn(row -> row.site().equals(Harbour.EAST))
        .allSatisfy(row -> assertThat(row.state()).isEqualTo("unknown"));
  }

  private static InstanceFacts unserved(InstanceFacts facts) {
    return new InstanceFacts(
        facts.instance(),
        new Observed.Unseen<>(FailureCode.NO_WORKER, "nobody"),
        new Observed.Unseen<>(FailureCode.NO_WORKER, "nobody"),
        facts.epoch());
  }

  @Test
  void a_store_that_one_site_can_not_read_is_a_warning() {
    StatusFacts good = Moored.facts();
    StatusFacts facts =
        new StatusFacts(
            good.cluster(),
            good.now(),
            List.of(
                new ObservedSite(
                    Harbour.EAST,
                    new Observed.Unseen<>(FailureCode.EVIDENCE_UNREADABLE, "not mounted")),
                new ObservedSite(Harbour.WEST, new Observed.Seen<>(current()))),
            good.instances(),
            good.service(),
            Optional.empty());

    assertThat(StatusJudge.judge(facts).findings())
        .containsExactly(
            CheckRow.warning(
                "evidence-read",
                "east",
                "UNKNOWN: not mounted",
                "readable, sealed by a trusted key",
                FailureCode.EVIDENCE_UNREADABLE.hint()));
  }

  @Test
  void an_unreadable_instance_is_critical_and_a_silent_primary_a_warning() {
    StatusFacts good = Moored.facts();
    List<InstanceFacts> instances =
        good.instances().stream()
            .map(
                one ->
                    switch (one.instance().id().value()) {
                      case "west-0" ->
                          new InstanceFacts(
                              one.instance(),
                              new Observed.Unseen<>(
                                  FailureCode.STATE_UNREADABLE, "pg_controldata: bad CRC"),
                              one.server(),
                              one.epoch());
                      case "east-1" ->
                          new InstanceFacts(
                              one.instance(),
                              one.host(),
                              new Observed.Unseen<>(
                                  FailureCode.DATABASE_UNREACHABLE, "connection refused"),
                              one.epoch());
                      default -> one;
                    })
            .toList();

    StatusResult report = StatusJudge.judge(Moored.withInstances(good, instances));

    assertThat(report.findings())
        .extracting(CheckRow::verdict, CheckRow::inShort)
        .containsExactly(
            tuple(Judged.WRONG, "west-0 control-file: UNKNOWN: pg_controldata: bad CRC"),
            tuple(Judged.WARNING, "east-1 answers: UNKNOWN: connection refused"));
    assertThat(report.instances())
        .filteredOn(row -> row.instance().value().equals("west-0"))
        .allSatisfy(row -> assertThat(row.state()).isEqualTo("unreadable"));
  }

  @ParameterizedTest
  @EnumSource(
      value = FailureCode.class,
      names = {"STATE_UNREADABLE", "WAL_MISSING", "NO_ROOM", "HOST_REFUSED"})
  void an_instance_that_failed_on_a_host_that_answers_is_not_told_as_it_was_proved(
      FailureCode code) {
    StatusResult report =
        StatusJudge.judge(
            Moored.with(
                "west-0",
                one ->
                    InstanceFacts.of(
                        one.instance(),
                        new Observed.Seen<>(
                            new HostObserved(
                                one.instance().host(),
                                one.epoch(),
                                List.of(),
                                List.of(
                                    new InstanceFailure(
                                        one.instance().id(), code, "what it said")))),
                        new Observed.Unseen<>(
                            FailureCode.DATABASE_UNREACHABLE, "connection refused"))));

    assertThat(report.findings())
        .extracting(CheckRow::verdict, CheckRow::title, CheckRow::remedy)
        .containsExactly(tuple(Judged.WRONG, "west-0 control-file", code.hint()));
    assertThat(report.verdicts().get(0)).contains("1 of 2 proved, 1 can't be read");
    assertThat(report.instances())
        .filteredOn(row -> row.instance().value().equals("west-0"))
        .extracting(InstanceRow::state, InstanceRow::lsn)
        .containsExactly(tuple("unreadable", ""));
  }

  @Test
  void a_copy_with_productions_dbid_is_critical_by_its_name_and_no_longer_counted() {
    String said = "/data/1 is set up with gp_dbid '3', the cluster file says dbid 13";

    StatusResult report =
        StatusJudge.judge(
            Moored.with(
                "west-1",
                one ->
                    new InstanceFacts(
                        one.instance(),
                        new Observed.Unseen<>(FailureCode.DBID_DIFFERS, said),
                        one.server(),
                        one.epoch())));

    assertThat(report.findings())
        .containsExactly(
            CheckRow.wrong(
                "control-file",
                "west-1",
                "UNKNOWN: " + said,
                "readable by pg_controldata",
                FailureCode.DBID_DIFFERS.hint()));
    assertThat(report.verdicts().get(0)).contains("1 of 2 proved, 1 changed since");
    assertThat(report.instances())
        .filteredOn(row -> row.instance().value().equals("west-1"))
        .extracting(InstanceRow::state)
        .containsExactly("another dbid");
  }

  private static EvidenceObserved current() {
    return Moored.evidence(0);
  }

  private static StatusResult judge(Duration age, EvidenceObserved evidence, List<String> open) {
    return StatusJudge.judge(
        Moored.at(ObservedInstances.MADE.plus(age), evidence, Moored.service(open, false)));
  }

  private static StatusFacts touched(StatusFacts facts) {
    return Moored.withInstances(
        facts,
        facts.instances().stream()
            .map(
                one ->
                    one.instance().id().value().equals("west-1")
                        ? Moored.touched(one.instance())
                        : one)
            .toList());
  }
}
