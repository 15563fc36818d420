package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnchangedCheckTest {
  private final Cluster cluster = Harbour.cluster(1);
  private final ServerObserved server =
      ObservedInstances.server(Harbour.instance(cluster, "east-0"));

  @Test
  void goes_on_when_the_postmaster_that_made_the_point_still_runs_on_its_timeline() {
    Verdicts.proceeds(judge(server));
  }

  @Test
  void refuses_a_primary_that_no_longer_answers() {
    silent(FailureCode.DATABASE_UNREACHABLE, "connect timed out");
  }

  @Test
  void says_of_a_primary_that_lets_nobody_in_any_more_that_it_does_not() {
    silent(FailureCode.AUTHENTICATION_REFUSED, "password authentication failed");
  }

  private void silent(FailureCode code, String said) {
    InstanceFailure silent = new InstanceFailure(new InstanceId("east-0"), code, said);
    Verdicts.never(
        UnchangedCheck.judge(
            cluster,
            ObservedInstances.manifest(cluster).contents(),
            new ServersObserved(List.of(), List.of(silent))),
        code,
        "east-0 no longer answers: " + said);
  }

  @Test
  void refuses_a_primary_that_was_restarted() {
    changed(
        "east-0 was restarted at 2026-11-20T08:00:01Z (the point was made by the server started at"
            + " 2026-11-20T07:00:00Z)",
        Altered.of(server, "identity.startedAt", "2026-11-20T08:00:01Z"));
  }

  @Test
  void refuses_a_primary_that_left_its_timeline() {
    changed("east-0 left timeline 1 for 2", Altered.of(server, "position.timeline", 2));
  }

  @Test
  void refuses_a_primary_that_is_in_recovery_now() {
    changed("east-0 is in recovery now", Altered.of(server, "position.inRecovery", true));
  }

  @Test
  void refuses_a_content_that_another_instance_accepts_writes_for_too() {
    Verdicts.never(
        judged(beside(false)),
        FailureCode.TWO_PRIMARIES,
        "content 0: mirror0 accepts writes on timeline 2, beside seg0 that made the point: end that"
            + " first, docs/operations/split-brain.md");
  }

  @Test
  void a_mirror_that_can_be_read_is_none_that_accepts_writes() {
    Verdicts.proceeds(judged(beside(true)));
  }

  private static ServerObserved beside(boolean inRecovery) {
    ServerObserved mirror = ObservedInstances.server(Harbour.instance(Harbour.dock(), "mirror0"));
    return Altered.of(
        Altered.of(mirror, "position.timeline", 2), "position.inRecovery", inRecovery);
  }

  private Verdict<List<ContentEvidence>> judged(ServerObserved beside) {
    Cluster dock = Harbour.dock();
    ContentEvidence made = ObservedInstances.manifest(cluster).contents().get(0);
    return UnchangedCheck.judge(
        dock,
        List.of(Altered.of(made, "owner.instance", "seg0")),
        new ServersObserved(
            List.of(beside, ObservedInstances.server(Harbour.instance(dock, "seg0"))), List.of()));
  }

  private void changed(String reason, ServerObserved... seen) {
    Verdicts.never(judge(seen), FailureCode.RESTARTED_MEANWHILE, reason);
  }

  private Verdict<List<ContentEvidence>> judge(ServerObserved... seen) {
    return UnchangedCheck.judge(
        cluster,
        ObservedInstances.manifest(cluster).contents(),
        new ServersObserved(List.of(seen), List.of()));
  }
}
