package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.publish.PublishStep;
import dev.mooring.worker.MooringWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Temporal server is killed in the middle of a run: for a moment, or with all it knew. */
@Tag("all")
@Tag("heavy")
class TemporalRestartedIT {
  private static Stage stage;
  private static Sites sites;

  @TempDir Path directory;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    stage.publish();
    stage.consume();
    stage.clients().begin();
  }

  @AfterEach
  void bothSidesAreExact() {
    stage.assertAll();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void a_consume_goes_on_and_starts_nothing_twice() throws IOException {
    String point = stage.publish().restorePoint();
    long before = starts();
    stage.hooks.after(ConsumeStep.START_ALL, stage.service::crash);

    ConsumeResult consumed = stage.consume();

    assertThat(consumed.restorePoint()).isEqualTo(point);
    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(sites.mooredAt()).isEqualTo(point);
    assertThat(consumed.degraded()).as("what was started once more").isEmpty();
    assertThat(starts()).isEqualTo(before + 1);
  }

  @Test
  void a_publish_goes_on_and_makes_its_point_once() {
    String before = sites.latest().name().value();
    String since = sites.targetFile(0);
    stage.hooks.after(PublishStep.SWITCH_WAL, stage.service::crash);

    String point = stage.publish().restorePoint();

    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(sites.latest().name().value()).isEqualTo(point);
    assertThat(sites.pointsSince(since)).containsExactly(before, point);
  }

  @Test
  void a_server_that_knows_of_no_run_goes_on_from_the_evidence_store() throws IOException {
    int receipts = sites.receipts().size();
    loseAllInTheMiddleOfAConsume();
    String before = sites.latest().name().value();
    long epoch = sites.epochAtWest();
    assertThat(sites.mooredAt()).isNotEqualTo(before);
    sites.fillWalFiles(0, 1);
    try (Service empty = new Service("empty-" + stage.lab.name());
        MooringWorker worker = stage.workerOf(empty)) {
      assertThat(worker.isServing()).isTrue();

      PublishResult published =
          empty.start("PublishCycle", stage.publishRequest()).getResult(PublishResult.class);
      ConsumeResult consumed =
          empty.start("DrConsume", stage.consumeRequest("latest")).getResult(ConsumeResult.class);

      assertThat(published.restorePoint()).isNotEqualTo(before);
      assertThat(consumed.restorePoint()).isEqualTo(published.restorePoint());
      assertThat(sites.mooredAt()).isEqualTo(published.restorePoint());
      assertThat(sites.epochAtWest()).isGreaterThan(epoch);
      assertThat(sites.receipts()).hasSize(receipts + 3);
      Answer verified = new Mooring(stage.lab.environment(), empty.address()).type("verify");
      assertThat(verified.status()).as(verified.out()).isZero();
      assertThat(verified.out()).contains(receipts + 3 + " receipts in one chain");
    }
  }

  /** Server and worker end while an instance is being started: its script on the host goes on. */
  private void loseAllInTheMiddleOfAConsume() throws IOException {
    long ended = endedStarts();
    HeldProgram starts = HeldProgram.starts(stage.lab, sites.west(0));
    String programs = stage.lab.postgresPrograms().toString();
    try (Service lost = new Service("lost-" + stage.lab.name());
        WorkerProcess worker = worker(lost)) {
      stage.manage(sites.west(0), starts.programs());
      lost.start("PublishCycle", stage.publishRequest()).getResult(PublishResult.class);
      lost.start("DrConsume", stage.consumeRequest("latest"));
      Soon.soon("a start is held on its host", starts::reached);
      lost.lose();
      worker.kill();
      starts.release();
    }
    stage.amendClusterFile(now -> now.replace(starts.programs().toString(), programs));
    Soon.soon("what was begun is ended by nobody but itself", () -> endedStarts() > ended);
  }

  /** How often the copy was started. */
  private static long starts() throws IOException {
    try (Stream<Path> files = Files.list(logs())) {
      return files.count();
    }
  }

  private static Path logs() {
    return sites.west(0).host().mooring().resolve(stage.lab.name() + "/west-0.starts");
  }

  /** How many starts of the copy have a log that ends with its shutdown. */
  private static long endedStarts() throws IOException {
    try (Stream<Path> files = Files.list(logs())) {
      return files.filter(log -> Sites.says(log, "database system is shut down")).count();
    }
  }

  private WorkerProcess worker(Service of) {
    return WorkerProcess.ofBothSites(stage.lab, of.address(), directory.resolve("worker.log"));
  }
}
