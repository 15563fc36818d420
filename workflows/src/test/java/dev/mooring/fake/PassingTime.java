package dev.mooring.fake;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInfo;
import io.temporal.api.workflowservice.v1.RecordActivityTaskHeartbeatRequest;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Time that passes inside an activity as it does on a worker: the activity's heart goes on beating.
 * Else the test server holds the activity for lost, tries it again beside itself, and counts its
 * time locks wrong.
 */
final class PassingTime {
  /** Within the heartbeat time-out of every policy. */
  private static final Duration BEAT = Duration.ofSeconds(4);

  private final TestWorkflowEnvironment temporal;

  /** The ids of activities in which time passes right now. */
  private final Set<String> waiting = ConcurrentHashMap.newKeySet();

  PassingTime(TestWorkflowEnvironment temporal) {
    this.temporal = temporal;
  }

  /** What lets that time pass for the activity of this thread; it may run in another. */
  Runnable of(Duration time) {
    ActivityInfo activity = Activity.getExecutionContext().getInfo();
    ByteString token = ByteString.copyFrom(activity.getTaskToken());
    return () -> {
      waiting.add(activity.getActivityId());
      try {
        Duration left = time;
        while (left.compareTo(BEAT) > 0) {
          temporal.sleep(BEAT);
          left = left.minus(BEAT);
          beat(activity.getNamespace(), token);
        }
        temporal.sleep(left);
      } finally {
        waiting.remove(activity.getActivityId());
      }
    };
  }

  /** Whether that activity does nothing but wait. */
  boolean isWaiting(String activityId) {
    return waiting.contains(activityId);
  }

  private void beat(String namespace, ByteString token) {
    try {
      temporal
          .getWorkflowServiceStubs()
          .blockingStub()
          .recordActivityTaskHeartbeat(
              RecordActivityTaskHeartbeatRequest.newBuilder()
                  .setNamespace(namespace)
                  .setTaskToken(token)
                  .build());
    } catch (StatusRuntimeException overAlready) {
      // its time is over or its run is; a worker's call goes on all the same
    }
  }
}
