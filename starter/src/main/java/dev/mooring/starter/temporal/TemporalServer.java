package dev.mooring.starter.temporal;

import dev.mooring.activities.temporal.ServiceProfile;
import dev.mooring.activities.temporal.ServiceRefused;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.wire.RunbookDataConverter;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.common.converter.DataConverter;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection to the Temporal service, in one namespace. */
public final class TemporalServer implements AutoCloseable {
  private static final String HINT =
      "start it (`temporal-dev/up` starts a local one), or name another with --address or"
          + " TEMPORAL_ADDRESS";
  private static final Duration KNOCK = Duration.ofMillis(500);
  private static final Duration CALL = Duration.ofSeconds(10);

  private final NetworkThread network;
  private final WorkflowServiceStubs stubs;
  private final WorkflowClient client;
  private final boolean embedded;

  private TemporalServer(
      NetworkThread network, WorkflowServiceStubs stubs, WorkflowClient client, boolean embedded) {
    this.network = network;
    this.stubs = stubs;
    this.client = client;
    this.embedded = embedded;
  }

  /** Begins to connect, while the caller does something else. */
  public static Connecting connecting(ServerChoice choice) {
    return new Connecting(CompletableFuture.supplyAsync(() -> connect(choice)));
  }

  /** Connects, or says in one sentence why not. */
  public static TemporalServer connect(ServerChoice choice) {
    try {
      ServiceProfile profile =
          ServiceProfile.read(choice.address(), choice.namespace(), choice.environment());
      return connect(profile, profile.stubs(), choice.patience());
    } catch (ServiceRefused refused) {
      throw CommandFailure.failed(refused.fact(), refused.hint(), refused);
    }
  }

  private static TemporalServer connect(
      ServiceProfile profile, WorkflowServiceStubsOptions asked, Duration patience) {
    NetworkThread network = new NetworkThread();
    try {
      return connect(network, profile, asked, patience);
    } catch (RuntimeException failure) {
      network.close();
      throw failure;
    }
  }

  private static TemporalServer connect(
      NetworkThread network,
      ServiceProfile profile,
      WorkflowServiceStubsOptions asked,
      Duration patience) {
    WorkflowServiceStubsOptions options =
        WorkflowServiceStubsOptions.newBuilder(asked)
            .setRpcTimeout(CALL)
            .setRpcQueryTimeout(CALL)
            // the profile's own gives the connection the name that the certificate must have
            .setChannelInitializer(network.carrying(asked.getChannelInitializer()))
            .validateAndBuildWithDefaults();
    tryConnection(options.getTarget());
    // made while the connection is: each takes a tenth of a second of a new JVM
    CompletableFuture<DataConverter> converter =
        CompletableFuture.supplyAsync(RunbookDataConverter::create);
    WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(options);
    try {
      stubs.connect(patience);
    } catch (RuntimeException unanswered) {
      stubs.shutdownNow();
      throw profile.away(options.getTarget(), unanswered);
    }
    WorkflowClientOptions client =
        WorkflowClientOptions.newBuilder(profile.client())
            .setDataConverter(converter.join())
            .build();
    return new TemporalServer(network, stubs, WorkflowClient.newInstance(stubs, client), false);
  }

  /** A service of this process, whose worker is in it too. */
  static TemporalServer embedded(WorkflowClient client) {
    return new TemporalServer(new NetworkThread(), client.getWorkflowServiceStubs(), client, true);
  }

  /** Whether it is one of this process: a worker serves every queue of it. */
  boolean isEmbedded() {
    return embedded;
  }

  /** A refused connection is known at once; gRPC would go on trying until its time is up. */
  private static void tryConnection(String target) {
    int colon = target.lastIndexOf(':');
    String port = target.substring(colon + 1);
    if (colon <= 0 || target.contains("/") || !port.matches("[0-9]{1,5}")) {
      return;
    }
    String host = target.substring(0, colon).replaceAll("[\\[\\]]", "");
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, Integer.parseInt(port)), (int) KNOCK.toMillis());
    } catch (ConnectException refused) {
      throw away(target, refused.getMessage(), refused);
    } catch (UnknownHostException nameless) {
      throw away(target, "no address is known of the name " + host, nameless);
    } catch (IOException | IllegalArgumentException silent) {
      // gRPC waits longer, and is the one to say so
      return;
    }
  }

  private static CommandFailure away(String target, @Nullable String why, Throwable cause) {
    return CommandFailure.failed(
        "no Temporal server answers at " + target + ": " + why, HINT, cause);
  }

  /** A refusal of the service as one sentence. */
  public CommandFailure refusal(StatusRuntimeException failure) {
    String said = failure.getStatus().getDescription();
    String fact = "Temporal at " + address() + " refused: " + (said == null ? failure : said);
    return switch (failure.getStatus().getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED -> away(address(), failure.getMessage(), failure);
      case NOT_FOUND ->
          CommandFailure.failed(
              fact, "check --namespace (now " + namespace() + ") and --address", failure);
      case INVALID_ARGUMENT ->
          CommandFailure.failed(
              fact, "`mooring setup` registers the search attributes of a namespace", failure);
      case PERMISSION_DENIED, UNAUTHENTICATED ->
          CommandFailure.failed(fact, "check the API key or the client certificate", failure);
      default -> CommandFailure.failed(fact, "", failure);
    };
  }

  /** The same of a call of the client; what the service did not refuse stays as it is. */
  RuntimeException refusal(WorkflowServiceException failure) {
    return failure.getCause() instanceof StatusRuntimeException status ? refusal(status) : failure;
  }

  /** The client. */
  public WorkflowClient client() {
    return client;
  }

  WorkflowServiceStubs stubs() {
    return stubs;
  }

  /** The raw service, each call with a deadline. */
  WorkflowServiceBlockingStub service() {
    return stubs.blockingStub().withDeadlineAfter(CALL.toSeconds(), TimeUnit.SECONDS);
  }

  /** A run as the client reads it. */
  WorkflowStub stub(RunReference run) {
    return client.newUntypedWorkflowStub(
        WorkflowTargetOptions.newBuilder()
            .setWorkflowId(run.workflowId())
            .setRunId(run.runId())
            .build(),
        Optional.of(run.runbook()));
  }

  /** Where it is. */
  public String address() {
    return stubs.getOptions().getTarget();
  }

  /** The namespace. */
  public String namespace() {
    return client.getOptions().getNamespace();
  }

  @Override
  public void close() {
    stubs.shutdownNow();
    network.close();
  }
}
