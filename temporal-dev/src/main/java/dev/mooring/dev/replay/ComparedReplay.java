package dev.mooring.dev.replay;

import dev.mooring.starter.replay.HistoryReplay;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.List;
import java.util.Optional;

/**
 * Replays histories and compares the results with the record: the input of each activity, and the
 * ending. A changed runbook that decides otherwise shows here, also if it sends Temporal the same
 * commands. Not thread-safe.
 */
final class ComparedReplay implements AutoCloseable {
  private final ReplayedActs acts = new ReplayedActs();
  private final Differences differences = new Differences();
  private final HistoryReplay replay;

  /** With the runbooks of this work tree. */
  ComparedReplay() {
    this(HistoryReplay.WORKFLOWS);
  }

  /** With these workflows. */
  ComparedReplay(List<Class<?>> workflows) {
    replay = new HistoryReplay(workflows, acts);
  }

  /** The first difference, in words; empty if the results are the same. */
  Optional<String> differs(WorkflowExecutionHistory history) {
    acts.clear();
    return replay
        .fails(history)
        .or(() -> differences.first(history.getEvents(), acts.acts()))
        .or(() -> new RecordedEnding(history.getEvents()).differs(acts.ending()));
  }

  @Override
  public void close() {
    replay.close();
  }
}
