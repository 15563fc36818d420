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

/** By what a standby takes the place of a primary that is gone: what differs in looking at it. */
interface FailoverMeans {

  /** Who the primary was. */
  Verdict<Instance> old(Call call, ObservedMembers all);

  /** What must hold, row by row. */
  List<CheckRow> checks(ObservedFailover observed, Move move);

  /** What a plan's digest covers. */
  List<String> objects(ObservedFailover observed, Move move, List<Instance> followers);

  /** How a person does the same without Mooring. */
  List<String> byHand(ObservedFailover observed, Move move);

  /** Whether what blocks a run there does not block a person. */
  default boolean isLeftOutByHand(CheckRow row) {
    return false;
  }

  /** Acts of Mooring's own on the hosts, a fence before all others. */
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

    /** A person who does it by hand decides what may be lost. */
    @Override
    public boolean isLeftOutByHand(CheckRow row) {
      return row.id().equals(FailoverRule.FETCH_WAL.text());
    }
  }
}
