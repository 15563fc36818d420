package dev.mooring.runbook.notice;

import dev.mooring.authority.Epoch;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.NoticeActivities;
import dev.mooring.port.NoticeActivities.EnsureNoticed;
import dev.mooring.port.NoticeActivities.Event;
import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.port.NoticeActivities.Noticed;
import dev.mooring.topology.NoticePolicy;
import dev.mooring.topology.NoticePolicy.Channel;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;

/** The run Notice; see {@link NoticeWorkflow}. */
public final class NoticeImpl implements NoticeWorkflow {
  private record Sending(Channel channel, Promise<Noticed> answer) {}

  @Override
  public Sent send(Notice notice, NoticePolicy policy) {
    Notice linked = notice.linked(link(policy, notice));
    List<Sending> sendings =
        policy.channels().stream()
            .filter(one -> notice.event() == Event.TEST || one.wants(notice.severity()))
            .map(one -> new Sending(one, begin(one, linked)))
            .toList();
    List<String> sent = new ArrayList<>();
    List<String> unsent = new ArrayList<>();
    for (Sending one : sendings) {
      try {
        sent.add(one.channel().name() + ": " + one.answer().get().answer());
      } catch (TemporalFailure e) {
        unsent.add(one.channel().name() + ": " + why(e));
      }
    }
    if (!unsent.isEmpty() && notice.event() != Event.TEST) {
      throw ApplicationFailure.newNonRetryableFailure(
          String.join("; ", unsent), FailureCode.NOT_NOTICED.name());
    }
    return new Sent(sent, unsent);
  }

  /** The adapter's message without the hint, or Temporal's. */
  private static String why(TemporalFailure failure) {
    String words =
        failure.getCause() instanceof ApplicationFailure refusal
            ? refusal.getOriginalMessage()
            : String.valueOf(failure.getMessage());
    return words.lines().findFirst().orElse("");
  }

  private static Promise<Noticed> begin(Channel channel, Notice notice) {
    Call call = new Call(notice.cluster(), notice.run().runId(), "NOTICE", 0, Epoch.NONE);
    NoticeActivities port =
        Workflow.newActivityStub(
            NoticeActivities.class,
            notice.event() == Event.TEST
                ? ActivityPolicies.noticeOnce("try " + channel.name())
                : ActivityPolicies.notice("notify " + channel.name()));
    return Async.function(port::ensureNoticed, new EnsureNoticed(call, channel, notice));
  }

  private static String link(NoticePolicy policy, Notice notice) {
    // the run of a test is this one
    String runId =
        notice.event() == Event.TEST ? Workflow.getInfo().getRunId() : notice.run().runId();
    return policy.webUi().isEmpty()
        ? ""
        : String.format(
            "%s/namespaces/%s/workflows/%s/%s/history",
            policy.webUi(), Workflow.getInfo().getNamespace(), notice.run().workflowId(), runId);
  }
}
