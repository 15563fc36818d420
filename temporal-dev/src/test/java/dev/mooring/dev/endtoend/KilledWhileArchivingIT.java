package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.publish.PublishResult;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker killed while a restore point waits for its archive, and nobody there to take over. */
@Timeout(180)
@Tag("all")
@Tag("heavy")
class KilledWhileArchivingIT {
  private static Stage stage;
  private static Sites sites;

  @TempDir Path directory;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    stage.clients().begin();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void leaves_a_manifest_that_is_not_ready_and_the_next_worker_makes_it_so() throws IOException {
    String first = stage.publish().restorePoint();
    stage.amendClusterFile(now -> now.replace("archiveWait: PT20S", "archiveWait: PT120S"));
    stage.dismissWorker();
    stage.lab.faults().archiveOff(0);
    WorkflowStub run = stage.startPublish();
    try (WorkerProcess killed = worker("killed")) {
      Soon.soon("the pending manifest is there", () -> !pending().isEmpty());
      assertThat(killed.starts()).isEqualTo(1);
    }

    assertThat(pending()).hasSize(1);
    String point = pending().get(0).replace(".pending.json", "");
    assertThat(point).isNotEqualTo(first);
    assertThat(Sites.read(sites.manifestFile(point + ".pending"))).contains("\"ready\": false");
    assertThat(sites.manifestFile(point)).doesNotExist();
    assertThat(sites.latest().name().value()).isEqualTo(first);
    assertThat(stage.mooring().type("logs --n 9999").out()).contains(first).contains(point);

    stage.lab.faults().archiveOn(0);
    try (WorkerProcess next = worker("next")) {
      assertThat(run.getResult(PublishResult.class).restorePoint()).isEqualTo(point);
      assertThat(next.starts()).isEqualTo(1);
    }
    assertThat(sites.latest().name().value()).isEqualTo(point);
    assertThat(sites.latest().isReady()).isTrue();
    stage.assertAll();
  }

  /** A worker of both sites; closing it kills it as kill -9 does. */
  private WorkerProcess worker(String name) {
    return WorkerProcess.ofBothSites(
        stage.lab, stage.service.address(), directory.resolve(name + ".log"));
  }

  private static List<String> pending() throws IOException {
    try (Stream<Path> files = Files.list(sites.manifestFile("LATEST").getParent())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".pending.json"))
          .toList();
    }
  }
}
