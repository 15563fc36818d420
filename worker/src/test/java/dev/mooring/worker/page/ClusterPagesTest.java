package dev.mooring.worker.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.temporal.TemporalRunActivities;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a worker whose Temporal is gone. */
class ClusterPagesTest {
  @TempDir Path directory;

  @Test
  void a_temporal_that_is_gone_is_said_in_time() throws Exception {
    Files.writeString(directory.resolve("strait.yaml"), "cluster: strait\n");
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget("127.0.0.1:1").build());
    WorkflowClient client = WorkflowClient.newInstance(stubs);
    try (ClusterPages pages =
        new ClusterPages(
            client,
            new ClusterFiles(directory, List.of()),
            new TemporalRunActivities(client),
            Duration.ofMillis(300))) {
      assertThat(pages.page().get(10, TimeUnit.SECONDS))
          .contains("<h1>strait is unknown</h1>", "no answer within", "mooring whois strait");
    } finally {
      stubs.shutdownNow();
    }
  }
}
