package dev.mooring.dev.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.ledger.LoadPlan.Barrier;
import dev.mooring.dev.prober.Prober;
import dev.mooring.dev.prober.WritableSeen;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A lab whose standbys stream: what the tests of moved, lost and healed primaries rely on. */
@Tag("all")
@Tag("heavy")
class StreamingLabIT {

  private static Lab lab;

  @BeforeAll
  static void up() {
    lab = Lab.up(LabPlan.streaming(2).behind(LabPlan.Front.PGBOUNCER, LabPlan.Front.HAPROXY));
    lab.snapshot();
  }

  @AfterEach
  void backToTheFirstState() {
    lab.restore();
  }

  @AfterAll
  static void down() {
    lab.close();
  }

  @Test
  void standbys_stream_from_the_primary_each_by_its_slot() throws SQLException {
    assertThat(lab.instances().stream().map(LabInstance::id))
        .containsExactly("east-0", "west-0", "east-1");
    String senders =
        "SELECT application_name, state, slot_name FROM pg_stat_replication r"
            + " JOIN pg_replication_slots s ON s.active_pid = r.pid ORDER BY 1";
    assertThat(rows("east-0", senders))
        .containsExactly("east_1 streaming east_1", "west_0 streaming west_0");
    assertThat(rows("west-0", "SELECT pg_is_in_recovery()")).containsExactly("t");
    assertThat(lab.hosts().stream().map(LabHost::address).distinct()).hasSize(4);
  }

  @Test
  void load_and_prober_find_the_instance_that_accepts_writes() throws SQLException {
    LabInstance first = lab.instance("east-0");
    LabInstance next = lab.instance("west-0");
    lab.load().start(Barrier.HELD);
    try (Prober prober = lab.prober()) {
      Await.until(() -> wrote(prober, first), () -> "nobody wrote to " + first.id());
      lab.stop(first);
      rows(next.id(), "SELECT pg_promote()");
      Await.until(() -> wrote(prober, next), () -> "nobody wrote to " + next.id());
      String before = rows(next.id(), "SELECT max(seq) FROM lab.ledger").get(0);
      Await.until(
          () -> !rowsNow(next, "SELECT max(seq) FROM lab.ledger").contains(before),
          () -> "the load does not go on at " + next.id());
    }
    lab.load().checkPrimaries().assertExact();
    lab.load().stop();
  }

  /** Once PgBouncer is back the load goes on, with every row that it was told of. */
  @Test
  void rows_of_a_load_go_through_pgbouncer_where_that_is_asked_for() throws SQLException {
    LabFronts fronts = lab.fronts().orElseThrow();
    String last = "SELECT max(seq) FROM lab.ledger";
    lab("load", "start", "--through-pgbouncer");
    assertThat(
            rows(
                "east-0",
                "SELECT DISTINCT host(client_addr) FROM pg_stat_activity"
                    + " WHERE query LIKE 'INSERT INTO lab.ledger%'"))
        .containsExactly(lab.host("f0").address());
    fronts.killPooler();
    String before = rows("east-0", last).get(0);
    fronts.startPoolerAgain();
    Await.until(
        () -> !rowsNow(lab.instance("east-0"), last).contains(before),
        () -> "the load does not go on");
    lab.load().checkPrimaries().assertExact();
    lab("load", "stop");
  }

  @Test
  void pooler_and_balancer_lead_to_the_primary_and_reads_to_the_standbys() throws SQLException {
    String address = lab.host("f0").address();
    for (int port : List.of(LabFronts.POOLER_PORT, LabFronts.WRITE_PORT, LabFronts.READ_PORT)) {
      Await.until(() -> answers(address, port), () -> "port " + port + " leads nowhere");
    }
    for (int port : List.of(LabFronts.POOLER_PORT, LabFronts.WRITE_PORT)) {
      assertThat(at(address, port, "SELECT inet_server_addr(), pg_is_in_recovery()"))
          .containsExactly(lab.host("e0").address() + " f");
    }
    // a standby that was down before is let in once its checks have passed
    for (String host : List.of("e1", "w0")) {
      String standby = lab.host(host).address();
      Await.until(
          () -> reads(address).equals(standby), () -> "nobody who reads is led to " + standby);
    }
    assertThat(
            List.of(
                at(address, LabFronts.READ_PORT, "SELECT inet_server_addr()").get(0),
                at(address, LabFronts.READ_PORT, "SELECT inet_server_addr()").get(0)))
        .containsExactlyInAnyOrder(lab.host("e1").address(), lab.host("w0").address());
  }

  private static String reads(String address) {
    try {
      return at(address, LabFronts.READ_PORT, "SELECT inet_server_addr()").get(0);
    } catch (SQLException notYet) {
      return "";
    }
  }

  @Test
  @Tag("root") // only root makes networks
  void a_host_that_is_cut_off_streams_no_more_until_it_is_healed() throws SQLException {
    String standby = lab.host("w0").address();
    String streams = "SELECT 1 FROM pg_stat_replication WHERE client_addr = '" + standby + "'";
    LabInstance primary = lab.instance("east-0");
    lab("break", "cut", "west-0", "--from", "e0");
    Await.until(() -> rowsNow(primary, streams).isEmpty(), () -> "west-0 streams over a cut link");
    assertThat(rows("west-0", "SELECT pg_is_in_recovery()")).containsExactly("t");
    lab("break", "heal", "west-0");
    Await.until(() -> !rowsNow(primary, streams).isEmpty(), () -> "west-0 does not stream again");

    assertThat(opens(lab.instance("east-1"))).isTrue();
    lab("break", "cut", "e1");
    assertThat(opens(lab.instance("east-1"))).isFalse();
    lab("break", "heal", "e1");
    assertThat(rows("east-1", "SELECT 1")).containsExactly("1");
  }

  /** Whether it takes a connection within two seconds. */
  private static boolean opens(LabInstance instance) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(instance.host().address(), instance.port()), 2000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void lab(String... words) {
    List<String> typed = new ArrayList<>(List.of(words));
    typed.add("--directory=" + lab.directory());
    assertThat(LabMain.commandLine(System.getenv()).execute(typed.toArray(String[]::new))).isZero();
  }

  @Test
  void without_replication_the_standbys_hosts_are_there_and_empty() {
    try (Lab bare = Lab.up(LabPlan.streaming(1).withoutReplication().named("slack"))) {
      assertThat(bare.isRunning(bare.instance("east-0"))).isTrue();
      LabInstance standby = bare.instance("west-0");
      assertThat(bare.run(standby.host(), "ls", "-A", standby.host().data().toString())).isEmpty();
      assertThat(new Ssh(bare).run("w0", "echo there")).isEqualTo("there\n");
    }
  }

  private static boolean wrote(Prober prober, LabInstance instance) {
    return prober.seen().stream().map(WritableSeen::instance).anyMatch(instance.id()::equals);
  }

  /** HAProxy sends nobody to a server that it has not seen twice since it was away. */
  private static boolean answers(String address, int port) {
    try {
      return !at(address, port, "SELECT 1").isEmpty();
    } catch (SQLException notYet) {
      return false;
    }
  }

  private static List<String> rowsNow(LabInstance instance, String query) {
    try {
      return rows(instance.id(), query);
    } catch (SQLException e) {
      throw new LabFailure(instance.id() + " does not answer", e);
    }
  }

  private static List<String> rows(String id, String query) throws SQLException {
    LabInstance instance = lab.instance(id);
    return at(instance.host().address(), instance.port(), query);
  }

  /** The answer of whoever is reached there, a row's fields with a space between them. */
  private static List<String> at(String address, int port, String query) throws SQLException {
    try (Connection connection = lab.connectAt(address, port);
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(query)) {
      List<String> rows = new ArrayList<>();
      while (answer.next()) {
        List<String> fields = new ArrayList<>();
        for (int i = 1; i <= answer.getMetaData().getColumnCount(); i++) {
          fields.add(answer.getString(i));
        }
        rows.add(String.join(" ", fields));
      }
      return rows;
    }
  }
}
