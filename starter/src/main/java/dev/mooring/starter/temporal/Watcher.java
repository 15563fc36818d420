package dev.mooring.starter.temporal;

import dev.mooring.runbook.Progress;
import java.util.List;

/** Sees a run while it goes on; called from one thread at a time. */
public interface Watcher {

  /** Shows the run's present state. */
  void show(RunView view);

  /**
   * What is known of a run.
   *
   * @param progress its own answer, steps empty while it has not answered
   * @param calls the calls to hosts, databases and stores that are under way
   * @param note what keeps it from going on, or empty
   */
  record RunView(Progress progress, List<PendingCall> calls, String note) {
    public RunView {
      calls = List.copyOf(calls);
    }
  }

  /**
   * A call under way.
   *
   * @param name the activity type
   * @param attempt from 1
   * @param lastFailure why the attempt before failed, or empty
   * @param says what it reported last, or empty
   * @param queue the task queue it waits in while no worker has it, or empty
   */
  record PendingCall(String name, int attempt, String lastFailure, String says, String queue) {}
}
