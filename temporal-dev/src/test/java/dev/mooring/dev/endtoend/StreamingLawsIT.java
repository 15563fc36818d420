package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabFronts;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.resilver.ResilverResult;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the laws see of a cluster that streams, and how each catches it broken on purpose. */
@Timeout(120)
class StreamingLawsIT {
  private static final DateTimeFormatter IN_LOGS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS 'UTC'").withZone(ZoneOffset.UTC);

  private static Stage stage;
  private static Sites sites;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.streaming(1).behind(LabPlan.Front.PGBOUNCER).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    stage.clients().never("controls lose what one primary alone has");
    stage.begin();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.laws().without(7, "a control broke it on purpose");
    stage.laws().without(13, "a control broke it on purpose");
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void law_8_catches_a_pooler_that_holds_clients() {
    LabFronts fronts = stage.lab.fronts().orElseThrow();
    assertThat(caught(8)).isEmpty();

    fronts.tellPooler("PAUSE postgres");
    try {
      assertThat(caught(8)).containsExactly("PgBouncer holds the clients of postgres");
    } finally {
      fronts.tellPooler("RESUME postgres");
    }
  }

  @Test
  void laws_7_and_13_catch_a_third_start_and_wal_that_is_no_longer_kept() throws IOException {
    LabInstance east = stage.lab.instance("east-0");
    diverge(east, stage.lab.instance("west-0"));
    WorkflowStub looked = resilver("plan", "");
    looked.getResult(ResilverResult.class);
    String digest = looked.query("plan", Plan.class).digest();
    assertThat(resilver("execute", digest).getResult(ResilverResult.class).headline())
        .startsWith("good standbys again: east-0 by ");
    assertThat(stage.laws().breaches()).isEmpty();

    startedThrice(east, sites.lastReceipt());
    assertThat(caught(7))
        .singleElement()
        .asString()
        .startsWith("east-0 was started 4 times while Resilver ");

    Path kept = kept(sites.lastReceipt());
    try (Stream<Path> files = Files.list(kept)) {
      Path first =
          files
              .filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
              .findFirst()
              .orElseThrow();
      stage.lab.faults().flipByte(first, 100);
    }
    assertThat(caught(13)).singleElement().asString().startsWith(kept + " is not as Resilver ");
    Files.delete(kept.resolve("SHA256SUMS"));
    assertThat(caught(13)).singleElement().asString().contains("SHA256SUMS is not there as ");
  }

  /** The primary dies with a row that nobody else has, and the standby is promoted after that. */
  private static void diverge(LabInstance primary, LabInstance standby) {
    stage.lab.stop(standby);
    sites.ask(primary, "SELECT pg_logical_emit_message(true, 'lost', 'row')");
    stage.lab.faults().signalAll(primary, Signal.KILL);
    stage.lab.start(standby);
    sites.ask(standby, "SELECT pg_promote()");
  }

  private static WorkflowStub resilver(String mode, String digest) {
    return stage.start(
        "Resilver",
        String.format(
            "{\"cluster\":\"%s\",\"mode\":\"%s\",\"by\":\"alice\",\"digest\":\"%s\"}",
            stage.cluster(), mode, digest));
  }

  /** As three more starts in the midst of the run would have left its log. */
  private static void startedThrice(LabInstance instance, Receipt receipt) throws IOException {
    Instant during = receipt.ending().at().minusMillis(1);
    String line = IN_LOGS.format(during) + " [1] LOG:  starting PostgreSQL 15.0\n";
    Files.writeString(instance.log(), line.repeat(3), StandardOpenOption.APPEND);
  }

  private static Path kept(Receipt receipt) {
    return receipt.seen().proofs().stream()
        .flatMap(proof -> proof.facts().stream())
        .filter(fact -> fact.name().equals("WAL kept"))
        .map(Fact::value)
        .map(value -> Path.of(value.substring(0, value.indexOf(", sealed"))))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> caught(int law) {
    return stage.laws().against(law);
  }
}
