package dev.mooring.starter.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Document;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Sightings;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.look.EvidenceFacts;
import dev.mooring.starter.look.EvidenceFacts.SiteEvidence;
import dev.mooring.starter.look.InstanceFacts;
import dev.mooring.starter.look.Sight;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusJudgeTest {
  private static final List<String> NO_RUNS = List.of();

  @Test
  void says_where_a_site_is_moored_and_how_old_that_is() {
    StatusReport report = StatusJudge.judge(Moored.facts());

    assertThat(report.verdicts())
        .containsExactly(
            "west is moored at sync_point_20261120_080000_aa, 42 s old, 2 of 2 proved",
            "east published sync_point_20261120_080000_aa 42 s ago, named, spread 3 ms");
    assertThat(report.findings()).isEmpty();
    assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void a_site_that_was_never_moored_is_critical() {
    StatusReport report = judge(Duration.ofSeconds(42), Moored.neverMoored(), NO_RUNS);

    assertThat(report.verdicts().get(0)).isEqualTo("west was never moored");
    assertThat(report.findings())
        .containsExactly(
            Finding.critical("west was never moored", "`mooring consume harbour --site west`"));
    assertThat(report.exitCode()).isEqualTo(ExitCode.STATUS_CRITICAL);
  }

  @Test
  void a_site_two_points_behind_is_a_warning_and_one_behind_is_none() {
    EvidenceFacts one =
        Moored.evidence(List.of(Moored.published(Moored.NEWER), Moored.published(Sightings.POINT)));
    EvidenceFacts two =
        Moored.evidence(
            List.of(
                Moored.published(Moored.NEWEST),
                Moored.published(Moored.NEWER),
                Moored.published(Sightings.POINT)));

    StatusReport behindOne = judge(Duration.ofSeconds(42), one, NO_RUNS);
    StatusReport behindTwo = judge(Duration.ofSeconds(42), two, NO_RUNS);

    assertThat(behindOne.verdicts().get(0)).contains("west is at").contains("1 point behind");
    assertThat(behindOne.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(behindTwo.verdicts().get(0)).contains("2 points behind");
    assertThat(behindTwo.exitCode()).isEqualTo(ExitCode.STATUS_WARNING);
  }

  @ParameterizedTest
  @CsvSource({
    "PT10M,DONE",
    "PT10M1S,STATUS_WARNING",
    "PT50M,STATUS_WARNING",
    "PT50M1S,STATUS_CRITICAL"
  })
  void the_age_of_latest_is_judged_by_the_interval_of_publishing(Duration age, ExitCode exit) {
    StatusReport report = judge(age, current(), NO_RUNS);

    assertThat(report.exitCode()).isEqualTo(exit);
  }

  @Test
  void an_instance_changed_since_it_was_proved_is_critical_and_no_longer_counted() {
    StatusReport report = StatusJudge.judge(touched(Moored.facts()));

    assertThat(report.verdicts().get(0)).contains("1 of 2 proved, 1 changed since");
    assertThat(report.findings())
        .containsExactly(
            Finding.critical(
                "west-1 was started or changed since it was proved",
                "`mooring consume harbour --site west`"));
  }

  @Test
  void instances_that_a_run_is_moving_have_not_drifted() {
    StatusFacts facts =
        Moored.at(
            Moored.NOW, current(), Moored.service(List.of("mooring:harbour:consume:west"), false));

    StatusReport report = StatusJudge.judge(touched(facts));

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

    StatusReport report = StatusJudge.judge(Moored.withInstances(Moored.facts(), dark));

    assertThat(report.verdicts().get(0)).contains("west is moored").contains("2 of 2 proved");
    assertThat(report.findings())
        .containsExactly(Finding.warning("host w0 does not answer", "check sshd"));
    assertThat(report.instances())
        .filteredOn(row -> row.site().equals("west"))
        .allSatisfy(row -> assertThat(row.state()).isEqualTo("parked, as proved"));
  }

  @Test
  void without_temporal_the_verdict_stands_and_its_absence_is_a_warning() {
    StatusFacts facts =
        Moored.at(
            Moored.NOW, current(), new Sight.Unseen<>("no Temporal server answers", "start", true));

    StatusReport report = StatusJudge.judge(facts);

    assertThat(report.verdicts().get(0)).startsWith("west is moored at");
    assertThat(report.findings())
        .containsExactly(Finding.warning("no Temporal server answers", "start"));
    assertThat(report.runs()).containsExactly("Temporal is away: runs and schedules can't be seen");
  }

  @Test
  void evidence_that_can_not_be_read_is_critical_and_never_green() {
    StatusFacts good = Moored.facts();
    StatusFacts facts =
        new StatusFacts(
            good.cluster(),
            good.now(),
            new Sight.Unseen<>("no such directory", "mount it", true),
            good.instances(),
            good.service());

    StatusReport report = StatusJudge.judge(facts);

    assertThat(report.verdicts().get(0)).contains("can't be said");
    assertThat(report.exitCode()).isEqualTo(ExitCode.STATUS_CRITICAL);
  }

  @Test
  void a_state_with_a_broken_seal_is_not_repeated_as_if_it_were_true() {
    EvidenceFacts broken =
        new EvidenceFacts(
            current().latest(),
            current().manifests(),
            List.of(
                new SiteEvidence(
                    Harbour.WEST,
                    Optional.of(
                        new Document.Refused<>(Document.Fault.SEAL_BROKEN, "a byte differs")),
                    Optional.empty())),
            List.of());

    StatusReport report = judge(Duration.ofSeconds(42), broken, NO_RUNS);

    assertThat(report.verdicts().get(0)).doesNotContain("moored at");
    assertThat(report.findings())
        .containsExactly(
            Finding.critical(
                "the state of west is not to be believed: a byte differs",
                "`mooring verify harbour`"));
  }

  @Test
  void a_paused_schedule_is_a_warning_with_its_note_among_the_runs() {
    StatusFacts facts = Moored.at(Moored.NOW, current(), Moored.service(NO_RUNS, true));

    StatusReport report = StatusJudge.judge(facts);

    assertThat(report.exitCode()).isEqualTo(ExitCode.STATUS_WARNING);
    assertThat(report.runs())
        .containsExactly("schedule mooring:harbour:publish: every 5 min, paused: night work");
  }

  private static EvidenceFacts current() {
    return Moored.evidence(List.of(Moored.published(Sightings.POINT)));
  }

  private static StatusReport judge(Duration age, EvidenceFacts evidence, List<String> open) {
    return StatusJudge.judge(
        Moored.at(Sightings.MADE.plus(age), evidence, Moored.service(open, false)));
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
