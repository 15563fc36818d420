package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.NoticePolicy.Channel;
import dev.mooring.topology.NoticePolicy.Severity;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.util.List;

/** Sends notices to people. */
@ActivityInterface
public interface NoticeActivities {
  /** The time limit for one answer; a mail server gives several. */
  Duration WITHIN = Duration.ofSeconds(5);

  /**
   * Sends a notice through one channel. If an answer is lost the attempt is repeated: the receiver
   * may get the notice twice, with the same key.
   *
   * @return the receiver's answer; any refusal is {@link FailureCode#NOT_NOTICED}
   */
  Noticed ensureNoticed(EnsureNoticed request);

  record EnsureNoticed(Call call, Channel channel, Notice notice) implements ForCall {}

  record Noticed(String answer) {}

  enum Event {
    /** A run waits for an approval. */
    WAITS,
    /** A run holds until a person decides, or the cause is gone. */
    HOLDS,
    /** A run ended otherwise than Completed. */
    ENDED,
    /** A watch found something wrong with a cluster. */
    OPENED,
    /** A fault that a watch found is over, or the approval of a run is no longer needed. */
    OVER,
    /** A person tests whether notices arrive. */
    TEST
  }

  /**
   * The notice.
   *
   * @param key the same in every attempt and through every channel
   * @param at workflow time
   */
  record Notice(
      String key,
      ClusterName cluster,
      Event event,
      Severity severity,
      SendingRun run,
      Message message,
      String at) {

    /** The same with a link to its run. */
    public Notice linked(String to) {
      SendingRun linked = new SendingRun(run.runbook(), run.workflowId(), run.runId(), to);
      return new Notice(key, cluster, event, severity, linked, message, at);
    }
  }

  /**
   * The run of a notice.
   *
   * @param link to it in the Web UI; empty for none
   */
  record SendingRun(
      String runbook,
      String workflowId,
      String runId,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String link) {}

  /**
   * The text of a notice.
   *
   * @param headline one sentence: what it is
   * @param lines further facts, one sentence each
   * @param next the command to type, or what to do; empty for nothing
   */
  record Message(
      String headline,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<String> lines,
      String next) {
    public Message {
      lines = List.copyOf(lines);
    }

    /** A headline alone. */
    public Message(String headline) {
      this(headline, List.of(), "");
    }
  }
}
