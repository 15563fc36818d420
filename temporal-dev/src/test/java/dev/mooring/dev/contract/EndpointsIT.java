package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.PoolerPause;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.contract.EndpointContract;
import dev.mooring.contract.Limit;
import dev.mooring.contract.StreamingWorld;
import dev.mooring.dev.lab.LabFronts;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.port.Call;
import dev.mooring.port.EndpointActivities.AboutEndpoints;
import dev.mooring.port.EndpointActivities.EndpointFact;
import dev.mooring.port.EndpointActivities.EndpointFailure;
import dev.mooring.port.EndpointActivities.EndpointsPaused;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.HostName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real PgBouncer and HAProxy before real servers keep what the port of endpoints promises. */
@Tag("heavy")
class EndpointsIT extends EndpointContract {
  private static FrontsWorld real;

  @BeforeAll
  static void up() {
    real = new FrontsWorld("quay");
  }

  @AfterAll
  static void down() {
    real.close();
  }

  /** Other databases of PgBouncer that are endpoints in one test. */
  private List<String> databases = List.of();

  @Override
  protected StreamingWorld world() {
    return real;
  }

  @Override
  protected AboutEndpoints about(Call call) {
    AboutEndpoints lab = super.about(call);
    Endpoint.PgBouncer pooler =
        real.cluster().streaming().orElseThrow().poolers().stream().findFirst().orElseThrow();
    Stream<Endpoint> more =
        databases.stream()
            .map(
                database ->
                    new Endpoint.PgBouncer(
                        database,
                        pooler.host(),
                        pooler.port(),
                        pooler.socketDirectory(),
                        pooler.user(),
                        pooler.password(),
                        pooler.databasesFile(),
                        database));
    return new AboutEndpoints(
        call, Stream.concat(lab.endpoints().stream(), more).toList(), lab.hosts(), lab.members());
  }

  private static LabFronts fronts() {
    return real.lab().fronts().orElseThrow();
  }

  /** What a script on the host says of a pause: nothing, or why it does not stand. */
  private static String pauseFailure(String marker) {
    Script script = PoolerPause.in(Script.of("see a pause", PoolerPause.class, List.of()));
    PoolerPause.require(script, "pooler", marker, 2);
    Said said =
        real.hosts()
            .run(real.cluster().host(new HostName("f0")), script, Limit.seconds(20))
            .of("pooler");
    return said.optional("failure").orElse("");
  }

  private static String marker(EndpointsPaused paused) {
    assertThat(paused.failures()).isEmpty();
    return paused.paused().get(0).marker();
  }

  @Test
  @Tag("all")
  void clients_of_pgbouncer_see_no_error_while_the_primary_moves() throws SQLException {
    LabInstance old = real.lab().instance("east-0");
    LabInstance next = real.lab().instance("west-0");
    Move run = newMove();
    try (PooledWriters writers = new PooledWriters(fronts(), 8)) {
      until(() -> writers.written() > 200 || !writers.failures().isEmpty());
      prepare(run, NEXT);
      pause(run, WITHIN, BUDGET);
      long held = writers.written();
      real.lab().stop(old);
      promote(next);
      assertThat(writers.written()).as("what was written while clients were held").isEqualTo(held);
      assertThat(route(run, NEXT).failures()).isEmpty();
      until(() -> writers.written() > held + 200 || !writers.failures().isEmpty());
      assertThat(writers.failures()).isEmpty();
      assertThat(writers.servers()).containsExactly(old.host().address(), next.host().address());
    }
    real.renew();
  }

  @Test
  @Tag("all")
  void a_transaction_that_does_not_end_is_named_and_everybody_goes_on() throws SQLException {
    try (Connection busy = fronts().connectThroughPooler();
        Connection other = fronts().connectThroughPooler()) {
      busy.setAutoCommit(false);
      select(busy, "SELECT txid_current()");
      EndpointsPaused paused = pause(newMove(), Duration.ofMillis(500), BUDGET);
      assertThat(paused.paused()).isEmpty();
      EndpointFailure failure = paused.failures().get(0);
      assertThat(failure.code()).isEqualTo(FailureCode.BARRIER_NOT_REACHED);
      assertThat(failure.message())
          .contains("did not end in 0.5 s")
          .contains("postgres from " + real.lab().host("f0").address().replaceAll("\\.\\d+$", "."));
      assertThat(fact("paused")).isEqualTo("no");
      select(other, "SELECT 1");
      select(busy, "SELECT 1");
      busy.commit();
    }
  }

  @Test
  @Tag("all")
  void a_pause_stands_until_clients_are_let_go_or_pgbouncer_forgets_it() {
    Move run = newMove();
    String marker = marker(pause(run, WITHIN, BUDGET));
    assertThat(pauseFailure(marker)).isEmpty();
    resume(run);
    assertThat(pauseFailure(marker)).startsWith("PAUSE_OVER");
    String again = marker(pause(newMove(), WITHIN, BUDGET));
    fronts().killPooler();
    assertThat(pauseFailure(again)).startsWith("PAUSE_OVER");
    fronts().startPoolerAgain();
    assertThat(pauseFailure(again)).startsWith("PAUSE_OVER");
    String last = marker(pause(newMove(), WITHIN, Duration.ofSeconds(2)));
    until(() -> !pauseFailure(last).isEmpty());
  }

  /** The end of a pause is that of its first attempt: another one adds nothing to the outage. */
  @Test
  @Tag("all")
  void a_pause_that_ended_by_itself_is_not_begun_again_by_its_run() {
    Move run = newMove();
    marker(pause(run, WITHIN, Duration.ofSeconds(2)));
    until(() -> fact("paused").equals("no"));
    EndpointFailure over = pause(run, WITHIN, Duration.ofSeconds(2)).failures().get(0);
    assertThat(over.code()).isEqualTo(FailureCode.PAUSE_OVER);
    assertThat(fact("paused")).isEqualTo("no");
    resume(run);
    marker(pause(newMove(), WITHIN, BUDGET));
  }

  /** Somebody works on the pooler itself: neither an act nor an undo ends what they hold. */
  @Test
  @Tag("all")
  void a_pause_that_a_person_made_is_refused_and_stays_theirs() {
    fronts().tellPooler("PAUSE postgres");
    Move run = newMove();
    EndpointFailure theirs = pause(run, WITHIN, BUDGET).failures().get(0);
    assertThat(theirs.code()).isEqualTo(FailureCode.DATABASE_REFUSED);
    assertThat(theirs.message()).contains("not by Mooring");
    assertThat(resume(run).failures()).isEmpty();
    assertThat(fact("paused")).isEqualTo("yes");
    fronts().tellPooler("RESUME postgres");
    marker(pause(newMove(), WITHIN, BUDGET));
  }

  @Test
  @Tag("all")
  void pgbouncer_says_how_many_processes_listen_and_where_its_file_leads() {
    assertThat(fact("processes")).isEqualTo("1");
    assertThat(fact("file")).isEqualTo(fact("leads_to"));
  }

  @Test
  @Tag("all")
  void a_pgbouncer_that_is_gone_holds_nobody_and_its_undo_is_done() {
    String before = fact("leads_to");
    Move run = newMove();
    prepare(run, NEXT);
    pause(run, WITHIN, BUDGET);
    fronts().killPooler();
    assertThat(observe().failures().get(0).code()).isEqualTo(FailureCode.DATABASE_UNREACHABLE);
    assertThat(route(run, NEXT).failures().get(0).code())
        .isEqualTo(FailureCode.DATABASE_UNREACHABLE);
    assertThat(resume(run).failures()).isEmpty();
    assertThat(revertPrepared(run, NEXT).failures()).isEmpty();
    fronts().startPoolerAgain();
    assertThat(fact("leads_to")).isEqualTo(before);
  }

  @Test
  @Tag("all")
  void the_end_of_every_ssh_session_leaves_the_holder_at_its_work() {
    pause(newMove(), WITHIN, Duration.ofSeconds(3));
    real.lab().faults().killSshAndSessions(real.lab().host("f0"));
    real.lab().faults().startSsh(real.lab().host("f0"));
    until(() -> fact("paused").equals("no"));
  }

  @Test
  @Tag("all")
  void the_file_keeps_its_mode_and_all_that_is_not_changed() throws IOException {
    Path file = fronts().poolerConfiguration();
    String before = Files.readString(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Move run = newMove();
    prepare(run, NEXT);
    LabInstance next = real.lab().instance("west-0");
    LabInstance first = real.lab().instance("east-0");
    assertThat(Files.readString(file))
        .isEqualTo(
            before.replace(
                "host=%s port=%d".formatted(first.host().address(), first.port()),
                "host=%s port=%d".formatted(next.host().address(), next.port())));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    assertThat(Files.getOwner(file).getName()).isEqualTo(real.lab().userName());
    Files.writeString(file, "; by hand\n" + Files.readString(file));
    assertThat(revertPrepared(run, NEXT).failures()).isEmpty();
    assertThat(Files.readString(file)).isEqualTo("; by hand\n" + before);
    Files.writeString(file, before);
  }

  /** One file, one writer: none is changed by another's copy, and all are back as they were. */
  @Test
  @Tag("all")
  void databases_of_one_file_are_prepared_reverted_and_moved_at_the_same_time() throws IOException {
    String lab = Files.readString(fronts().poolerConfiguration());
    String before = withLines(lab, line("reports", "east-0"), line("audit", "east-0"));
    rewrite(before);
    databases = List.of("reports", "audit");
    try {
      for (int round = 0; round < 3; round++) {
        Move run = newMove();
        assertThat(prepare(run, NEXT).failures()).isEmpty();
        assertThat(Files.readString(fronts().poolerConfiguration()))
            .isEqualTo(before.replace(at("east-0"), at("west-0")));
        assertThat(revertPrepared(run, NEXT).failures()).isEmpty();
        assertThat(Files.readString(fronts().poolerConfiguration())).isEqualTo(before);
        assertLead(PRIMARY);
      }
      Move there = newMove();
      prepare(there, NEXT);
      assertThat(pause(there, WITHIN, BUDGET).paused()).hasSize(3);
      assertThat(route(there, NEXT).failures()).isEmpty();
      assertLead(NEXT);
      assertThat(lead(newMove(), PRIMARY).failures()).as("without preparation").isEmpty();
      assertLead(PRIMARY);
      assertThat(Files.readString(fronts().poolerConfiguration())).isEqualTo(before);
    } finally {
      databases = List.of();
      rewrite(lab);
    }
  }

  @Test
  @Tag("all")
  void pgbouncer_names_the_databases_beside_it_that_point_at_the_same_server() throws IOException {
    String lab = Files.readString(fronts().poolerConfiguration());
    assertThat(fact("others")).isEmpty();
    rewrite(
        withLines(lab, line("reports", "east-0"), line("standby", "west-0"), line("*", "east-0")));
    try {
      assertThat(fact("others").lines()).containsExactly("*", "reports");
    } finally {
      rewrite(lab);
    }
    assertThat(fact("others")).isEmpty();
  }

  private static String withLines(String file, String... lines) {
    return file.replace("[pgbouncer]", String.join("", lines) + "[pgbouncer]");
  }

  private static String line(String database, String instance) {
    return database + " = " + at(instance) + " dbname=postgres\n";
  }

  private static String at(String instance) {
    LabInstance one = real.lab().instance(instance);
    return "host=%s port=%d".formatted(one.host().address(), one.port());
  }

  private static void rewrite(String file) throws IOException {
    Files.writeString(fronts().poolerConfiguration(), file);
    fronts().tellPooler("RELOAD");
  }

  @Test
  @Tag("all")
  void haproxy_has_one_server_for_writes_and_none_of_the_reads_is_the_primary()
      throws SQLException {
    assertThat(balancer("writes")).matches("east-0 UP.*, west-0 MAINT, east-1 MAINT");
    try (Connection session = fronts().connectForWrites()) {
      assertThat(server(session)).isEqualTo(real.lab().host("e0").address());
      route(newMove(), NEXT);
      assertThatThrownBy(() -> server(session)).isInstanceOf(SQLException.class);
    }
    try (Connection session = fronts().connectForWrites()) {
      assertThat(server(session)).isEqualTo(real.lab().host("w0").address());
    }
    assertThat(balancer("writes")).matches("east-0 MAINT, west-0 UP.*, east-1 MAINT");
    assertThat(balancer("reads")).matches("east-0 DOWN.*, west-0 MAINT, east-1 UP.*");
    assertThat(balancer("rise")).isEqualTo("2");
    assertThat(balancer("fall")).isEqualTo("3");
  }

  /** A session with a server that is down would wait for as long as its client does. */
  @Test
  @Tag("all")
  void haproxy_cuts_the_sessions_of_a_primary_that_it_marks_down() throws SQLException {
    try (Connection session = fronts().connectForWrites()) {
      assertThat(server(session)).isEqualTo(real.lab().host("e0").address());
      fronts().tellBalancer("set server writes/east-0 health down");
      assertThatThrownBy(() -> server(session)).isInstanceOf(SQLException.class);
    } finally {
      fronts().tellBalancer("set server writes/east-0 health up");
    }
  }

  /**
   * Its checks may have missed a primary that is stopped long before the route is led away from it.
   */
  @Test
  @Tag("all")
  void the_old_primary_comes_into_the_reads_also_where_haproxy_saw_it_down() {
    fronts().tellBalancer("set server writes/east-0 health down");
    assertThat(balancer("writes")).startsWith("east-0 DOWN");
    Move there = newMove();
    prepare(there, NEXT);
    assertThat(route(there, NEXT).failures()).isEmpty();
    assertThat(balancer("reads")).doesNotContain("east-0 MAINT").contains("west-0 MAINT");
  }

  /** What undoes a route is a route back. */
  @Test
  @Tag("all")
  void leading_there_and_back_leaves_all_as_it_was() throws IOException {
    String file = Files.readString(fronts().poolerConfiguration());
    String writes = pointedAt("writes");
    String reads = pointedAt("reads");
    Move there = newMove();
    prepare(there, NEXT);
    assertThat(route(there, NEXT).failures()).isEmpty();
    assertThat(Files.readString(fronts().poolerConfiguration())).isNotEqualTo(file);
    Move back = newMove();
    prepare(back, PRIMARY);
    assertThat(route(back, PRIMARY).failures()).isEmpty();
    assertLead(PRIMARY);
    assertThat(Files.readString(fronts().poolerConfiguration())).isEqualTo(file);
    assertThat(pointedAt("writes")).isEqualTo(writes);
    assertThat(pointedAt("reads")).isEqualTo(reads);
  }

  /**
   * Which servers a route leads to; whether they are seen to be up is the balancer's own matter.
   */
  private String pointedAt(String fact) {
    return balancer(fact).replaceAll("(UP|DOWN)[^,]*", "led to");
  }

  private static String server(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT host(inet_server_addr())")) {
      row.next();
      return row.getString(1);
    }
  }

  private String balancer(String fact) {
    return observe().seen().stream()
        .filter(seen -> seen.name().equals("balancer"))
        .flatMap(seen -> seen.facts().stream())
        .filter(one -> one.name().equals(fact))
        .map(EndpointFact::value)
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Tag("all")
  void an_older_run_is_refused() {
    Move older = newMove();
    Move newer = newMove();
    route(newer, PRIMARY);
    assertThat(route(older, NEXT).failures())
        .isNotEmpty()
        .allMatch(failure -> failure.code() == FailureCode.EPOCH_REFUSED);
    assertLead(PRIMARY);
  }

  private static void select(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(query);
    }
  }

  private static void promote(LabInstance instance) {
    try (Connection connection = real.lab().connect(instance)) {
      select(connection, "SELECT pg_promote()");
    } catch (SQLException e) {
      throw new IllegalStateException(instance.id() + " was not promoted", e);
    }
  }
}
