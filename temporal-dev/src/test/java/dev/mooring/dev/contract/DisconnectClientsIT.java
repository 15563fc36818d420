package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.contract.EndpointMoves;
import dev.mooring.contract.StreamingWorld;
import dev.mooring.dev.lab.LabFronts;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.machine.ThisMachine;
import dev.mooring.port.EndpointActivities.EndpointFailure;
import dev.mooring.port.EndpointActivities.EndpointsCut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients of a real PgBouncer and HAProxy that are cut off from an old primary. */
@Tag("all")
@Tag("heavy")
class DisconnectClientsIT extends EndpointMoves {
  private static FrontsWorld real;

  @BeforeAll
  static void up() {
    real = new FrontsWorld("sound");
  }

  @AfterAll
  static void down() {
    real.close();
  }

  @Override
  protected StreamingWorld world() {
    return real;
  }

  private static LabFronts fronts() {
    return real.lab().fronts().orElseThrow();
  }

  /** Nobody who is in a transaction with it would ever hear of it again. */
  @Test
  void clients_of_a_primary_that_stands_still_are_cut_off_and_come_to_the_new_one()
      throws SQLException {
    LabInstance old = real.lab().instance("east-0");
    try (Connection busy = fronts().connectThroughPooler();
        Connection direct = fronts().connectForWrites()) {
      busy.setAutoCommit(false);
      select(busy, "SELECT txid_current()");
      select(direct, "SELECT 1");
      real.lab().faults().signalAll(old, Signal.STOP);
      Move run = newMove();
      EndpointsCut cut = cutOff(run, PRIMARY, BUDGET);
      assertThat(cut.failures()).isEmpty();
      assertThat(cut.cut()).hasSize(2).allMatch(one -> one.sessions() > 0);
      assertThat(fronts().tellPooler("SHOW SERVERS")).doesNotContain("postgres");
      assertThatThrownBy(() -> select(busy, "SELECT 1")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> select(direct, "SELECT 1")).isInstanceOf(SQLException.class);
      try (Connection next = real.lab().connect(real.lab().instance("west-0"))) {
        select(next, "SELECT pg_promote()");
      }
      prepare(run, NEXT);
      assertThat(route(run, NEXT).failures()).isEmpty();
      try (Connection next = fronts().connectThroughPooler()) {
        assertThat(server(next)).isEqualTo(real.lab().host("w0").address());
      }
      assertThat(fact("reads")).doesNotContain("east-0 MAINT").contains("west-0 MAINT");
    } finally {
      real.lab().faults().signalAll(old, Signal.CONT);
      real.renew();
    }
  }

  /** As it is packaged PgBouncer tries a server that did not answer again after 15 seconds. */
  @Test
  void clients_that_asked_while_no_server_was_there_do_not_wait_for_its_next_try()
      throws Exception {
    triesAgainAfter(15);
    try (Connection client = fronts().connectThroughPooler()) {
      select(client, "SELECT 1");
      real.lab().faults().signalAll(real.lab().instance("east-0"), Signal.KILL);
      CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> server(client));
      until(() -> Integer.parseInt(ofPool("cl_waiting")) > 0);
      Move run = newMove();
      assertThat(cutOff(run, PRIMARY, BUDGET).failures()).isEmpty();
      try (Connection next = real.lab().connect(real.lab().instance("west-0"))) {
        select(next, "SELECT pg_promote()");
      }
      assertThat(lead(run, NEXT).failures()).isEmpty();
      assertThat(
              waiting.get(ThisMachine.takes(Duration.ofSeconds(5)).toSeconds(), TimeUnit.SECONDS))
          .isEqualTo(real.lab().host("w0").address());
      assertThat(fronts().tellPooler("SHOW CONFIG")).contains("server_login_retry|15|");
    } finally {
      triesAgainAfter(1);
      real.renew();
    }
  }

  private static void triesAgainAfter(int seconds) throws IOException {
    Path file = fronts().poolerConfiguration();
    String before = Files.readString(file);
    String after =
        before.replaceFirst("server_login_retry = \\d+", "server_login_retry = " + seconds);
    Files.writeString(file, after);
    fronts().tellPooler("RELOAD");
  }

  /** What PgBouncer says of the pool of the role that clients have. */
  private static String ofPool(String column) {
    List<List<String>> lines =
        fronts().tellPooler("SHOW POOLS").lines().map(line -> List.of(line.split("\\|"))).toList();
    return lines.stream()
        .filter(line -> line.get(0).equals("postgres"))
        .map(line -> line.get(lines.get(0).indexOf(column)))
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  /** It dies of a KILL that meets a client in the midst of its login. */
  @Test
  void pgbouncer_survives_cuts_while_clients_log_in() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      clients.add(CompletableFuture.runAsync(() -> logInAgain(ended)));
    }
    for (int i = 0; i < 8; i++) {
      Move run = newMove();
      try (Connection busy = fronts().connectThroughPooler()) {
        busy.setAutoCommit(false);
        select(busy, "SELECT txid_current()");
        assertThat(cutOff(run, PRIMARY, BUDGET).failures()).isEmpty();
        assertThatThrownBy(() -> select(busy, "SELECT 1")).isInstanceOf(SQLException.class);
      }
      assertThat(admit(run, PRIMARY).failures()).isEmpty();
    }
    ended.set(true);
    clients.forEach(CompletableFuture::join);
    assertLead(PRIMARY);
  }

  private static void logInAgain(AtomicBoolean ended) {
    while (!ended.get()) {
      try (Connection client = fronts().connectThroughPooler()) {
        select(client, "SELECT 1");
      } catch (SQLException cut) {
        // it comes again, as applications do: not without a breath
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
    }
  }

  /** As a worker leaves it that is lost between DISABLE and ENABLE. */
  @Test
  void a_pgbouncer_that_was_left_admitting_nobody_admits_clients_again() throws Exception {
    Move routed = newMove();
    disabledInTheMidstOf(routed, BUDGET);
    route(routed, PRIMARY);
    assertAdmits();
    Move undone = newMove();
    disabledInTheMidstOf(undone, BUDGET);
    assertThat(admit(undone, PRIMARY).failures()).isEmpty();
    assertAdmits();
    Move repeated = newMove();
    disabledInTheMidstOf(repeated, BUDGET);
    assertThat(cutOff(repeated, PRIMARY, BUDGET).failures()).isEmpty();
    route(repeated, PRIMARY);
    assertAdmits();
    disabledInTheMidstOf(newMove(), Duration.ofSeconds(4));
    until(() -> fact("paused").equals("no"));
    assertAdmits();
  }

  private void disabledInTheMidstOf(Move run, Duration heldAtMost) throws IOException {
    assertThat(cutOff(run, PRIMARY, heldAtMost).failures()).isEmpty();
    try (Stream<Path> files = Files.walk(real.lab().host("f0").mooring())) {
      Path pause =
          files.filter(file -> file.endsWith("pooler/sound/pause")).findFirst().orElseThrow();
      Files.createFile(pause.resolveSibling("cut"));
    }
    fronts().tellPooler("DISABLE postgres");
  }

  private static void assertAdmits() throws SQLException {
    try (Connection client = fronts().connectThroughPooler()) {
      select(client, "SELECT 1");
    }
  }

  @Test
  void a_pgbouncer_that_a_person_disabled_stays_so() {
    fronts().tellPooler("DISABLE postgres");
    try {
      Move run = newMove();
      EndpointFailure theirs = cutOff(run, PRIMARY, BUDGET).failures().get(0);
      assertThat(theirs.message()).contains("disabled, and not by Mooring");
      assertThat(admit(run, PRIMARY).failures()).isEmpty();
      assertThatThrownBy(DisconnectClientsIT::assertAdmits).hasMessageContaining("disabled");
    } finally {
      fronts().tellPooler("ENABLE postgres");
    }
  }

  /** Whoever is silent for three seconds is no reason to wait. */
  @Test
  void a_pgbouncer_that_stands_still_is_told_of_soon() {
    fronts().signalPooler(Signal.STOP);
    try {
      long began = System.nanoTime();
      EndpointFailure silent = cutOff(newMove(), PRIMARY, BUDGET).failures().get(0);
      assertThat(silent.name()).isEqualTo("pooler");
      assertThat(silent.message()).contains("gave no answer");
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isLessThan(ThisMachine.takes(Duration.ofSeconds(6)));
    } finally {
      fronts().signalPooler(Signal.CONT);
    }
  }

  private static String server(Connection connection) {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT host(inet_server_addr())")) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void select(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(query);
    }
  }
}
