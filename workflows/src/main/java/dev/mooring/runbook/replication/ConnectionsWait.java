package dev.mooring.runbook.replication;

import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Waits until standbys stream by the connections that they were given. One whose receiver has not
 * ended yet streams on by the connection it had, and would be taken for one that does.
 */
record ConnectionsWait(Cluster cluster) {
  private static final Duration FIRST = Duration.ofMillis(200);
  private static final Duration AT_MOST = Duration.ofSeconds(10);

  void until(List<Instance> standbys, Call call) {
    long end = Workflow.currentTimeMillis() + SetUpReplication.STREAMS_WITHIN.toMillis();
    ReplicationCalls calls = new ReplicationCalls(cluster, true, Optional.empty());
    for (Duration pause = FIRST; ; pause = DurationText.twice(pause, AT_MOST)) {
      Connections seen = new Connections(cluster, RunContext.failUnless(calls.members(call)));
      List<Instance> not = standbys.stream().filter(one -> !seen.isAsked(one)).toList();
      if (not.isEmpty()) {
        return;
      }
      if (Workflow.currentTimeMillis() >= end) {
        throw RunbookStop.failed(
            FailureCode.NOT_CAUGHT_UP,
            String.join("; ", not.stream().map(one -> inWords(one, seen)).toList()));
      }
      Workflow.sleep(pause);
    }
  }

  private static String inWords(Instance standby, Connections seen) {
    List<String> differences = seen.differences(standby);
    return standby.id()
        + " does not stream by the connection of the cluster file"
        + (differences.isEmpty() ? "" : ": " + String.join(", ", differences));
  }
}
