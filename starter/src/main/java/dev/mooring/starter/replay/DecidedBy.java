package dev.mooring.starter.replay;

import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The releases that took a run's decisions: workers name theirs in the identity they send. */
public final class DecidedBy {
  private static final Pattern RELEASE = Pattern.compile(" mooring/(\\S+)$");

  private DecidedBy() {}

  /** The releases; none if the workers named none, as workers before 0.1.0 did. */
  public static Set<String> releases(WorkflowExecutionHistory history) {
    Set<String> releases = new TreeSet<>();
    history.getEvents().stream()
        .filter(HistoryEvent::hasWorkflowTaskCompletedEventAttributes)
        .map(event -> event.getWorkflowTaskCompletedEventAttributes().getIdentity())
        .map(RELEASE::matcher)
        .filter(Matcher::find)
        .forEach(found -> releases.add(found.group(1)));
    return releases;
  }
}
