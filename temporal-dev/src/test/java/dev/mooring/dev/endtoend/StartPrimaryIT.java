package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.startprimary.StartPrimaryResult;
import io.temporal.client.WorkflowStub;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A stopped primary is started by the rule of shared-nothing clusters, on real servers. */
@Tag("all")
@Tag("heavy")
class StartPrimaryIT {
  private static Stage stage;

  @BeforeAll
  static void up() {
    stage = new Stage(LabPlan.streaming(1).withWalFileMegabytes(1));
    stage.begin();
  }

  @AfterEach
  void asBefore() {
    stage.reset();
  }

  @AfterAll
  static void down() {
    stage.close();
  }

  private static LabInstance east() {
    return stage.lab.instance("east-0");
  }

  private static LabInstance west() {
    return stage.lab.instance("west-0");
  }

  /** Without a mode it plans. */
  private static WorkflowStub start(String more) {
    return stage.start(
        "StartPrimary",
        String.format("{\"cluster\":\"%s\"%s}", stage.cluster(), Stage.orPlan(more)));
  }

  private static WorkflowStub begin(String more) {
    String digest = start(more).getResult(StartPrimaryResult.class).digest();
    return start(
        more + String.format(",\"mode\":\"execute\",\"by\":\"alice\",\"digest\":\"%s\"", digest));
  }

  private static String ask(LabInstance instance, String sql) {
    try (Connection connection = stage.lab.connect(instance);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_stopped_primary_starts_where_its_standby_is_one() {
    stage.lab.stop(east());
    Mooring mooring = stage.mooring();
    Answer plan = mooring.type("plan start-primary strait");
    assertThat(plan.out())
        .contains("east-0 is the primary, its host shows it as no standby")
        .contains("nothing stands against starting it");
    Answer done =
        mooring.type(
            "start-primary strait --reason maintained --digest " + Replicated.digest(plan.out()));
    assertThat(done.status()).as(done.out() + done.err()).isZero();
    assertThat(done.out()).contains("east-0 takes writes on timeline 1; standbys: all stream");
    assertThat(ask(east(), "SELECT pg_is_in_recovery()")).isEqualTo("f");
    assertThat(ask(west(), "SELECT pg_is_in_recovery()")).isEqualTo("t");
    stage.assertAll();
  }

  /** Databases may be down: the host answers, and shows a standby. */
  @Test
  void a_killed_primary_starts_beside_a_standby_that_is_down() {
    stage.lab.faults().signalAll(east(), Signal.KILL);
    stage.lab.stop(west());
    StartPrimaryResult result = begin("").getResult(StartPrimaryResult.class);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded()).singleElement().asString().startsWith("west-0 does not run");
    assertThat(ask(east(), "SELECT pg_is_in_recovery()")).isEqualTo("f");
  }

  /** The primary dies, the standby is promoted by hand and dies too: the old one would come up. */
  @Test
  void an_old_primary_that_missed_a_promotion_is_refused() {
    String named = ",\"instance\":\"east-0\"";
    stage.clients().silence("a person promotes the standby, and both are down in the end");
    stage.clients().without(Clients.Side.PRODUCTION, "nobody may start the old primary");
    stage.lab.faults().signalAll(east(), Signal.KILL);
    assertThat(ask(west(), "SELECT pg_promote()")).isEqualTo("t");
    assertThat(Stage.endingOf(begin(named)).headline())
        .contains("members that run as a primary beside east-0: west-0, must be none");
    stage.lab.faults().signalAll(west(), Signal.KILL);
    EndingRecord both = Stage.endingOf(start(""));
    assertThat(both.outcome()).isEqualTo("Refused");
    assertThat(both.code()).isEqualTo("TWO_PRIMARIES");
    assertThat(both.headline())
        .contains("east-0 and west-0 are primaries, both", "east-0: in production, timeline 1")
        .contains("west-0: in production, timeline 2");
    EndingRecord old = Stage.endingOf(begin(named));
    assertThat(old.outcome()).isEqualTo("Refused");
    assertThat(old.headline())
        .contains("west-0's timeline and epoch: 2 and 0, must be at most 1 and 0")
        .contains("there was a primary after east-0");
    String forced =
        named
            + ",\"overrides\":\"other-side-no-standby,other-side-silent\",\"by\":\"alice\","
            + "\"reason\":\"west is lost\"";
    assertThat(Stage.endingOf(begin(forced)).headline()).contains("west-0's timeline and epoch");
    assertThat(stage.lab.isRunning(east())).isFalse();
  }

  /** Its host is dark: nobody shows that it was not promoted, until a person says so by name. */
  @Test
  void a_silent_other_side_is_refused_unless_a_person_overrides_it_by_name() {
    stage.lab.stop(east());
    stage.amendClusterFile(now -> DarkHost.of(west(), now));
    EndingRecord refused = Stage.endingOf(begin(""));
    assertThat(refused.outcome()).isEqualTo("Refused");
    assertThat(refused.headline()).contains("(rule other-side-silent)");
    StartPrimaryResult result =
        begin(
                ",\"overrides\":\"other-side-silent\",\"by\":\"alice\",\"reason\":\"west is shut"
                    + " for good\"")
            .getResult(StartPrimaryResult.class);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(ask(east(), "SELECT pg_is_in_recovery()")).isEqualTo("f");
    assertThat(new Sites(stage.lab).lastReceipt().decisions())
        .filteredOn(DecisionRecord::isOverride)
        .singleElement()
        .satisfies(rule -> assertThat(rule.about()).isEqualTo("other-side-silent"))
        .extracting(DecisionRecord::reason)
        .isEqualTo("west is shut for good");
  }
}
