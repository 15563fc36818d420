package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * Replication set up on empty hosts, seen, set up again and taken out: one stage, in this order.
 */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplicationSetupIT {
  private static final Pattern DIGEST = Pattern.compile("digest: ([0-9a-f]{64})");

  private static Stage stage;

  @BeforeAll
  static void raise() throws SQLException {
    stage = new Stage(LabPlan.streaming(1).withoutReplication().named("narrows"));
    superuser("ALTER ROLE mooring SUPERUSER");
    superuser("ALTER SYSTEM SET log_connections = on");
    superuser("SELECT pg_reload_conf()");
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  @Order(1)
  void without_replication_a_look_says_that_nobody_streams() {
    Answer verify = stage.mooring().type("replicate verify narrows");

    assertThat(verify.status()).as(verify.out() + verify.err()).isEqualTo(7);
    assertThat(verify.out()).contains("0 of 1 standbys healthy", "nobody sends WAL to it");
  }

  @Test
  @Order(2)
  void set_up_the_standby_streams_by_its_slot_as_a_role_whose_password_nobody_knows()
      throws SQLException, IOException {
    Files.delete(password());

    Answer setup = stage.mooring().type("replicate setup narrows --reason rehearsal");

    assertThat(setup.status()).as(setup.out() + setup.err()).isZero();
    assertThat(ask("SELECT pg_is_in_recovery()", "west-0")).containsExactly("t");
    assertThat(
            ask(
                "SELECT application_name || ' ' || state || ' ' || slot_name || ' ' || usename"
                    + " FROM pg_stat_replication JOIN pg_replication_slots ON active_pid ="
                    + " pg_stat_replication.pid",
                "east-0"))
        .containsExactly("west_0 streaming west_0 lab_replication");
    assertThat(Files.readString(stage.lab.instance("east-0").log()))
        .contains("application_name=mooring_copy");
    assertThat(Files.getPosixFilePermissions(password()).toString())
        .doesNotContain("GROUP")
        .doesNotContain("OTHERS");
    assertThat(lines("east-0"))
        .contains("# mooring narrows begin", "# mooring narrows end")
        .anyMatch(
            line ->
                line.equals(
                    "host replication \"lab_replication\" "
                        + stage.lab.host("w0").address()
                        + "/32 scram-sha-256"))
        .noneMatch(line -> line.contains("0.0.0.0/0"));
    assertThat(lines("west-0")).contains("# mooring narrows begin");
    Answer verify = stage.mooring().typeUntilInOrder("replicate verify narrows");
    assertThat(verify.out()).contains("1 of 1 standbys healthy", "west_0");
  }

  @Test
  @Order(3)
  void no_password_stands_in_a_log_a_setting_or_a_history() throws SQLException, IOException {
    String secret = Files.readString(password()).strip();

    assertThat(secret).hasSizeGreaterThan(20);
    for (String id : List.of("east-0", "west-0")) {
      LabInstance instance = stage.lab.instance(id);
      if (Files.exists(instance.log())) {
        assertThat(Files.readString(instance.log())).doesNotContain(secret, "SCRAM-SHA-256$");
      }
      assertThat(ask("SELECT current_setting('primary_conninfo')", id))
          .noneMatch(line -> line.contains(secret));
    }
    assertThat(stage.service.client().fetchHistory("mooring:narrows:replication").toJson(true))
        .doesNotContain(secret)
        .doesNotContain("SCRAM-SHA-256$");
  }

  @Test
  @Order(4)
  void a_second_run_changes_nothing_and_says_so() throws IOException {
    List<String> before = lines("east-0");

    ReplicationResult again =
        stage
            .start("ReplicationSetup", request("setup", "'mode':'execute'"))
            .getResult(ReplicationResult.class);

    assertThat(again.changed()).isEmpty();
    assertThat(again.headline()).startsWith("nothing was to be changed");
    assertThat(lines("east-0")).isEqualTo(before);
  }

  @Test
  @Order(5)
  void one_that_streams_is_not_taken_out_also_if_it_does_since_somebody_approved()
      throws Exception {
    assertThat(
            Stage.endingOf(stage.start("ReplicationSetup", request("remove", "'mode':'execute'")))
                .headline())
        .contains("west_0 still stream");
    stage.lab.stop(stage.lab.instance("west-0"));
    WorkflowStub run = stage.start("ReplicationSetup", request("remove", "'mode':'execute'"));
    Soon.soon(
        "an approval is waited for",
        () -> run.query("progress", Progress.class).headline().startsWith("waits for an approval"));
    stage.lab.start(stage.lab.instance("west-0"));
    Soon.soon(
        "it streams again",
        () -> ask("SELECT state FROM pg_stat_replication", "east-0").contains("streaming"));

    run.update("decide", String.class, approval(run.query("plan", Plan.class).digest()));

    EndingRecord ending = Stage.endingOf(run);
    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.headline()).contains("west_0 still stream");
    assertThat(ask("SELECT slot_name FROM pg_replication_slots", "east-0"))
        .containsExactly("west_0");
    stage.lab.stop(stage.lab.instance("west-0"));
  }

  @Test
  @Order(6)
  void a_role_that_owns_something_stays_with_what_it_owns() throws Exception {
    superuser("CREATE TABLE lab.owned (at timestamptz)");
    superuser("ALTER TABLE lab.owned OWNER TO lab_replication");

    Answer refused = remove();

    assertThat(refused.status()).as(refused.out() + refused.err()).isNotZero();
    assertThat(refused.out() + refused.err()).contains("owner of table lab.owned");
    assertThat(ask("SELECT count(*) FROM lab.owned", "east-0")).containsExactly("0");
    assertThat(ask("SELECT 1 FROM pg_roles WHERE rolname = 'lab_replication'", "east-0"))
        .hasSize(1);
    superuser("DROP TABLE lab.owned");
  }

  @Test
  @Order(7)
  void what_was_made_for_one_that_is_gone_is_taken_out() throws Exception {
    ReplicationResult plan =
        stage
            .start("ReplicationSetup", request("remove", "'mode':'plan'"))
            .getResult(ReplicationResult.class);
    assertThat(plan.outcome()).isEqualTo("planned");

    Answer removed = remove();

    assertThat(removed.status()).as(removed.out() + removed.err()).isZero();
    assertThat(ask("SELECT slot_name FROM pg_replication_slots", "east-0")).isEmpty();
    assertThat(ask("SELECT 1 FROM pg_roles WHERE rolname = 'lab_replication'", "east-0")).isEmpty();
    assertThat(lines("east-0")).noneMatch(line -> line.contains("mooring"));
  }

  private static Answer remove() throws Exception {
    Answer shown = stage.mooring().type("replicate remove narrows --mode plan");
    return stage
        .mooring()
        .type("replicate remove narrows --by alice --reason over --digest " + digest(shown.out()));
  }

  private static RawRequest approval(String digest) {
    return Typed.json(
        "{'decision':'approve','by':'bob','reason':'looked at','digest':'" + digest + "'}");
  }

  private static String digest(String shown) {
    Matcher found = DIGEST.matcher(shown);
    assertThat(found.find()).as(shown).isTrue();
    return found.group(1);
  }

  private static String request(String act, String more) {
    return ("{'cluster':'narrows','act':'" + act + "'," + more + ",'by':'alice'}")
        .replace('\'', '"');
  }

  private static Path password() {
    return stage.lab.configDirectory().resolve("role.password");
  }

  private static List<String> lines(String id) throws IOException {
    return Files.readAllLines(stage.lab.instance(id).dataDirectory().resolve("pg_hba.conf"));
  }

  private static void superuser(String sql) throws SQLException {
    try (Connection connection = stage.lab.connect(stage.lab.instance("east-0"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> ask(String sql, String id) throws SQLException {
    try (Connection connection = stage.lab.connect(stage.lab.instance(id));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> answers = new ArrayList<>();
      while (rows.next()) {
        answers.add(rows.getString(1));
      }
      return answers;
    }
  }
}
