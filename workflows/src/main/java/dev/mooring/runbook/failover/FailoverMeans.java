package dev.mooring.runbook.failover;

import dev.mooring.port.Call;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.members.HandProcedure;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;

/** How a failover is done, by Mooring or by Patroni: what differs in observing it. */
interface FailoverMeans {

  /** The primary that is gone. */
  Verdict<Instance> old(Call call, ObservedMembers all);

  List<CheckRow> checks(ObservedFailover observed, Move move);

  /** The plan lines that its digest covers. */
  List<String> objects(ObservedFailover observed, Move move, List<Instance> followers);

  /** The procedure without Mooring. */
  List<String> byHand(ObservedFailover observed, Move move);

  /** Whether the row blocks only a run, and not an operator who follows the procedure by hand. */
  default boolean isLeftOutByHand(CheckRow row) {
    return false;
  }

  /** Mooring promotes by its own acts on the hosts, and fences first. */
  record Own(Cluster cluster, FailoverRequest request) implements FailoverMeans {
    @Override
    public Verdict<Instance> old(Call call, ObservedMembers all) {
      return OldPrimary.of(cluster, all, request.from());
    }

    @Override
    public List<CheckRow> checks(ObservedFailover observed, Move move) {
      return FailoverChecks.of(request, observed, move);
    }

    @Override
    public List<String> objects(ObservedFailover observed, Move move, List<Instance> followers) {
      return FailoverPlan.objects(request, observed, move, followers);
    }

    @Override
    public List<String> byHand(ObservedFailover observed, Move move) {
      return new HandProcedure(move).withoutOld(!observed.hostAnswersTo().isEmpty());
    }

    /** An operator who promotes by hand decides what may be lost. */
    @Override
    public boolean isLeftOutByHand(CheckRow row) {
      return row.id().equals(FailoverRule.FETCH_WAL.text());
    }
  }
}
