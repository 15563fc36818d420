package dev.mooring.runbook.notice;

import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.topology.NoticePolicy;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.List;

/**
 * Sends one notice through every channel of its cluster that wants it: a run of its own, so that
 * the run it is about neither waits for it nor ends it. Its id is the notice's key.
 */
@WorkflowInterface
public interface NoticeWorkflow {

  /**
   * Sends it; each channel is tried for a day, with longer and longer waits, and once where a
   * person tries whether notices arrive. A channel through which nothing could be sent fails the
   * run, but for that person it is an answer.
   *
   * @param policy the channels as the run that begins it read them: the cluster file may be away by
   *     now
   */
  @WorkflowMethod(name = "Notice")
  Sent send(Notice notice, NoticePolicy policy);

  /**
   * What became of it, one sentence for each channel.
   *
   * @param sent what those answered that took it
   * @param unsent why the others did not
   */
  record Sent(List<String> sent, List<String> unsent) {
    public Sent {
      sent = List.copyOf(sent);
      unsent = List.copyOf(unsent);
    }
  }
}
