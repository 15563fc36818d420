package dev.mooring.runbook.notice;

import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.topology.NoticePolicy;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.List;

/**
 * Sends one notice through every channel of its cluster that wants it. It is a run of its own, so
 * that the reporting run neither waits for it nor ends it. Its id is the notice's key.
 */
@WorkflowInterface
public interface NoticeWorkflow {

  /**
   * Sends it. Each channel is tried for a day with growing waits, but only once if a person tests
   * whether notices arrive. A channel that failed fails the run; in a test it is an answer.
   *
   * @param policy the channels as the starting run read them: the cluster file may be unreadable by
   *     now
   */
  @WorkflowMethod(name = "Notice")
  Sent send(Notice notice, NoticePolicy policy);

  /**
   * The result, one sentence for each channel.
   *
   * @param sent the answers of the receivers that accepted it
   * @param unsent why the others did not
   */
  record Sent(List<String> sent, List<String> unsent) {
    public Sent {
      sent = List.copyOf(sent);
      unsent = List.copyOf(unsent);
    }
  }
}
