package dev.mooring.worker;

import com.uber.m3.tally.Scope;
import dev.mooring.wire.RunbookDataConverter;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * The way to the Temporal service: its profile, as {@code temporal} itself reads it, and our
 * options.
 */
final class TemporalService implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final WorkflowServiceStubs stubs;
  private final WorkflowClient client;

  private TemporalService(WorkflowServiceStubs stubs, WorkflowClient client) {
    this.stubs = stubs;
    this.client = client;
  }

  /** Connects, or says which address did not answer. */
  static TemporalService connect(
      WorkerConfig.Temporal asked, Map<String, String> environment, Scope metrics) {
    ClientConfigProfile profile = profile(asked, environment);
    WorkflowServiceStubsOptions options =
        WorkflowServiceStubsOptions.newBuilder(profile.toWorkflowServiceStubsOptions())
            .setMetricsScope(metrics)
            .build();
    WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(options);
    try {
      stubs.connect(CONNECT);
    } catch (RuntimeException unreachable) {
      stubs.shutdownNow();
      throw new StartRefused(
          "the Temporal service at "
              + options.getTarget()
              + " does not answer: "
              + cause(unreachable),
          "start it, or name another with --address or TEMPORAL_ADDRESS");
    }
    WorkflowClient client =
        WorkflowClient.newInstance(
            stubs,
            WorkflowClientOptions.newBuilder(profile.toWorkflowClientOptions())
                .setDataConverter(RunbookDataConverter.create())
                .build());
    return new TemporalService(stubs, client);
  }

  private static ClientConfigProfile profile(
      WorkerConfig.Temporal asked, Map<String, String> environment) {
    try {
      ClientConfigProfile.Builder profile =
          ClientConfigProfile.load(
              LoadClientConfigProfileOptions.newBuilder().setEnvOverrides(environment).build())
              .toBuilder();
      asked.address().ifPresent(profile::setAddress);
      asked.namespace().ifPresent(profile::setNamespace);
      return profile.build();
    } catch (IOException | RuntimeException unreadable) {
      throw new StartRefused(
          "the Temporal client profile can't be read: " + unreadable.getMessage(),
          "check TEMPORAL_CONFIG_FILE and TEMPORAL_PROFILE");
    }
  }

  private static String cause(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return String.valueOf(innermost.getMessage());
  }

  WorkflowClient client() {
    return client;
  }

  /** The service's own word for its state, or why there is none. */
  String says() {
    try {
      return stubs.healthCheck().getStatus().name();
    } catch (StatusRuntimeException unanswered) {
      return unanswered.getStatus().getCode().name();
    }
  }

  @Override
  public String toString() {
    return stubs.getOptions().getTarget() + ", namespace " + client.getOptions().getNamespace();
  }

  @Override
  public void close() {
    stubs.shutdownNow();
  }
}
