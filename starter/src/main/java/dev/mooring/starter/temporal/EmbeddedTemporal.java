package dev.mooring.starter.temporal;

import dev.mooring.runbook.SearchAttributes;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Site;
import dev.mooring.wire.RunbookDataConverter;
import dev.mooring.worker.MooringWorker;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.nio.file.Path;
import java.util.Map;

/**
 * Temporal's own test server in this process, and a worker of all sites of one cluster: for a plan
 * while neither Temporal nor a worker answers. Nothing of it outlives the command, so no run here
 * may act: a run that acts must be found again after a crash.
 */
public final class EmbeddedTemporal implements AutoCloseable {
  private final TestWorkflowEnvironment temporal;
  private final MooringWorker worker;
  private final TemporalServer server;

  /**
   * Starts both.
   *
   * @param configDirectory where its cluster file is
   * @param environment where secret references and the home directory are looked up
   */
  public EmbeddedTemporal(Cluster cluster, Path configDirectory, Map<String, String> environment) {
    TestEnvironmentOptions.Builder options =
        TestEnvironmentOptions.newBuilder()
            .setUseTimeskipping(false)
            .setWorkflowClientOptions(
                WorkflowClientOptions.newBuilder()
                    .setDataConverter(RunbookDataConverter.create())
                    .build());
    SearchAttributes.ALL.forEach(
        key -> options.registerSearchAttribute(key.getName(), key.getValueType()));
    this.temporal = TestWorkflowEnvironment.newInstance(options.build());
    this.worker =
        MooringWorker.ofOnePlan(
            temporal.getWorkflowClient(),
            cluster.sites().stream().map(Site::name).toList(),
            configDirectory,
            environment,
            Path.of(environment.getOrDefault("HOME", "/")),
            new SilenceIsAnAnswer());
    this.server = TemporalServer.embedded(temporal.getWorkflowClient());
  }

  /** The service, as commands know one. */
  public TemporalServer server() {
    return server;
  }

  @Override
  public void close() {
    worker.close();
    server.close();
    temporal.close();
  }
}
