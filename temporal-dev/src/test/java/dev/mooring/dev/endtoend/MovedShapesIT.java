package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.resilver.ResilverResult;
import dev.mooring.worker.MooringWorker;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A primary goes there, back by a rewind, and there again in a cluster that has all there is beside
 * streaming standbys: a cascade, one that the archive feeds, a tablespace, a pg_wal that is a link,
 * and an endpoint of each kind. One stage, in order.
 */
@Tag("root") // only root gives addresses
@Tag("all")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("heavy")
class MovedShapesIT {
  /** For standbys on the lab's hosts to stream. */
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

  private static Stage stage;
  private static MovedShapes shapes;

  @BeforeAll
  static void raise() {
    stage =
        new Stage(
            LabPlan.streaming(3)
                .behind(LabPlan.Front.PGBOUNCER, LabPlan.Front.HAPROXY)
                .following("west-1", "west-0")
                .following("east-1", "archive")
                .named("skerry"));
    shapes = new MovedShapes(stage.lab);
    shapes.makeTablespace();
    List.of("east-1", "west-1", "west-0", "east-0").forEach(shapes::linkWal);
    shapes.allowAddresses();
    shapes.leadByHand("west-0", "east-0");
    stage.amendClusterFile(shapes::withEndpoints);
    stage.begin();
  }

  @BeforeEach
  void clientsWrite() {
    stage.clients().begin();
  }

  /** Nothing that clients were promised is lost. */
  @AfterEach
  void lawsHold() {
    stage.assertAll();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  @Order(1)
  void a_cascade_one_that_the_archive_feeds_and_every_endpoint_go_along_with_the_primary() {
    RoleChangeResult moved = move("west-0");

    assertThat(moved.degraded()).isEmpty();
    assertThat(ask("east-1", "SELECT pg_last_wal_replay_lsn() > '" + fork(moved) + "'"))
        .as("it was waited for until it had come to the new timeline")
        .isEqualTo("t");
    assertAllAt("west-0", 2, 2);
  }

  /** West-0 dies with a row that nobody else has, west-1 loses its data, and a person promotes. */
  @Test
  @Order(2)
  void the_side_that_was_lost_is_rewound_and_copied_and_has_the_primary_again() {
    divergeWest();
    LabInstance lost = stage.lab.instance("west-1");
    stage.lab.faults().signalAll(lost, Signal.KILL);
    stage.lab.run(lost.host(), "rm", lost.dataDirectory() + "/PG_VERSION");
    stage.lab.fronts().orElseThrow().renew();
    shapes.leadByHand("west-0", "east-0");

    FailbackToWest failback =
        new FailbackToWest(
            stage, ",\"overrides\":\"other-writer,authority\",\"reason\":\"it is lost\"");
    failback.approveHealing();
    failback.awaitPlanOfMove();
    shapes.assertCascade("east-0", 3);
    failback.approve();
    RoleChangeResult result = failback.result();

    assertThat(result.headline()).startsWith("west-0 is the primary, east-0 follows it");
    assertThat(result.degraded()).isEmpty();
    assertThat(result.proof().toString()).contains("REWIND", "BASE_BACKUP");
    assertAllAt("west-0", 4, 4);
  }

  private static String fork(RoleChangeResult moved) {
    return moved.proof().stream()
        .flatMap(proof -> proof.facts().stream())
        .filter(fact -> fact.name().equals("fork"))
        .map(Receipt.Fact::value)
        .findFirst()
        .orElseThrow();
  }

  private static void divergeWest() {
    stage.clients().silence("what the last primary alone acknowledged is lost by hand here");
    LabInstance next = stage.lab.instance("east-0");
    Soon.soon(
        "east-0 has all",
        () ->
            ask(
                    "west-0",
                    "SELECT count(*) FROM pg_stat_replication WHERE application_name = 'east_0'"
                        + " AND replay_lsn = pg_current_wal_lsn()")
                .equals("1"));
    stage.lab.stop(next);
    stage.lab.stop(stage.lab.instance("west-1"));
    ask("west-0", "INSERT INTO lab.placed VALUES (7) RETURNING n");
    stage.lab.faults().signalAll(stage.lab.instance("west-0"), Signal.KILL);
    stage.lab.start(next);
    stage.lab.start(stage.lab.instance("west-1"));
    ask("east-0", "SELECT pg_promote()");
    stage.clients().begin();
  }

  /** The archive of its site is not the one that the new primary fills: a Switchover says so. */
  @Test
  @Order(3)
  void it_moves_away_again_and_one_that_the_archive_does_not_feed_any_more_is_told() {
    stage.amendClusterFile(shapes::withAnotherArchiveInTheEast);
    stage.dismissWorker();
    MooringWorker impatient =
        stage.workerOf(
            stage.service, List.of(stage.hooks, Impatience.withStandbysFor(LONG_ENOUGH)));
    RoleChangeResult moved;
    try {
      moved = move("east-0");
    } finally {
      impatient.close();
      stage.recallWorker();
    }

    assertThat(moved.degraded())
        .singleElement(InstanceOfAssertFactories.STRING)
        .startsWith("east-1: the archive feeds it and it replayed ");
    shapes.assertCascade("east-0", 5);
    shapes.assertEndpointsLeadTo("east-0", 5);
  }

  @Test
  @Order(4)
  void one_that_the_archive_feeds_is_made_anew_with_its_tablespace() {
    stage.amendClusterFile(shapes::withTheArchiveOfAll);
    LabInstance lost = stage.lab.instance("east-1");
    stage.lab.faults().signalAll(lost, Signal.KILL);
    stage.lab.run(lost.host(), "rm", lost.dataDirectory() + "/PG_VERSION");

    WorkflowStub looked = resilver("plan", "");
    assertThat(looked.getResult(ResilverResult.class).outcome()).isEqualTo("planned");
    String digest = looked.query("plan", Plan.class).digest();
    ResilverResult resilvered =
        resilver("execute", ",\"digest\":\"" + digest + "\"").getResult(ResilverResult.class);

    assertThat(resilvered.headline()).isEqualTo("standbys again: east-1 by BASE_BACKUP");
    assertAllAt("east-0", 5, 5);
  }

  private static void assertAllAt(String primary, int timeline, int lines) {
    shapes.assertCascade(primary, timeline);
    shapes.assertFedByTheArchive(primary);
    shapes.assertEndpointsLeadTo(primary, lines);
    List.of("east-0", "west-0", "east-1", "west-1").forEach(shapes::assertWalIsLinked);
    stage.clients().silence("rows are counted on every member");
    shapes.assertSameRows(primary);
  }

  private static RoleChangeResult move(String to) {
    String where = ",\"to\":\"" + to + "\"";
    String digest = asked("Switchover", "plan", where).getResult(RoleChangeResult.class).digest();
    return asked("Switchover", "execute", where + ",\"digest\":\"" + digest + "\"")
        .getResult(RoleChangeResult.class);
  }

  private static WorkflowStub resilver(String mode, String more) {
    return asked("Resilver", mode, more);
  }

  private static WorkflowStub asked(String runbook, String mode, String more) {
    return stage.start(
        runbook,
        String.format(
            "{\"cluster\":\"%s\",\"mode\":\"%s\",\"by\":\"alice\"%s}",
            stage.cluster(), mode, more));
  }

  private static String ask(String id, String query) {
    return new Sites(stage.lab).ask(stage.lab.instance(id), query);
  }
}
