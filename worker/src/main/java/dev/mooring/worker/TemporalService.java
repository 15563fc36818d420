package dev.mooring.worker;

import com.uber.m3.tally.Scope;
import dev.mooring.activities.temporal.ServiceProfile;
import dev.mooring.activities.temporal.ServiceRefused;
import dev.mooring.wire.RunbookDataConverter;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
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

  /** Connects, or refuses with the reason. */
  static TemporalService connect(
      WorkerConfig.Temporal asked, Map<String, String> environment, Scope metrics) {
    try {
      return connect(ServiceProfile.read(asked.address(), asked.namespace(), environment), metrics);
    } catch (ServiceRefused refused) {
      throw new StartRefused(refused.fact(), refused.hint());
    }
  }

  private static TemporalService connect(ServiceProfile profile, Scope metrics) {
    WorkflowServiceStubsOptions options =
        WorkflowServiceStubsOptions.newBuilder(profile.stubs()).setMetricsScope(metrics).build();
    WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(options);
    try {
      stubs.connect(CONNECT);
    } catch (RuntimeException unreachable) {
      stubs.shutdownNow();
      throw profile.away(options.getTarget(), unreachable);
    }
    WorkflowClient client = WorkflowClient.newInstance(stubs, identified(profile));
    return new TemporalService(stubs, client);
  }

  /**
   * The release is in the identity that the worker writes to Temporal, histories too: it names the
   * release whose code took a decision.
   */
  private static WorkflowClientOptions identified(ServiceProfile profile) {
    WorkflowClientOptions options =
        WorkflowClientOptions.newBuilder(profile.client())
            .setDataConverter(RunbookDataConverter.create())
            .validateAndBuildWithDefaults();
    return WorkerMain.release()
        .map(release -> options.getIdentity() + " mooring/" + release)
        .map(named -> WorkflowClientOptions.newBuilder(options).setIdentity(named).build())
        .orElse(options);
  }

  WorkflowClient client() {
    return client;
  }

  /** The state that the service reports, or why it reports none. */
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
