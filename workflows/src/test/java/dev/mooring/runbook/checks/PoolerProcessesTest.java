package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Strait;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Processes of PgBouncer that share a port: a pause of one holds the clients of that one. */
class PoolerProcessesTest {
  private final ObservedMembers good = PreflightTest.observed();

  private static List<CheckRow> wrong(Cluster cluster, ObservedMembers observed) {
    Move move = new Move(cluster, cluster.members().get(0), cluster.members().get(2));
    return Preflight.of(move, observed, List.of()).stream()
        .filter(row -> row.verdict() == Judged.WRONG)
        .toList();
  }

  /** As docs/operations/endpoints.md asks for: each process has a directory of its own. */
  @Test
  void processes_that_share_a_port_and_are_endpoints_each_stand_against_nothing() {
    ObservedMembers two =
        Altered.of(
            Altered.of(good, "endpoints.seen.0.facts.2.value", "1"),
            "endpoints.seen.0.facts.3.value",
            "2");
    assertThat(wrong(Strait.cluster(), two))
        .extracting(CheckRow::title)
        .containsExactly("pooler so-reuseport", "pooler processes");
    String one = "port: 6432, user: mooring, ";
    String reported = "port: 6432, socketDirectory: /run/%s, user: mooring, ";
    String rest =
        "password: \"file:/etc/mooring/pooler\", databasesFile: /etc/pgbouncer/databases.ini,"
            + " database: postgres}}\n";
    Cluster named =
        Strait.cluster(
            one + rest,
            String.format(reported, "a")
                + rest
                + "  - {name: other, pgbouncer: {host: f0, "
                + String.format(reported, "b")
                + rest);
    assertThat(wrong(named, two)).isEmpty();
    assertThat(wrong(named, good)).extracting(CheckRow::title).containsExactly("pooler processes");
  }

  /** The same row in a move that Patroni makes, which checks nothing else of it. */
  @Test
  void a_file_that_can_not_be_replaced_refuses_the_move() {
    ObservedMembers kept =
        Altered.of(good, "endpoints.seen.0.facts.5.value", "east-0; can't be replaced by mooring");
    assertThat(wrong(Strait.cluster(), kept))
        .extracting(CheckRow::inShort)
        .containsExactly("pooler databases-file: east-0; can't be replaced by mooring");
    Move move =
        new Move(
            Strait.cluster(), Strait.cluster().members().get(0), Strait.cluster().members().get(2));
    assertThat(Preflight.whereDriven(move, kept, List.of()))
        .filteredOn(row -> row.is("databases-file", "pooler"))
        .extracting(CheckRow::verdict)
        .containsExactly(Judged.WRONG);
  }
}
