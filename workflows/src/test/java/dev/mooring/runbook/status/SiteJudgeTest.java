package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.evidence.SiteState;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.PointSeen;
import dev.mooring.port.EvidenceActivities.StateSeen;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RunActivities.ScheduleStanding;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiteJudgeTest {
  private static final Cluster BY_THE_CLOCK =
      Harbour.cluster(2, "consume: onPublish", "consume: manual");
  private static final String CONSUME = "`mooring consume harbour --site west`";

  @ParameterizedTest
  @CsvSource({"PT48H1S,WARNING", "PT240H,WARNING", "PT240H1S,WRONG"})
  void a_site_that_a_schedule_moors_is_judged_by_that_schedules_interval(
      Duration age, Judged level) {
    assertThat(judged(age, 3, Duration.ofHours(24)))
        .containsExactly(
            new CheckRow(
                "points-behind",
                "west",
                "3 points behind, at one made " + DurationText.of(age) + " ago",
                "moored anew every 1 d",
                level,
                "",
                CONSUME));
  }

  @Test
  void a_site_that_its_schedule_moored_in_time_is_behind_and_does_not_lag() {
    assertThat(judged(Duration.ofHours(48), 576, Duration.ofHours(24))).isEmpty();
    assertThat(judged(Duration.ofDays(30), 0, Duration.ofHours(24))).isEmpty();
  }

  @Test
  void a_site_that_nothing_moors_by_itself_has_its_lag_noted() {
    assertThat(judged(Duration.ofDays(3), 864, Duration.ZERO))
        .containsExactly(
            CheckRow.note(
                "points-behind",
                "west",
                "864 points behind, at one made 3 d ago",
                "none",
                CONSUME));
    assertThat(judged(Duration.ofDays(3), 0, Duration.ZERO)).isEmpty();
  }

  /** The findings on west, by a schedule of that interval, or without one. */
  private static List<CheckRow> judged(Duration age, long behind, Duration every) {
    List<ScheduleStanding> schedules =
        every.isZero()
            ? List.of()
            : List.of(
                new ScheduleStanding("mooring:harbour:consume:west", every, false, "", List.of()));
    StatusFacts facts =
        Moored.at(
            ObservedInstances.MADE.plus(age),
            Moored.evidence(behind),
            new Observed.Seen<>(new ServiceObserved(List.of(), schedules)));
    return findings(
        new StatusFacts(
            BY_THE_CLOCK,
            facts.now(),
            facts.sites(),
            facts.instances(),
            facts.service(),
            Optional.empty()));
  }

  private static List<CheckRow> findings(StatusFacts facts) {
    SiteJudge judge = judge(facts);
    judge.verdict(evidence(facts));
    return judge.findings();
  }

  private static String verdict(StatusFacts facts) {
    return judge(facts).verdict(evidence(facts));
  }

  private static SiteJudge judge(StatusFacts facts) {
    return new SiteJudge(
        facts,
        facts.cluster().sites().stream()
            .filter(site -> site.name().equals(Harbour.WEST))
            .findFirst()
            .orElseThrow(),
        false);
  }

  private static EvidenceObserved evidence(StatusFacts facts) {
    return facts.evidence().seen().orElseThrow();
  }

  @Test
  void an_instance_that_can_not_be_read_on_a_host_that_answers_is_not_proved() {
    StatusFacts facts =
        Moored.with(
            "west-0",
            one ->
                new InstanceFacts(
                    one.instance(),
                    new Observed.Unseen<>(FailureCode.STATE_UNREADABLE, "pg_controldata: bad CRC"),
                    one.server(),
                    one.epoch()));

    assertThat(verdict(facts))
        .isEqualTo(
            "west is at sync_point_20261120_080000_aa, 42 s old, 1 of 2 proved, 1 can't be read");
    assertThat(StatusJudge.judge(facts).findings())
        .extracting(CheckRow::verdict, CheckRow::title)
        .containsExactly(tuple(Judged.WRONG, "west-0 control-file"));
  }

  /** Where west-0's server answers and its host does not. */
  private static StatusFacts behindADeadHost(Function<Instance, ServerObserved> server) {
    return Moored.with(
        "west-0",
        one ->
            new InstanceFacts(
                one.instance(),
                Moored.dark(one.instance()).host(),
                new Observed.Seen<>(server.apply(one.instance())),
                one.epoch()));
  }

  @Test
  void a_copy_that_accepts_writes_on_a_host_that_does_not_answer_is_not_proved() {
    StatusFacts facts = behindADeadHost(ObservedInstances::server);

    assertThat(verdict(facts)).contains("west is at ", "1 of 2 proved, 1 changed since");
    assertThat(StatusJudge.judge(facts).findings())
        .extracting(CheckRow::verdict, CheckRow::title)
        .contains(tuple(Judged.WRONG, "content 0 primaries"));
  }

  @Test
  void a_copy_that_runs_in_recovery_on_a_host_that_does_not_answer_is_not_proved() {
    StatusFacts facts = behindADeadHost(ObservedInstances::replaying);

    assertThat(verdict(facts)).contains("west is at ", "1 of 2 proved, 1 changed since");
    assertThat(findings(facts))
        .extracting(CheckRow::inShort)
        .containsExactly("west-0 parked-state: runs, and was parked");
  }

  @Test
  void a_copy_that_was_promoted_is_to_be_made_anew_and_not_to_be_consumed_into() {
    assertThat(remedyAt(new TimelineId(2), ObservedInstances.AT, 0))
        .isEqualTo(FailureCode.PROMOTED.hint());
  }

  @Test
  void a_copy_beyond_the_newest_point_needs_a_later_one_first() {
    Lsn beyond = Lsn.parse("0/5000028");

    assertThat(remedyAt(TimelineId.FIRST, beyond, 0))
        .isEqualTo("`mooring publish harbour` makes a point it can reach, then " + CONSUME);
    assertThat(remedyAt(TimelineId.FIRST, beyond, 1)).isEqualTo(CONSUME);
    assertThat(remedyAt(TimelineId.FIRST, ObservedInstances.AT, 0)).isEqualTo(CONSUME);
  }

  /** What a restartpoint of one that is paused does to its minimum recovery end. */
  @Test
  void a_copy_whose_minimum_recovery_end_came_up_to_its_point_needs_a_consume_alone() {
    SiteState state =
        Altered.of(
            Moored.state(),
            "instances",
            Moored.state().instances().stream().map(SiteJudgeTest::lower).toList());
    EvidenceObserved lower =
        Moored.withState(new StateSeen.Known(state, new PointSeen.Made(ObservedInstances.MADE), 0));

    assertThat(remedyAt(TimelineId.FIRST, ObservedInstances.AT, lower)).isEqualTo(CONSUME);
    assertThat(remedyAt(TimelineId.FIRST, Lsn.parse("0/5000028"), lower))
        .startsWith("`mooring publish harbour`");
  }

  private static SiteState.ParkedInstance lower(SiteState.ParkedInstance one) {
    return new SiteState.ParkedInstance(
        one.instance(),
        one.content(),
        one.timeline(),
        new SiteState.ControlFile(Lsn.parse("0/3000028"), one.controlFile().digest()),
        "",
        ObservedInstances.AT.toString());
  }

  private static String remedyAt(TimelineId timeline, Lsn end, long behind) {
    return remedyAt(timeline, end, Moored.evidence(behind));
  }

  /** What is to be done about west-1, which was started and got so far. */
  private static String remedyAt(TimelineId timeline, Lsn end, EvidenceObserved evidence) {
    StatusFacts moved =
        Moored.with(
            "west-1",
            one ->
                Moored.touched(
                    one.instance(),
                    ObservedInstances.control(one.instance().content(), timeline, end)));
    StatusFacts facts =
        new StatusFacts(
            moved.cluster(),
            moved.now(),
            Moored.seenAlike(new Observed.Seen<>(evidence)),
            moved.instances(),
            moved.service(),
            Optional.empty());
    return findings(facts).stream()
        .filter(finding -> finding.is("parked-state", "west-1"))
        .map(CheckRow::remedy)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_point_whose_manifest_is_not_to_be_believed_is_critical_and_has_no_age() {
    StateSeen.Known known =
        new StateSeen.Known(
            Moored.state(), new PointSeen.Refused("the seal does not fit the bytes"), 0);

    StatusFacts facts =
        Moored.at(Moored.NOW, Moored.withState(known), Moored.service(List.of(), false));

    assertThat(verdict(facts))
        .isEqualTo("west is moored at sync_point_20261120_080000_aa, 2 of 2 proved");
    assertThat(findings(facts))
        .containsExactly(
            CheckRow.wrong(
                "moored-point",
                "west",
                "the manifest of sync_point_20261120_080000_aa is not to be believed: the seal does"
                    + " not fit the bytes",
                "sealed by a trusted key",
                "`mooring verify harbour`"));
  }
}
