package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.postgres.Lsn;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a failover loses where commits wait for nobody, and what is kept of it. */
abstract class FailoverLoss extends FailoverFaults {
  private static final int ROWS = 20;
  private static final Pattern BEHIND =
      Pattern.compile("west-0 loss-limit: (\\d+) bytes behind the furthest standby that was read");
  private static final Pattern COMMIT =
      Pattern.compile("\\btx: +(\\d+), lsn: ([0-9A-F]+/[0-9A-F]+), .* desc: COMMIT ");

  private static final String SYNCHRONOUS =
      "SELECT count(*) FROM pg_stat_replication WHERE sync_state <> 'async'";

  /**
   * One standby is cut off, so that witnesses disagree and nobody is promoted, and later the other
   * one too. The primary dies then: what the better one has more is known to the plan, what nobody
   * else has is not. Both are healed, and what each alone had is listed.
   */
  @Test
  @Tag("root")
  @Tag("all")
  void what_is_lost_was_shown_by_the_plan_and_what_is_kept_lists_exactly_that() throws Exception {
    commitsWaitForNobody();
    stage.clients().silence("what the old primary alone acknowledged is lost here");
    ask("east-0", "CREATE TABLE acknowledged (n int)");
    makeTablespaceWithin();
    SortedMap<Integer, Long> written;
    SortedMap<Integer, Long> known;
    LabHost primary = stage.lab.host("e0");
    try (Connection held = withoutProber()) {
      written = commits(0);
      have(ROWS, "west-0", "east-1");
      assertTheFileDecidesAmongEquals();
      stage.lab.faults().network(stage.lab.host("w0")).cutFrom(primary);
      assertThat(plan())
          .contains(
              "east-0 primary-gone: CUT_OFF: it accepts writes, and the network between it and host"
                  + " w0 is cut");
      known = commits(ROWS);
      have(2 * ROWS, "east-1");
      stage.lab.faults().network(stage.lab.host("e1")).cutFrom(primary);
      written.putAll(known);
      written.putAll(commits(2 * ROWS));
      kill("east-0");
      assertThat(held.isClosed()).isFalse();
    }
    RoleChangeResult refused = start(",\"to\":\"west-0\"").getResult(RoleChangeResult.class);
    Matcher behind = BEHIND.matcher(refused.headline());
    assertThat(behind.find()).as(refused.headline()).isTrue();
    assertRefused(begin(",\"to\":\"west-0\""));
    RoleChangeResult result = failedOverBesideUnreadableWal();
    written.keySet().removeAll(rowsAt("west-0"));
    known.keySet().retainAll(written.keySet());
    assertThat(written).hasSize(known.size() + ROWS);
    stage.lab.hosts().forEach(host -> stage.lab.faults().network(host).mend());
    healAll();
    assertListed(written, known, forkOf(result).plus(Long.parseLong(behind.group(1))));
    assertThat(rowsAt("west-0")).hasSize(3 * ROWS - written.size());
  }

  /** Within each data directory, to which a link of one name leads on each host. */
  private static void makeTablespaceWithin() {
    Path named = stage.lab.onEachHost("own");
    for (LabInstance one : stage.lab.instances()) {
      stage.lab.run(
          one.host(),
          "sh",
          "-euc",
          "ln -s \"$0\" \"$1\"; mkdir \"$1/within\"",
          one.dataDirectory().toString(),
          named.toString());
    }
    ask("east-0", "CREATE TABLESPACE within LOCATION '" + named + "/within'");
    ask("east-0", "CREATE TABLE lab.within TABLESPACE within AS SELECT 1");
  }

  /** Both have all of it, and commits wait for neither: then one of the old primary's site. */
  private static void assertTheFileDecidesAmongEquals() {
    assertThat(plan()).contains("promoting east-1 in the place of east-0");
    amendPolicy("maxLossBytes: 0", "maxLossBytes: 0, prefer: [west-0]");
    assertThat(plan()).contains("promoting west-0 in the place of east-0");
    amendPolicy("prefer: [west-0]", "exclude: [west-0]");
    assertThat(start(",\"to\":\"west-0\"").getResult(RoleChangeResult.class).headline())
        .contains("(rule excluded)");
    amendPolicy(", exclude: [west-0]", "");
  }

  private static void amendPolicy(String from, String to) {
    stage.amendClusterFile(now -> now.replace(from, to));
  }

  private static RoleChangeResult failedOverBesideUnreadableWal() throws IOException {
    Path wal = stage.lab.instance("east-0").dataDirectory().resolve("pg_wal");
    Set<PosixFilePermission> readable = Files.getPosixFilePermissions(wal);
    Files.setPosixFilePermissions(wal, Set.of());
    RoleChangeResult result =
        failOver(
            ",\"to\":\"west-0\",\"overrides\":\"loss-limit,fetch-wal\",\"reason\":\"east-1 is to be"
                + " lost\"");
    Files.setPosixFilePermissions(wal, readable);
    assertThat(result.headline()).endsWith("lost: unknown: commits waited for no standby");
    assertThat(result.degraded())
        .anyMatch(line -> line.startsWith("east-1 has more of the old"))
        .anyMatch(line -> line.startsWith("WAL that only the disk of east-0 has was not brought"));
    return result;
  }

  private static void assertRefused(WorkflowStub run) {
    EndingRecord ending = Stage.endingOf(run);
    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.headline()).contains("(rule loss-limit)");
  }

  /**
   * Both lists are of exactly what was lost, and the bytes of the plan hold what it knew of that.
   *
   * @param upTo what the plan knew to be lost ends there
   */
  private static void assertListed(
      SortedMap<Integer, Long> written, SortedMap<Integer, Long> known, Lsn upTo)
      throws IOException {
    SortedMap<Long, Lsn> listed = listedAt("east-0");
    assertThat(listed.keySet()).containsExactlyElementsOf(new TreeSet<>(written.values()));
    SortedMap<Long, Lsn> shown = listedAt("east-1");
    assertThat(shown.keySet()).containsExactlyElementsOf(new TreeSet<>(known.values()));
    assertThat(shown).isNotEmpty();
    assertThat(listed.entrySet())
        .as("what the plan knew to be lost ends at " + upTo)
        .allMatch(one -> one.getValue().isBefore(upTo) == shown.containsKey(one.getKey()));
  }

  private static void commitsWaitForNobody() {
    stage.amendClusterFile(
        now ->
            now.replace("synchronous: {method: first, instances: [west-0]}, ", "")
                + "failover: {maxLossBytes: 0}\n");
    ask("east-0", "ALTER SYSTEM RESET synchronous_standby_names");
    ask("east-0", "SELECT pg_reload_conf()");
    Soon.soon("commits wait for nobody", () -> ask("east-0", SYNCHRONOUS).equals("0"));
  }

  /** As many rows from there on, each acknowledged by itself, and the transaction of each. */
  private static SortedMap<Integer, Long> commits(int after) throws SQLException {
    SortedMap<Integer, Long> commits = new TreeMap<>();
    try (Connection client = stage.lab.connect(stage.lab.instance("east-0"));
        Statement statement = client.createStatement()) {
      for (int n = after + 1; n <= after + ROWS; n++) {
        try (ResultSet row =
            statement.executeQuery(
                "INSERT INTO acknowledged VALUES (" + n + ") RETURNING txid_current()")) {
          row.next();
          commits.put(n, row.getLong(1));
        }
      }
    }
    return commits;
  }

  private static void have(int rows, String... standbys) {
    for (String standby : standbys) {
      Soon.soon(
          standby + " has " + rows,
          () -> ask(standby, "SELECT count(*) FROM acknowledged").equals(String.valueOf(rows)));
    }
  }

  private static List<Integer> rowsAt(String instance) throws SQLException {
    List<Integer> rows = new ArrayList<>();
    try (Connection client = stage.lab.connect(stage.lab.instance(instance));
        Statement statement = client.createStatement();
        ResultSet row = statement.executeQuery("SELECT n FROM acknowledged ORDER BY n")) {
      while (row.next()) {
        rows.add(row.getInt(1));
      }
    }
    return rows;
  }

  private static void healAll() {
    Mooring mooring = stage.mooring();
    String digest = Replicated.digest(mooring.type("plan resilver strait").out());
    Answer resilvered = mooring.type("resilver strait --reason back --digest " + digest);
    assertThat(resilvered.status()).as(resilvered.out() + resilvered.err()).isZero();
    for (String healed : List.of("east-0", "east-1")) {
      assertThat(ask(healed, "SELECT count(*) FROM lab.within")).isEqualTo("1");
    }
  }

  /** Up to where the new primary has the WAL of the old one. */
  private static Lsn forkOf(RoleChangeResult result) {
    return result.proof().stream()
        .flatMap(proof -> proof.facts().stream())
        .filter(fact -> fact.name().equals("fork"))
        .map(fact -> Lsn.parse(fact.value()))
        .findFirst()
        .orElseThrow();
  }

  /**
   * The transactions that a host lists as lost with what was kept of an instance there, each with
   * the place of its commit.
   */
  private static SortedMap<Long, Lsn> listedAt(String id) throws IOException {
    LabInstance instance = stage.lab.instance(id);
    Path kept = instance.host().mooring().resolve(stage.cluster()).resolve(id + ".wal-kept");
    try (Stream<Path> runs = Files.list(kept)) {
      List<Path> lists = runs.map(run -> run.resolve("transactions.txt")).toList();
      assertThat(lists).hasSize(1);
      return Files.readString(lists.get(0))
          .lines()
          .map(COMMIT::matcher)
          .filter(Matcher::find)
          .collect(
              Collectors.toMap(
                  line -> Long.valueOf(line.group(1)),
                  line -> Lsn.parse(line.group(2)),
                  (one, other) -> one,
                  TreeMap::new));
    }
  }
}
