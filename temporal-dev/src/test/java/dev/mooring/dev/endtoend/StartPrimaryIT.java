package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.checks.RoleChangeResult;
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

/** Whom the rule of shared-nothing clusters does not let start, on real servers. */
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
    String digest = start(more).getResult(RoleChangeResult.class).digest();
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

  /**
   * The primary dies, the standby is promoted by hand and dies too: the old one would come up. What
   * was acknowledged is where the newer one is, which a person starts.
   */
  @Test
  void an_old_primary_that_missed_a_promotion_is_refused_and_nothing_acknowledged_is_lost() {
    String named = ",\"instance\":\"east-0\"";
    isStartedAgainstARule();
    stage.clients().silence("a person promotes the standby, and both are down for a while");
    String written = ask(east(), "SELECT pg_current_wal_lsn()");
    String replayed = "SELECT pg_last_wal_replay_lsn() >= '" + written + "'::pg_lsn";
    Soon.soon("the standby has all of it", () -> ask(west(), replayed).equals("t"));
    stage.lab.faults().signalAll(east(), Signal.KILL);
    assertThat(ask(west(), "SELECT pg_promote()")).isEqualTo("t");
    assertThat(Stage.endingOf(begin(named)).headline())
        .contains("other-writers: west-0, must be none beside east-0");
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
        .containsPattern(
            "west-0 later-primary: timeline 2, epoch 0, must be at most timeline 1, epoch \\d+, ")
        .contains("there was a primary after east-0");
    String forced =
        named
            + ",\"overrides\":\"other-side-no-standby,other-side-silent\",\"by\":\"alice\","
            + "\"reason\":\"west is lost\"";
    assertThat(Stage.endingOf(begin(forced)).headline()).contains("west-0 later-primary");
    assertThat(stage.lab.isRunning(east())).isFalse();
    stage.lab.start(west());
    isAdopted();
    assertThatThrownBy(() -> stage.lab.start(east())).hasMessageContaining("mooring_fenced_epoch_");
  }

  /** A person says so by its name where the other side's host is silent; the report has it. */
  private static void isStartedAgainstARule() {
    stage.lab.faults().signalAll(east(), Signal.KILL);
    stage.lab.faults().killSshAndSessions(west().host());
    assertThat(Stage.endingOf(begin("")).headline()).contains("(rule other-side-silent)");
    WorkflowStub run =
        begin(",\"overrides\":\"other-side-silent\",\"reason\":\"sshd of west is down\"");
    assertThat(run.getResult(RoleChangeResult.class).outcome()).isEqualTo("Completed");
    assertThat(ask(east(), "SELECT pg_is_in_recovery()")).isEqualTo("f");
    stage.lab.faults().startSsh(west().host());
    assertThat(stage.mooring().type("report " + run.getExecution().getWorkflowId()).out())
        .contains("other-side-silent", "sshd of west is down");
  }

  /** From then on the old one is fenced, and the ledger is held against the newer one. */
  private static void isAdopted() {
    Mooring mooring = stage.mooring();
    String adopt = "adopt strait west-0";
    String digest = Replicated.digest(mooring.type("plan " + adopt).out());
    Answer adopted = mooring.type(adopt + " --reason it-is-newer --digest " + digest);
    assertThat(adopted.status()).as(adopted.out() + adopted.err()).isZero();
  }
}
