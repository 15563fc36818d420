package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.HostClock;
import dev.mooring.dev.lab.LabFronts;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.RoleChangeResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a plan says of servers and poolers that work, and are not as a move needs them. */
abstract class SwitchoverRows extends SwitchoverDisks {
  private static final String EACH =
      "name each process at that port as an endpoint with a socketDirectory of its own, or run one"
          + " alone: a pause reaches one process only";

  /** What stands against the move, in the order of the plan. */
  private static final List<String> ROWS =
      List.of(
          "west-0 replay: paused; do not resume it, that would shut it down: raise what it has"
              + " lower than east-0 and restart it (max_wal_senders is 2, must be at least 8)",
          "east-0 base-backups: 1; wait for their end",
          "east-0 long-transactions: over 60 s; wait for its end, or end it: the stop will",
          "east-0 prepared-transactions: 1; end them by their transaction manager: COMMIT PREPARED"
              + " or ROLLBACK PREPARED",
          "east-0 logical-slots: reports; end their subscriptions first, or make them anew"
              + " afterwards",
          "west-0 max-wal-senders: 2; raise it and restart west-0",
          "west-0 max-replication-slots: 1; raise it and restart west-0",
          "west-0 listen-addresses: '127.0.0.1'; set it and restart west-0",
          "west-0 next-start-settings: max_replication_slots is 1, must be at least 2; correct its"
              + " configuration, or it would end at its next start",
          "pooler pool-mode: session of user postgres; with session pooling a pause waits for"
              + " clients to go: change it or stop them by hand",
          "pooler query-wait-timeout: 5 s; raise it, or shorten switchover.outageBudget: clients"
              + " that wait longer get an error",
          "pooler so-reuseport: 1; " + EACH,
          "pooler processes: 2; " + EACH);

  private static final List<String> STREAMING =
      List.of("west-0 walsender", "west-0 upstream", "west-0 upstream-address");

  private static final List<String> SMALL =
      List.of("max_wal_senders = 2", "max_replication_slots = 1", "listen_addresses = '127.0.0.1'");

  /** What was begun, the last first. */
  private final Deque<AutoCloseable> undone = new ArrayDeque<>();

  @Test
  @Tag("all")
  void what_would_break_in_a_move_or_after_it_is_told_with_its_remedy() throws Exception {
    stage.clients().silence("servers are restarted");
    LabInstance primary = stage.lab.instance("east-0");
    LabInstance target = stage.lab.instance("west-0");
    try {
      setUpSmall(primary, target);
      Path second;
      try (HostClock clock = raisedAlone(primary)) {
        beginWhatHoldsAStopUp(primary);
        second = twoPoolers();
        clock.set("+90");
        assertThat(wrong(plan("west-0"))).containsExactlyElementsOf(ROWS);
        mend(target);
        stage.lab.stop(primary);
      }
      stage.lab.stop(target);
      stage.lab.start(target);
      stage.lab.start(primary);
      // what a fast stop cut off of the archiver bears a time that is still to come
      ask(primary, "SELECT pg_stat_reset_shared('archiver')");
      nameBoth(second);
      Soon.soon("west-0 streams again", () -> SwitchoverStage.ask("east-0", STREAMS).equals("1"));
      assertThat(against(plan("west-0"))).isEmpty();
    } finally {
      undo();
    }
  }

  /** Whether a standby still streams whose replay stands is chance: it reads the archive before. */
  private static List<String> wrong(RoleChangeResult plan) {
    return plan.checks().stream()
        .filter(row -> row.verdict() == Judged.WRONG)
        .filter(row -> !STREAMING.contains(row.title()))
        .map(row -> row.title() + ": " + seen(row) + "; " + row.remedy())
        .toList();
  }

  /** What grows while it is looked at is told by its limit. */
  private static String seen(CheckRow row) {
    return row.id().equals("long-transactions") && row.seen().matches("(9\\d|1\\d\\d) s")
        ? "over 60 s"
        : row.seen();
  }

  /**
   * The target listens where nobody but a forwarder on its host comes, and knows of two standbys.
   */
  private void setUpSmall(LabInstance primary, LabInstance target)
      throws IOException, SQLException {
    ask(primary, "ALTER SYSTEM SET max_wal_senders = 2");
    stage.lab.stop(primary);
    stage.lab.start(primary);
    for (String setting : SMALL) {
      ask(target, "ALTER SYSTEM SET " + setting);
    }
    String control = stage.lab.postgresPrograms().resolve("pg_controldata").toString();
    Soon.soon(
        "the target knows that two are enough",
        () ->
            stage
                .lab
                .run(target.host(), control, target.dataDirectory().toString())
                .matches("(?s).*max_wal_senders setting: +2\n.*"));
    stage.lab.stop(target);
    stage.lab.start(target);
    Path forwarder = target.dataDirectory().resolveSibling("forwarder.cfg");
    Files.writeString(
        forwarder,
        String.format(
            Locale.ROOT,
            """
            defaults
              mode tcp
              timeout connect 3s
              timeout client 30m
              timeout server 30m
            listen forwarder
              bind %s:%d
              server target 127.0.0.1:%2$d
            """,
            target.host().address(),
            target.port()));
    begin(target.host(), "haproxy -db -f '" + forwarder + "'");
  }

  /** It needs more of whoever replays its WAL from then on. */
  private static HostClock raisedAlone(LabInstance primary) throws SQLException {
    ask(primary, "ALTER SYSTEM RESET max_wal_senders");
    ask(primary, "ALTER SYSTEM SET wal_level = logical");
    ask(primary, "ALTER SYSTEM SET wal_sender_timeout = 0");
    stage.lab.stop(primary);
    HostClock clock = stage.lab.faults().clockOf(primary.host());
    stage.lab.start(primary);
    Soon.soon(
        "the target's replay stands",
        () -> SwitchoverStage.ask("west-0", "SELECT pg_is_wal_replay_paused()").equals("t"));
    return clock;
  }

  private void beginWhatHoldsAStopUp(LabInstance primary) throws IOException, SQLException {
    ask(primary, "SELECT pg_create_logical_replication_slot('reports', 'pgoutput')");
    undone.push(() -> ask(primary, "SELECT pg_drop_replication_slot('reports')"));
    ask(primary, "BEGIN; CREATE TABLE lab.prepared (n int); PREPARE TRANSACTION 'waits'");
    undone.push(() -> ask(primary, "ROLLBACK PREPARED 'waits'"));
    Connection idle = stage.lab.connect(primary);
    undone.push(idle);
    idle.setAutoCommit(false);
    try (Statement statement = idle.createStatement()) {
      statement.execute("SELECT 1");
    }
    String password =
        Files.readAllLines(Path.of(stage.lab.environment().get("PGPASSFILE"))).stream()
            .filter(line -> line.contains(":mooring:"))
            .findFirst()
            .orElseThrow()
            .replaceFirst(".*:", "");
    begin(
        primary.host(),
        String.format(
            Locale.ROOT,
            "PGPASSWORD='%s' '%s/pg_basebackup' -X none -r 32k -c fast -h %s -p %d -U mooring -D"
                + " '%s'",
            password,
            stage.lab.postgresPrograms(),
            primary.host().address(),
            primary.port(),
            primary.dataDirectory().resolveSibling("backup")));
    Soon.soon(
        "a base backup is under way",
        () ->
            SwitchoverStage.ask("east-0", "SELECT phase FROM pg_stat_progress_basebackup")
                .startsWith("streaming"));
  }

  /**
   * They share a port, and one client's user pools sessions.
   *
   * @return the configuration of the second
   */
  private Path twoPoolers() throws IOException, SQLException {
    LabFronts fronts = stage.lab.fronts().orElseThrow();
    Path first = fronts.poolerConfiguration();
    Path directory = Files.createDirectory(first.resolveSibling("second"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path second = directory.resolve(first.getFileName());
    pooled(first, second, "query_wait_timeout = 5\n[users]\npostgres = pool_mode=session\n");
    return second;
  }

  /** Starts both with a configuration that ends so. */
  private void pooled(Path first, Path second, String end) throws IOException, SQLException {
    LabFronts fronts = stage.lab.fronts().orElseThrow();
    String sharing =
        Files.readString(first).replaceAll("(?s)so_reuseport.*", "") + "so_reuseport = 1\n" + end;
    Files.writeString(first, sharing);
    Files.writeString(
        second,
        sharing.replaceAll("unix_socket_dir = .*", "unix_socket_dir = " + second.getParent()));
    fronts.killPooler();
    fronts.startPoolerAgain();
    Connection ofTheFirst = fronts.connectThroughPooler();
    undone.push(ofTheFirst);
    Path socket = second.resolveSibling(".s.PGSQL.6432");
    Files.deleteIfExists(socket);
    begin(hostOf(first), "pgbouncer -q '" + second + "'");
    Soon.soon("the second listens", () -> Files.exists(socket));
  }

  private void mend(LabInstance target) throws Exception {
    for (String setting : SMALL) {
      ask(target, "ALTER SYSTEM RESET " + setting.replaceAll(" =.*", ""));
    }
    undo();
  }

  /** They go on as two that share a port, and each is an endpoint. */
  private void nameBoth(Path second) throws IOException, SQLException {
    Path first = stage.lab.fronts().orElseThrow().poolerConfiguration();
    pooled(first, second, "");
    stage.amendClusterFile(
        now ->
            now.lines()
                .flatMap(
                    line ->
                        line.contains("name: pooler")
                            ? Stream.of(line, named(line, first, second))
                            : Stream.of(line))
                .collect(Collectors.joining("\n", "", "\n")));
  }

  private static String named(String pooler, Path first, Path second) {
    return pooler
        .replace("name: pooler", "name: second")
        .replace(first.toString(), second.toString())
        .replace("\"" + first.getParent() + "\"", "\"" + second.getParent() + "\"");
  }

  private static LabHost hostOf(Path file) {
    return stage.lab.hosts().stream()
        .filter(host -> file.startsWith(host.directory()))
        .findFirst()
        .orElseThrow();
  }

  /** Begins a program on a host, which ends with this test. */
  private void begin(LabHost host, String command) {
    String begin = "PATH=$PATH:/usr/sbin; " + command + " </dev/null >/dev/null 2>&1 & echo $!";
    String process = stage.lab.run(host, "sh", "-c", begin).strip();
    undone.push(
        () -> {
          stage.lab.run(host, "kill", process);
          ProcessHandle.of(Long.parseLong(process)).ifPresent(one -> one.onExit().join());
        });
  }

  private void undo() throws Exception {
    while (!undone.isEmpty()) {
      undone.pop().close();
    }
  }
}
