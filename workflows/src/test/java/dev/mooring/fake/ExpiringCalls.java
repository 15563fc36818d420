package dev.mooring.fake;

import com.google.protobuf.Duration;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.MethodDescriptor;
import io.temporal.api.command.v1.Command;
import io.temporal.api.workflowservice.v1.RespondWorkflowTaskCompletedRequest;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.List;

/**
 * Lets every call that is tried in vain end in its time. The test server (1.38.0) takes a time on a
 * full second for no limit, and tries one call in a thousand for ever: its {@code
 * TestServiceRetryState} asks whether the limit has nanoseconds. So here each has one, which only
 * the message can say: the SDK's own limits are milliseconds.
 */
final class ExpiringCalls implements ClientInterceptor {
  /** What the worker's connection is made with. */
  static WorkflowServiceStubsOptions options() {
    return WorkflowServiceStubsOptions.newBuilder()
        .setGrpcClientInterceptors(List.of(new ExpiringCalls()))
        .build();
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void sendMessage(Q message) {
        super.sendMessage(expiring(message));
      }
    };
  }

  @SuppressWarnings("unchecked") // it stays what it was
  private static <Q> Q expiring(Q message) {
    if (!(message instanceof RespondWorkflowTaskCompletedRequest completed)) {
      return message;
    }
    RespondWorkflowTaskCompletedRequest.Builder expiring = completed.toBuilder();
    for (Command.Builder command : expiring.getCommandsBuilderList()) {
      if (command.hasScheduleActivityTaskCommandAttributes()) {
        Duration.Builder limit =
            command
                .getScheduleActivityTaskCommandAttributesBuilder()
                .getScheduleToCloseTimeoutBuilder();
        if (limit.getSeconds() > 0 || limit.getNanos() > 0) {
          limit.setNanos(limit.getNanos() + 1);
        }
      }
    }
    return (Q) expiring.build();
  }
}
