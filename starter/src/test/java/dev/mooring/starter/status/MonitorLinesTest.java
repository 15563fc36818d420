package dev.mooring.starter.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.runbook.watch.Diagnosis;
import dev.mooring.runbook.watch.DiagnosisKind;
import dev.mooring.runbook.watch.SiteState;
import dev.mooring.runbook.watch.WatchState;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What people see of a watch, and how bad it is for scripts. */
class MonitorLinesTest {
  private static final ClusterName STRAIT = new ClusterName("strait");
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private static Optional<WatchState> watch(List<Pause> pauses, Diagnosis... open) {
    return Optional.of(
        new WatchState(
            NOW.minus(Duration.ofHours(2)),
            pauses,
            List.of(
                new SiteState(
                    new SiteName("east"), SiteState.Seen.WATCHED, "", List.of(), List.of()),
                new SiteState(
                    new SiteName("west"), SiteState.Seen.LOST, "gone", List.of(), List.of())),
            List.of(open),
            List.of()));
  }

  private static Diagnosis open(DiagnosisKind kind) {
    return new Diagnosis(
        kind, "strait", "it is so", "`mooring status strait`", NOW.minusSeconds(90));
  }

  @Test
  void a_pause_comes_first_and_each_diagnosis_has_its_fix() {
    List<String> lines =
        MonitorLines.of(
            STRAIT,
            watch(
                List.of(new Pause("alice", "new disks", NOW, List.of())),
                open(DiagnosisKind.PRIMARY_DOWN)),
            NOW);
    assertThat(lines)
        .containsExactly(
            "automation is paused by alice: new disks",
            "strait is watched for 2 h",
            "west: not watched",
            "critical primary-down for 1 min 30 s: it is so",
            "  fix: `mooring status strait` (docs/operations/the-primary-died.md)");
  }

  @Test
  void a_run_that_the_watch_started_is_shown_until_its_incident_is_over() {
    assertThat(
            MonitorLines.of(
                STRAIT,
                Optional.of(
                    new WatchState(
                        NOW,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(
                            new Incident(
                                Reaction.RESILVER, new InstanceId("west-0"), NOW, true, false),
                            new Incident(
                                Reaction.RESILVER, new InstanceId("east-1"), NOW, false, false),
                            new Incident(
                                Reaction.RESILVER, new InstanceId("east-2"), NOW, true, true),
                            new Incident(
                                Reaction.RELAX, new InstanceId("east-0"), NOW, true, false),
                            new Incident(
                                Reaction.FAILOVER, new InstanceId("strait"), NOW, true, false),
                            new Incident(
                                Reaction.AWAIT_FAILURE,
                                new InstanceId("east-0"),
                                NOW,
                                true,
                                false)))),
                NOW))
        .filteredOn(line -> line.contains("was started"))
        .containsExactly(
            "a resilver was started: `mooring follow mooring:strait:resilver:west-0-1893456000`"
                + " shows it",
            "a run that sets synchronous_standby_names was started:"
                + " `mooring follow mooring:strait:replication:relax-1893456000` shows it",
            "a failover was started:"
                + " `mooring follow mooring:strait:failover:primary-down-1893456000` shows it",
            "a failover that waits until the primary is gone was started:"
                + " `mooring follow mooring:strait:failover:watch-1893456000` shows it");
  }

  @Test
  void the_worst_is_the_exit_code() {
    assertThat(MonitorLines.exitCode(watch(List.of()))).isEqualTo(ExitCode.DONE);
    assertThat(MonitorLines.exitCode(watch(List.of(), open(DiagnosisKind.LAG_BYTES))))
        .isEqualTo(ExitCode.STATUS_WARNING);
    assertThat(
            MonitorLines.exitCode(
                watch(List.of(), open(DiagnosisKind.LAG_BYTES), open(DiagnosisKind.TWO_WRITABLE))))
        .isEqualTo(ExitCode.STATUS_CRITICAL);
  }

  @Test
  void nothing_is_good_before_it_was_seen() {
    for (List<SiteState> sites :
        List.of(
            List.<SiteState>of(),
            List.of(
                new SiteState(
                    new SiteName("east"), SiteState.Seen.NOT_YET, "", List.of(), List.of())),
            List.of(
                new SiteState(
                    new SiteName("east"),
                    SiteState.Seen.WATCHED,
                    "",
                    List.of(),
                    List.of(new InstanceId("east-0")))))) {
      Optional<WatchState> begins =
          Optional.of(new WatchState(NOW, List.of(), sites, List.of(), List.of()));
      assertThat(MonitorLines.exitCode(begins)).isEqualTo(ExitCode.STATUS_WARNING);
      assertThat(MonitorLines.of(STRAIT, begins, NOW)).doesNotContain("no diagnosis is open");
      assertThat(begins.orElseThrow().headline()).isNotEqualTo("nothing is wrong");
    }
  }

  @Test
  void a_cluster_that_nobody_watches_is_a_warning() {
    assertThat(MonitorLines.of(STRAIT, Optional.empty(), NOW).get(0))
        .isEqualTo("no watch runs for strait");
    assertThat(MonitorLines.exitCode(Optional.empty())).isEqualTo(ExitCode.STATUS_WARNING);
  }
}
