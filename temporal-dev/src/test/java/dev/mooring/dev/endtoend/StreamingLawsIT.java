package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabFronts;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.resilver.ResilverResult;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the laws see of a cluster that streams, and how each catches it broken on purpose. */
@Tag("heavy")
@Tag("laws")
class StreamingLawsIT {
  private static final DateTimeFormatter IN_LOGS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS 'UTC'").withZone(ZoneOffset.UTC);

  private static final int[] BROKEN = {7, 10, 11, 13};
  private static Stage stage;
  private static Sites sites;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.streaming(1).behind(LabPlan.Front.PGBOUNCER).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    stage.clients().never("controls lose what one primary alone has");
    stage.begin();
  }

  /** What an earlier test left of it is not this one's. */
  @BeforeEach
  void poolerAsInTheBeginning() {
    stage.lab.fronts().orElseThrow().renew();
  }

  @AfterEach
  void backToTheBeginning() {
    for (int law : BROKEN) {
      stage.laws().without(law, "a control broke it on purpose");
    }
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
  void laws_7_10_and_13_catch_what_was_done_twice_or_not_read_and_wal_that_is_no_longer_kept()
      throws IOException {
    LabInstance east = stage.lab.instance("east-0");
    diverge(east, stage.lab.instance("west-0"));
    WorkflowStub looked = asked("Resilver", "", "plan", "");
    looked.getResult(ResilverResult.class);
    String digest = looked.query("plan", Plan.class).digest();
    assertThat(asked("Resilver", "", "execute", digest).getResult(ResilverResult.class).headline())
        .startsWith("standbys again: east-0 by ");
    stage.laws().assertAll();

    startedThrice(east, sites.lastReceipt());
    assertThat(caught(7))
        .singleElement()
        .asString()
        .startsWith("east-0 was started 4 times while Resilver ");
    promotedTwice(stage.lab.instance("west-0"), sites.lastReceipt());
    assertThat(caught(7)).anyMatch(what -> what.startsWith("west-0 was promoted 2 times while "));
    copiedThrice(stage.lab.instance("west-0"), sites.lastReceipt());
    assertThat(caught(7)).anyMatch(what -> what.endsWith("took 3 base backups, of 1 instances"));
    unreadable(authority(east));
    assertThat(caught(10))
        .isNotEmpty()
        .allMatch(what -> what.contains("completed over 0.authority, which can't be read: "));

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

  /**
   * A run of that runbook.
   *
   * @param more of its request, each field with a comma behind it
   */
  private static WorkflowStub asked(String runbook, String more, String mode, String digest) {
    return stage.start(
        runbook,
        String.format(
            "{\"cluster\":\"%s\",%s\"mode\":\"%s\",\"by\":\"alice\",\"digest\":\"%s\"}",
            stage.cluster(), more, mode, digest));
  }

  @Test
  void law_11_catches_a_host_that_would_let_the_old_primary_start() throws IOException {
    String to = "\"to\":\"west-0\",";
    String digest = asked("Switchover", to, "plan", "").getResult(RoleChangeResult.class).digest();
    assertThat(
            asked("Switchover", to, "execute", digest).getResult(RoleChangeResult.class).headline())
        .startsWith("west-0 is the primary, east-0 follows it");
    stage.laws().assertAll();

    Path authority = authority(stage.lab.instance("east-0"));
    String fenced = Files.readString(authority);
    Files.writeString(authority, fenced.replace("writer=none", "writer=east-0"));
    assertThat(caught(11))
        .singleElement()
        .asString()
        .endsWith(" says east-0 may write, by run " + writerRun(fenced));
    Files.delete(authority);
    assertThat(caught(11))
        .singleElement()
        .asString()
        .endsWith(" says nobody may write, by run none");
  }

  private static String writerRun(String authority) {
    return authority
        .lines()
        .filter(line -> line.startsWith("writer_run="))
        .map(line -> line.substring("writer_run=".length()))
        .findFirst()
        .orElseThrow();
  }

  private static Path authority(LabInstance instance) {
    return instance.host().mooring().resolve(stage.cluster()).resolve("0.authority");
  }

  /** Since long ago. */
  private static void unreadable(Path file) throws IOException {
    Files.writeString(file, "what a torn write left");
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
  }

  /** As three more starts in the midst of the run would have left its log. */
  private static void startedThrice(LabInstance instance, Receipt receipt) throws IOException {
    logged(instance, receipt, "starting PostgreSQL 15.0", 3);
  }

  private static void promotedTwice(LabInstance instance, Receipt receipt) throws IOException {
    logged(instance, receipt, "received promote request", 2);
  }

  private static void copiedThrice(LabInstance source, Receipt receipt) throws IOException {
    String label = "LABEL 'mooring " + receipt.run().originalRun() + "'";
    logged(source, receipt, "received replication command: BASE_BACKUP ( " + label + ")", 3);
  }

  private static void logged(LabInstance instance, Receipt receipt, String what, int times)
      throws IOException {
    Instant during = receipt.ending().at().minusMillis(1);
    String line = IN_LOGS.format(during) + " [1] LOG:  " + what + "\n";
    Files.writeString(instance.log(), line.repeat(times), StandardOpenOption.APPEND);
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
