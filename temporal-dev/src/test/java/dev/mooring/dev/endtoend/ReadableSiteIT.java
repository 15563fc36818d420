package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.dev.endtoend.Clients.Side;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.status.InstanceRow;
import dev.mooring.runbook.status.StatusResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A site that is read where it is moored, and the misuse that it makes possible. */
@Tag("all")
class ReadableSiteIT extends MooredInstance {
  @BeforeEach
  void readWhereItIsMoored() throws SQLException {
    stage.clients().without(Side.COPIES, "they run where they are moored");
    stage.amendClusterFile(now -> now.replace("{name: west,", "{name: west, parkMode: readable,"));
    typed(sites.east(0), "CREATE TABLE cargo (id int)");
  }

  private static void typed(LabInstance instance, String sql) throws SQLException {
    try (Connection connection = stage.lab.connect(instance);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long cargo() throws SQLException {
    try (Connection connection = stage.lab.connect(west);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM cargo")) {
      row.next();
      return row.getLong(1);
    }
  }

  private static boolean paused() throws SQLException {
    try (Connection connection = stage.lab.connect(west);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_get_wal_replay_pause_state()")) {
      row.next();
      return row.getString(1).equals("paused");
    }
  }

  private static StatusResult statusThat(String sentence, String fact) {
    return Soon.seen(
        sentence,
        () -> stage.start("ClusterStatus", stage.publishRequest()).getResult(StatusResult.class),
        seen -> (critical(seen) + seen.headline()).contains(fact));
  }

  private static List<String> critical(StatusResult status) {
    return status.findings().stream()
        .filter(finding -> finding.verdict() == Judged.WRONG)
        .map(CheckRow::inShort)
        .toList();
  }

  @Test
  void is_read_at_exactly_its_point_and_goes_on_from_point_to_point() throws Exception {
    typed(sites.east(0), "INSERT INTO cargo VALUES (1)");
    String point = stage.publish().restorePoint();
    typed(sites.east(0), "INSERT INTO cargo VALUES (2)");
    stage.publish();

    ConsumeResult consumed = stage.consume(point);

    assertThat(consumed.headline()).contains("moored at " + point + ": 1 of 1 instances proved");
    assertThat(cargo()).isEqualTo(1);
    assertThatThrownBy(() -> typed(west, "INSERT INTO cargo VALUES (3)"))
        .hasMessageContaining("read-only transaction");
    StatusResult status = statusThat("west-0 is seen", "west is at " + point);
    assertThat(critical(status)).isEmpty();
    assertThat(status.instances().stream().map(InstanceRow::state)).contains("parked, readable");
    assertThat(stage.mooring().type("whois harbour").out()).containsPattern("west-0 .*paused");

    assertThat(stage.consume().degraded()).isEmpty();
    assertThat(cargo()).isEqualTo(2);
    assertThat(stage.consume().headline()).contains("in recovery and paused there");
    stage.laws().assertAll();

    Files.writeString(
        west.dataDirectory().resolve("postgresql.auto.conf"),
        "max_connections = 7\nmax_wal_senders = 1\n",
        StandardOpenOption.APPEND);
    stage.publish();
    EndingRecord refused = stage.consumeFails("latest");
    assertThat(refused.outcome()).isEqualTo("Refused");
    assertThat(refused.code()).isEqualTo("SETTINGS_TOO_LOW");
    assertThat(refused.headline()).contains("west-0: max_connections is 7, must be at least ");
    assertThat(cargo()).as("it was not touched").isEqualTo(2);
  }

  @Test
  void a_hand_typed_resume_opens_nothing_and_is_named_by_all_who_look() throws Exception {
    stage.publish();
    stage.consume();

    typed(west, "SELECT pg_wal_replay_resume()");
    Soon.soon("the gate ends it", () -> !stage.lab.isRunning(west));

    String named = "replay of west-0 was resumed by hand, or it was promoted";
    assertThat(stage.lab.controlState(west)).isEqualTo("in archive recovery");
    assertThat(critical(statusThat("status names it", named))).hasSize(1);
    assertThat(stage.mooring().type("status harbour").status()).isEqualTo(7);
    Answer whois = stage.mooring().type("whois harbour");
    assertThat(whois.out()).contains(named).containsPattern("west-0 .*down");
    assertThat(whois.status()).isEqualTo(6);
    ConsumeResult again = stage.consume();
    assertThat(again.degraded()).anyMatch(line -> line.startsWith(named));
    assertThat(cargo()).isZero();
    stage.laws().assertAll();
  }

  @Test
  void no_promotion_restartpoint_or_kill_opens_it_and_a_start_by_hand_hides_none()
      throws Exception {
    stage.publish();
    String point = stage.consume().restorePoint();
    typed(west, "CHECKPOINT");
    assertThat(stage.consume().headline()).contains("in recovery and paused there");

    typed(west, "SELECT pg_promote(false)");
    Soon.soon("the gate ends it", () -> !stage.lab.isRunning(west));
    assertThat(stage.lab.controlState(west)).isEqualTo("in archive recovery");
    stage.lab.start(west);
    Soon.soon("it is paused there again", () -> paused());

    String named = "replay of west-0 was resumed by hand, or it was promoted";
    assertThat(critical(statusThat("status names it", "started by hand since")))
        .singleElement()
        .asString()
        .startsWith("west-0 parked-state: " + named);
    stage.lab.faults().signal(west, Signal.KILL);
    Soon.soon("it is killed", () -> !stage.lab.isRunning(west));
    ConsumeResult again = stage.consume();
    assertThat(again.restorePoint()).isEqualTo(point);
    assertThat(again.degraded()).anyMatch(line -> line.startsWith(named));
    assertThat(stage.mooring().type("whois harbour").status()).isZero();
    assertThat(stage.consume().headline()).contains("in recovery and paused there");
    stage.laws().assertAll();
  }

  /** The gate is all that stands between a resume and a second primary. */
  @Test
  void a_resume_past_an_open_gate_is_two_writers_and_is_named_at_once() throws Exception {
    stage.publish();
    String point = stage.consume().restorePoint();
    for (int law : new int[] {1, 2, 5, 6}) {
      stage.laws().without(law, "the test opens the gate by hand, and sees it named");
    }
    Path gate = west.host().mooring().resolve(stage.lab.name() + "/west-0.gate");
    Files.writeString(gate, Files.readString(gate).replace("ends=refused\n", ""));
    Path settings = west.dataDirectory().resolve("postgresql.auto.conf");
    Files.writeString(settings, Files.readString(settings).replace(" ends=refused'", "'"));
    stage.lab.stop(west);
    stage.lab.start(west);
    Soon.soon("it is paused there again", () -> paused());
    typed(west, "SELECT pg_wal_replay_resume()");
    Soon.soon("two instances accept writes", () -> !stage.laws().against(1).isEmpty());

    String named =
        "replay of west-0 was resumed by hand: promoted, it accepts writes on timeline 2";
    assertThat(critical(statusThat("status names it", named)))
        .anyMatch(fact -> fact.contains("2 instances accept writes: east-0, west-0"));
    Answer whois = stage.mooring().type("whois harbour");
    assertThat(whois.out()).contains("content 0 HAS 2 WRITABLE INSTANCES: east-0, west-0");
    assertThat(whois.status()).isEqualTo(7);
    EndingRecord refused = stage.consumeFails("latest");
    assertThat(refused.code()).isEqualTo("PROMOTED");
    assertThat(refused.headline()).contains("its replay was resumed by hand");
    assertThat(sites.mooredAt()).isEqualTo(point);
    assertThat(stage.lab.isRunning(west)).as("it is none of ours to stop").isTrue();
  }

  /** PostgreSQL skips the pause, and promotes, where the standby's snapshot is not complete. */
  @Test
  void a_pause_that_postgresql_skips_does_not_open_it_either() throws Exception {
    try (Connection open = stage.lab.connect(sites.east(0))) {
      open.setAutoCommit(false);
      try (Statement statement = open.createStatement()) {
        for (int i = 0; i < 80; i++) {
          statement.execute("SAVEPOINT s" + i + "; INSERT INTO cargo VALUES (" + i + ")");
        }
        typed(sites.east(0), "CHECKPOINT");
        stage.publish();
        stage.amendClusterFile(now -> now.replace("parkMode: readable", "parkMode: shutdown"));
        stage.consume();
        stage.amendClusterFile(now -> now.replace("parkMode: shutdown", "parkMode: readable"));
        String point = stage.publish().restorePoint();

        EndingRecord failed = stage.consumeFails("latest");

        assertThat(failed.outcome()).isEqualTo("Failed");
        assertThat(failed.code()).isEqualTo("TARGET_MISMATCH");
        assertThat(failed.headline()).contains("west-0 is not paused at " + point);
        assertThat(stage.lab.controlState(west)).isEqualTo("in archive recovery");
      }
      open.rollback();
    }
    typed(sites.east(0), "CHECKPOINT");
    stage.publish();
    stage.consume();
    assertThat(cargo()).isZero();
  }
}
