package dev.mooring.runbook.members;

import dev.mooring.port.Call;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowSemaphore;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The order of one run's acts on members: one after another on each host, since each keeps the
 * host's lock, and each under its own number. Without one the host refuses an act if another of the
 * same step on the same instance needed a second attempt before it.
 *
 * <p>A run has one of these for all acts of its steps that act on an instance more than once: a
 * second one would begin with number 1 again, and hosts would refuse its acts.
 */
public final class ActOrder {
  private final SortedMap<HostName, WorkflowSemaphore> hosts = new TreeMap<>();
  private int acts;

  /** Acts on a member once the acts before it on that host have ended. */
  public <T> T act(Instance on, Call call, Function<Call, T> act) {
    WorkflowSemaphore host =
        hosts.computeIfAbsent(on.host(), name -> Workflow.newWorkflowSemaphore(1));
    host.acquire();
    try {
      acts++;
      return act.apply(call.asAct(acts));
    } finally {
      host.release();
    }
  }
}
