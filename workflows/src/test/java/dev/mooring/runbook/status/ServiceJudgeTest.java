package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.fake.Strait;
import dev.mooring.port.RunActivities.OpenRun;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.runbook.Observed;
import dev.mooring.topology.Cluster;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceJudgeTest {
  private static final String UNWATCHED =
      "failover.automatic is in the cluster file and no failover is open: nobody watches the"
          + " primary";

  private static List<Finding> findings(Cluster cluster, String... runbooks) {
    ServiceObserved service =
        new ServiceObserved(
            List.of(runbooks).stream()
                .map(one -> new OpenRun("mooring:strait:" + one, one, Moored.NOW, "WATCH"))
                .toList(),
            List.of());
    return ServiceJudge.findings(
        new StatusFacts(
            cluster,
            Moored.NOW,
            List.of(),
            List.of(),
            new Observed.Seen<>(service),
            Optional.empty(),
            List.of()),
        service);
  }

  @Test
  void a_cluster_that_is_to_fail_over_by_itself_is_told_where_nobody_watches() {
    Cluster automatic = Strait.synchronous("{automatic: {after: PT5S}}");
    assertThat(findings(automatic, "PublishCycle"))
        .extracting(Finding::fact, Finding::level, Finding::remedy)
        .contains(
            tuple(
                UNWATCHED, Finding.Level.WARNING, "`mooring failover strait --when primary-down`"));
    assertThat(findings(automatic, "Failover")).extracting(Finding::fact).doesNotContain(UNWATCHED);
    assertThat(findings(Strait.synchronous())).extracting(Finding::fact).doesNotContain(UNWATCHED);
  }
}
