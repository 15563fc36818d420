package dev.mooring.runbook.resilver;

import dev.mooring.port.Call;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.members.CopyActs;
import dev.mooring.runbook.resilver.RejoinChoice.Rated;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import java.util.ArrayList;
import java.util.List;

/** Runs an administrator's own commands around a resilver, one instance after another. */
record OwnCommands(Cluster cluster, CopyActs copies, Steps run, RejoinChoice chosen) {
  /** One that ends badly stops the run: nothing was touched yet. */
  void before() {
    for (OwnCommand own : OwnCommand.before(cluster)) {
      run.step(
          ResilverStep.RUN_BEFORE,
          () -> {
            chosen.fromTheTop().forEach(one -> ran(own, one, run.call(ResilverStep.RUN_BEFORE)));
          },
          Undo.nothing("what a command of the cluster file did is its author's to undo"));
    }
  }

  /** A command that ends badly is not run again: only one whose worker is lost. */
  private void ran(OwnCommand own, Rated one, Call call) {
    InstanceId primary = chosen.primary().id();
    String printed =
        copies
            .run(call, one.instance(), own.setting(), own.template(), primary, own.within())
            .printed();
    chosen.proof(one, own.setting(), printed.isEmpty() ? "ended well" : "printed " + printed);
  }

  /**
   * The instances are good standbys also if it fails.
   *
   * @return those for which it ended badly, one sentence each
   */
  List<String> after() {
    List<String> failed = new ArrayList<>();
    for (OwnCommand own : OwnCommand.after(cluster)) {
      run.forward(
          ResilverStep.RUN_AFTER,
          () -> {
            chosen.fromTheTop().forEach(one -> ranOrFailed(own, one, failed));
          });
    }
    return failed;
  }

  private void ranOrFailed(OwnCommand own, Rated one, List<String> failed) {
    try {
      ran(own, one, run.call(ResilverStep.RUN_AFTER));
    } catch (TemporalFailure e) {
      failed.add(
          one.instance().id()
              + ": "
              + own.setting()
              + " did not end well: "
              + Explained.unlessStopped(e).sentence());
    }
  }
}
