package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Strait;
import dev.mooring.port.EndpointActivities.EndpointFact;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Databases of PgBouncer that point at the primary, and are neither paused nor moved. */
class DatabasesLeftBehindTest {
  private final ObservedMembers seen =
      Altered.of(
          PreflightTest.observed(),
          "endpoints.seen.0.facts.7.value",
          "%include own.ini (can't be read)\n*\napp\nreports (no address of db1)");

  /** An endpoint for a second database of the same PgBouncer, or of another one. */
  private static Cluster with(String database, int port) {
    return Strait.cluster(
        "endpoints:\n",
        ("endpoints:\n  - {name: second, pgbouncer: {host: f0, port: %d, user: mooring, password:"
                + " \"file:/etc/mooring/pooler\", databasesFile: /etc/pgbouncer/databases.ini,"
                + " database: %s}}\n")
            .formatted(port, database));
  }

  private CheckRow row(Cluster cluster, String... overrides) {
    return row(seen, cluster, overrides);
  }

  private static CheckRow row(ObservedMembers seen, Cluster cluster, String... overrides) {
    Move move = new Move(cluster, cluster.members().get(0), cluster.members().get(2));
    return Preflight.of(move, seen, List.of(overrides)).stream()
        .filter(row -> row.is("databases-left-behind", "pooler"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void each_that_is_no_endpoint_of_the_same_process_refuses_the_move_by_its_rule() {
    CheckRow all = row(Strait.cluster());
    assertThat(all.verdict()).isEqualTo(Judged.WRONG);
    assertThat(all.seen())
        .isEqualTo("%include own.ini (can't be read), *, app, reports (no address of db1)");
    assertThat(row(with("app", 6432)).seen())
        .isEqualTo("%include own.ini (can't be read), *, reports (no address of db1)");
    assertThat(row(with("reports", 6432)).seen())
        .isEqualTo("%include own.ini (can't be read), *, app");
    assertThat(row(with("app", 6433)).seen()).isEqualTo(all.seen());
    assertThat(row(Strait.cluster(), "databases-left-behind").verdict())
        .isEqualTo(Judged.OVERRIDDEN);
  }

  /** What `*` of that file serves would be cut off without a word. */
  @Test
  void an_included_file_that_was_not_read_refuses_the_move_by_the_same_rule() {
    ObservedMembers unread =
        Altered.of(
            PreflightTest.observed(),
            "endpoints.seen.0.facts.7.value",
            "%include own.ini (can't be read)");
    CheckRow row = row(unread, Strait.cluster());
    assertThat(row.verdict()).isEqualTo(Judged.WRONG);
    assertThat(row.rule()).isEqualTo("databases-left-behind");
    assertThat(row.seen()).isEqualTo("%include own.ini (can't be read)");
    assertThat(row.remedy()).contains("included, by absolute paths");
    assertThat(leftBehind(unread)).singleElement().asString().startsWith("databases %include own");
    assertThat(leftBehind(seen).toString())
        .contains("*, app, reports (no address of db1) of pooler");
  }

  @Test
  void a_socket_of_haproxy_below_admin_is_a_row_of_its_own() {
    EndpointSeen front =
        new EndpointSeen(
            "front", List.of(), List.of(new EndpointFact(EndpointSeen.LEVEL, "operator")));
    List<CheckRow> rows =
        EndpointRows.of(
            Strait.cluster().streaming().orElseThrow(),
            new EndpointsObserved(List.of(front), List.of()));
    assertThat(rows)
        .filteredOn(row -> row.is("socket-level", "front"))
        .singleElement()
        .matches(row -> row.verdict() == Judged.WRONG && row.seen().equals("operator"));
  }

  private static List<String> leftBehind(ObservedMembers seen) {
    Cluster cluster = Strait.cluster();
    Move move = new Move(cluster, cluster.members().get(0), cluster.members().get(2));
    return EndpointRows.leftBehind(move, seen.endpoints().seen());
  }
}
