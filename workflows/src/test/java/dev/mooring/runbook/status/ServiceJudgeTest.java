package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.fake.Strait;
import dev.mooring.port.RunActivities.OpenRun;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.Cluster;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceJudgeTest {
  private static final String UNWATCHED = "automatic-failover";

  private static List<CheckRow> findings(Cluster cluster, String... ids) {
    ServiceObserved service =
        new ServiceObserved(
            List.of(ids).stream()
                .map(one -> new OpenRun("mooring:strait:" + one, "Failover", Moored.NOW, "WATCH"))
                .toList(),
            List.of());
    return ServiceJudge.findings(
        new StatusFacts(
            cluster,
            Moored.NOW,
            List.of(),
            List.of(),
            new Observed.Seen<>(service),
            Optional.empty()),
        service);
  }

  @Test
  void a_cluster_that_is_to_fail_over_by_itself_is_told_where_nobody_watches() {
    Cluster automatic = Strait.synchronous("{automatic: {after: PT5S}}");
    assertThat(findings(automatic, "failover", "failover:primary-down-17"))
        .extracting(CheckRow::id, CheckRow::verdict, CheckRow::remedy)
        .contains(
            tuple(UNWATCHED, Judged.WARNING, "`mooring failover strait --when primary-down`"));
    for (String waits : List.of("failover:watch", "failover:watch-17")) {
      assertThat(findings(automatic, waits)).extracting(CheckRow::id).doesNotContain(UNWATCHED);
    }
    assertThat(findings(Strait.synchronous())).extracting(CheckRow::id).doesNotContain(UNWATCHED);
  }
}
