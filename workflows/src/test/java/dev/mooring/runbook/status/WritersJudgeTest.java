package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.EvidenceActivities.StateSeen;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CheckRow;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WritersJudgeTest {

  @Test
  void one_writer_of_each_content_at_the_publishing_site_is_as_it_should_be() {
    assertThat(WritersJudge.findings(Moored.facts())).isEmpty();
  }

  @Test
  void two_writers_of_one_content_are_critical_whatever_their_hosts_show() {
    assertThat(WritersJudge.split(Moored.with("west-1", WritersJudgeTest::writing)))
        .containsExactly(
            CheckRow.wrong(
                "primaries",
                "content 1",
                "2 instances accept writes: east-1, west-1",
                "one instance accepts writes",
                FailureCode.TWO_PRIMARIES.hint()
                    + "; end that first, docs/operations/split-brain.md"));
  }

  @Test
  void two_writers_come_before_all_else_that_is_critical_and_only_their_end_is_advised() {
    StatusFacts never =
        Moored.at(
            Moored.NOW, Moored.withState(new StateSeen.Never()), Moored.service(List.of(), false));

    List<CheckRow> findings =
        StatusJudge.judge(
                Moored.withInstances(
                    never, Moored.with("west-1", WritersJudgeTest::writing).instances()))
            .findings();

    assertThat(findings.get(0).seen()).isEqualTo("2 instances accept writes: east-1, west-1");
    assertThat(findings.stream().skip(1))
        .isNotEmpty()
        .allSatisfy(
            row ->
                assertThat(row.remedy())
                    .isEqualTo("first end the split brain, then `mooring status harbour`"));
  }

  @Test
  void a_copy_that_accepts_writes_while_its_primary_is_not_seen_is_critical() {
    List<InstanceFacts> instances =
        Moored.with("west-0", WritersJudgeTest::writing).instances().stream()
            .map(
                one ->
                    one.instance().id().value().equals("east-0")
                        ? Moored.dark(one.instance())
                        : one)
            .toList();

    assertThat(WritersJudge.findings(Moored.withInstances(Moored.facts(), instances)))
        .containsExactly(
            CheckRow.wrong(
                "primaries",
                "content 0",
                "west-0 accepts writes, and east publishes",
                "one instance accepts writes",
                "`mooring whois harbour` shows which others do; if two do, fence one of them before"
                    + " anything else"));
  }

  @Test
  void a_publishing_instance_that_came_back_in_recovery_is_no_primary() {
    StatusFacts facts =
        Moored.with(
            "east-0",
            one ->
                new InstanceFacts(
                    one.instance(),
                    one.host(),
                    new Observed.Seen<>(ObservedInstances.replaying(one.instance())),
                    one.epoch()));

    assertThat(WritersJudge.findings(facts))
        .containsExactly(
            CheckRow.wrong(
                "primaries",
                "content 0",
                "none accepts writes at east; in recovery: east-0",
                "one instance accepts writes",
                FailureCode.NO_PRIMARY.hint()));
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerProcess.class,
      names = {"STOPPED", "ORPHANED"})
  void a_primary_that_was_seen_not_to_run_is_critical_and_told_once(ServerProcess process) {
    StatusFacts facts = Moored.with("east-1", one -> silent(one, process));

    assertThat(StatusJudge.judge(facts).findings())
        .containsExactly(
            CheckRow.wrong(
                "primaries",
                "content 1",
                "none accepts writes: east-1 is not running",
                "one instance accepts writes",
                FailureCode.NO_PRIMARY.hint()));
  }

  @Test
  void one_that_runs_and_does_not_answer_may_be_the_primary() {
    StatusFacts facts = Moored.with("east-1", one -> silent(one, ServerProcess.RUNNING));

    assertThat(WritersJudge.findings(facts)).isEmpty();
  }

  @Test
  void where_a_copy_took_over_what_is_told_is_the_copy() {
    StatusFacts taken = Moored.with("west-1", WritersJudgeTest::writing);
    List<InstanceFacts> instances =
        taken.instances().stream()
            .map(
                one ->
                    one.instance().id().value().equals("east-1")
                        ? silent(one, ServerProcess.STOPPED)
                        : one)
            .toList();

    assertThat(WritersJudge.findings(Moored.withInstances(taken, instances)))
        .extracting(CheckRow::inShort)
        .containsExactly("content 1 primaries: west-1 accepts writes, and east publishes");
  }

  private static InstanceFacts silent(InstanceFacts one, ServerProcess process) {
    return new InstanceFacts(
        one.instance(),
        new Observed.Seen<>(
            Altered.of(ObservedInstances.primary(one.instance()), "process", process)),
        new Observed.Unseen<>(FailureCode.DATABASE_UNREACHABLE, "connection refused"),
        one.epoch());
  }

  private static InstanceFacts writing(InstanceFacts one) {
    return new InstanceFacts(
        one.instance(),
        one.host(),
        new Observed.Seen<>(ObservedInstances.server(one.instance())),
        one.epoch());
  }

  /** Refusals where one other instance alone accepts writes end with that hint too. */
  @Test
  void the_hint_names_the_page_of_a_split_brain_nowhere_else() {
    assertThat(FailureCode.TWO_PRIMARIES.hint()).doesNotContain("split-brain");
  }
}
