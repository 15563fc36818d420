package dev.mooring.runbook.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.check.CheckFacts.AtSite;
import dev.mooring.runbook.check.CheckFacts.OnHost;
import dev.mooring.runbook.check.CheckFacts.OverSql;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.topology.Cluster;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckJudgeTest {
  private static final String SILENT = "the servers of that host did not answer within 3 s";

  private static <T> Observed<T> unseen() {
    return new Observed.Unseen<>(FailureCode.DATABASE_UNREACHABLE, SILENT);
  }

  /** The publishing site, of which no look was answered. */
  private static AtSite silent(Cluster cluster) {
    List<OnHost> hosts =
        WorkLists.byHost(cluster, cluster.instancesAt(Harbour.EAST)).stream()
            .map(
                work ->
                    new OnHost(
                        work,
                        unseen(),
                        unseen(),
                        Optional.empty(),
                        new OverSql(unseen(), unseen(), Optional.empty()),
                        Optional.empty(),
                        Optional.empty()))
            .toList();
    return new AtSite(Harbour.EAST, unseen(), unseen(), List.of(), Optional.empty(), hosts);
  }

  @Test
  void a_primary_whose_host_gave_no_answer_is_silent_and_no_mirror() {
    Cluster dock = Harbour.dock();
    CheckFacts facts =
        new CheckFacts(
            dock,
            List.of(silent(dock)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new EndpointsObserved(List.of(), List.of()));

    assertThat(CheckJudge.judge(facts, ObservedInstances.MADE).rows())
        .filteredOn(row -> row.is("primaries", "east"))
        .extracting(CheckRow::seen)
        .singleElement()
        .asString()
        .contains("coordinator did not answer (" + SILENT + ")")
        .doesNotContain("was not asked");
  }
}
