package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.HostNetwork;
import dev.mooring.dev.lab.LabDisk;
import dev.mooring.dev.lab.LabFronts;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.worker.MooringWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What stands against a move is told in its plan, all at once, and refuses it. */
abstract class SwitchoverRefused extends SwitchoverStage {
  /** Whether the usual target does. */
  static final String STREAMS =
      "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND application_name ="
          + " 'west_0'";

  @Test
  @Tag("all")
  @Tag("root") // only root drops packets
  void all_that_stands_against_a_move_is_told_at_once_and_refuses_it() throws Exception {
    LabInstance primary = stage.lab.instance("east-0");
    LabInstance target = stage.lab.instance("west-0");
    LabInstance sibling = stage.lab.instance("east-1");
    stage.amendClusterFile(
        now -> now.replace("replication: {", "replication: {archiveBacklog: 0, "));
    Path control = sibling.dataDirectory().resolve("global/pg_control");
    Path aside = control.resolveSibling("pg_control.aside");
    stage.dismissWorker();
    MooringWorker impatient =
        stage.workerOf(stage.service, List.of(stage.hooks, Impatience.asksOnce()));
    try {
      stage.lab.faults().archiveOff(0);
      ask(primary, "SELECT pg_switch_wal()");
      ask(target, "SELECT pg_wal_replay_pause()");
      stage.lab.faults().killSshAndSessions(target.host());
      stage.lab.faults().network(sibling.host()).drop(HostNetwork.Way.IN, sibling.port());
      Files.move(control, aside);
      EndingRecord refused = Stage.endingOf(beginUnapproved("west-0"));
      assertThat(List.of(refused.outcome(), refused.code()))
          .containsExactly("Refused", "PREFLIGHT");
      assertThat(rows(refused))
          .anyMatch(row -> row.startsWith("west-0 host-answers: ") && row.contains("w0"))
          .anyMatch(row -> row.startsWith("east-1 answers: "))
          .anyMatch(row -> row.startsWith("east-1 host-answers: ") && row.contains("pg_control"))
          .anyMatch(row -> row.startsWith("west-0 replay: paused"))
          .anyMatch(row -> row.startsWith("east-0 archive-backlog: "));
    } finally {
      Files.move(aside, control);
      stage.lab.faults().network(sibling.host()).mend();
      stage.lab.faults().startSsh(target.host());
      ask(target, "SELECT pg_wal_replay_resume()");
      stage.lab.faults().archiveOn(0);
      impatient.close();
      stage.recallWorker();
    }
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  /** Beside how members stream: what would stop the move in its midst, or be missed afterwards. */
  @Test
  @Tag("all")
  void what_is_wrong_around_the_members_is_told_at_once() throws Exception {
    LabInstance primary = stage.lab.instance("east-0");
    LabInstance target = stage.lab.instance("west-0");
    LabInstance sibling = stage.lab.instance("east-1");
    Path access = stage.lab.configuration(target).resolve("pg_hba.conf");
    String before = Files.readString(access);
    Path settings = primary.dataDirectory().resolve("postgresql.conf");
    Path elsewhere = primary.dataDirectory().resolveSibling("elsewhere.conf");
    String manager = manager(primary);
    // of a major version that no lab runs
    ServerVersion other = new ServerVersion(ServerVersion.OLDEST_SUPPORTED - 1, 22);
    stage.manage(primary, new OtherPrograms(stage.lab).beside(primary, "postgres", other));
    try {
      Path library = GoneLibrary.ofAFunctionOn(stage.lab, primary);
      ask(primary, "UPDATE pg_database SET datctype = 'xx_XX.UTF-8' WHERE datname = 'template0'");
      ask(primary, "REVOKE pg_checkpoint FROM mooring");
      Files.writeString(access, "host replication all all reject\n" + before);
      ask(target, "SELECT pg_reload_conf()");
      Files.setPosixFilePermissions(
          sibling.dataDirectory(), PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.move(settings, elsewhere);
      ask(primary, "ALTER ROLE lab_replication SUPERUSER");
      RoleChangeResult detaching =
          start("west-0", ",\"detach\":\"east-1\"").getResult(RoleChangeResult.class);
      allIsTold(against(detaching), library);
    } finally {
      stage.lab.run(primary.host(), "kill", manager);
      putBack(elsewhere, settings);
      Files.setPosixFilePermissions(
          sibling.dataDirectory(), PosixFilePermissions.fromString("rwx------"));
      Files.writeString(access, before);
      ask(target, "SELECT pg_reload_conf()");
      ask(primary, "ALTER ROLE lab_replication NOSUPERUSER");
      ask(primary, "DROP FUNCTION IF EXISTS unlike(); GRANT pg_checkpoint TO mooring");
    }
  }

  /** On that host alone: others on this machine, with networks of their own, must not see it. */
  private static String manager(LabInstance instance) throws IOException {
    Path patroni = instance.dataDirectory().resolveSibling("patroni");
    Files.copy(Path.of("/bin/sleep"), patroni);
    String begin = "'" + patroni + "' 60 </dev/null >/dev/null 2>&1 & echo $!";
    return stage.lab.run(instance.host(), "sh", "-c", begin).strip();
  }

  private static void allIsTold(List<String> rows, Path library) {
    assertThat(rows)
        .anyMatch(
            row ->
                row.startsWith("east-0 superuser-walsenders: pid ")
                    && row.contains(" of east_1 runs as lab_replication"))
        .anyMatch(
            row -> row.startsWith("east-0 privileges: role mooring lacks to end a checkpoint"))
        .anyMatch(
            row -> row.startsWith("east-0 replication-connection: ") && row.contains("pg_hba"))
        .anyMatch(
            row -> row.startsWith("east-1 replication-connection: ") && row.contains("pg_hba"))
        .anyMatch(row -> row.startsWith("east-1 data-directory-mode: ") && row.contains("755"))
        .anyMatch(
            row ->
                row.startsWith("west-0 host-needs: ")
                    && row.contains("library " + library)
                    && row.contains("locale xx_XX.UTF-8"))
        .anyMatch(row -> row.startsWith("east-0 configuration-files: no postgresql.conf in "))
        .anyMatch(row -> row.startsWith("east-0 server-program: 12.22"))
        .anyMatch(row -> row.startsWith("east-0 other-managers: patroni runs (pid "))
        .noneMatch(row -> row.startsWith("west-0 other-managers: "))
        .noneMatch(row -> row.contains(" collations: ") || row.contains(" extensions: "));
  }

  /** By what is in the archive, whatever its server says that it archived. */
  @Test
  @Tag("all")
  void a_hole_in_the_archive_and_a_timeline_that_production_never_had_refuse_a_move()
      throws Exception {
    String cut = archived("east-0");
    String gone = archived("east-0");
    String last = archived("east-0");
    Path foreign = stage.lab.archive(0).resolve("00000009.history");
    try {
      stage.lab.faults().truncateWal(0, cut, 8192);
      stage.lab.faults().hideWal(0, gone);
      stage.lab.faults().hideWal(0, last);
      Files.writeString(foreign, "1\t0/1000000\ta drill\n");
      RoleChangeResult plan = plan("west-0");
      assertThat(against(plan))
          .containsExactlyInAnyOrder(
              "east-0 archive-chain: "
                  + cut
                  + " 8192 bytes instead of "
                  + ask("east-0", "SELECT setting FROM pg_settings WHERE name = 'wal_segment_size'")
                  + ", "
                  + gone
                  + " missing, "
                  + last
                  + " missing",
              "east-0 foreign-history: 00000009.history",
              "west-0 foreign-history: 00000009.history");
      assertThat(Stage.endingOf(execute("west-0", plan.digest())).code()).isEqualTo("PREFLIGHT");
    } finally {
      Files.deleteIfExists(foreign);
    }
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  /** Ends a file, and names it once it is in the archive. */
  private static String archived(String id) throws SQLException {
    ask(id, "CHECKPOINT");
    String file = ask(id, "SELECT pg_walfile_name(pg_switch_wal())");
    Soon.soon(file + " is archived", () -> Files.exists(stage.lab.archive(0).resolve(file)));
    Soon.soon(
        file + " is said to be archived",
        () -> {
          try {
            return ask(id, "SELECT last_archived_wal FROM pg_stat_archiver").equals(file);
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        });
    return file;
  }

  private static void putBack(Path moved, Path to) throws IOException {
    if (Files.exists(moved)) {
      Files.move(moved, to);
    }
  }

  static List<String> against(RoleChangeResult plan) {
    return plan.checks().stream()
        .filter(row -> row.verdict() == CheckRow.Judged.WRONG)
        .map(row -> row.title() + ": " + row.seen())
        .toList();
  }

  /** What stands against it, of a run that this refused. */
  static List<String> rows(EndingRecord refused) {
    return List.of(refused.headline().split("; ", -1));
  }

  /** A host that shows another key than it did is not spoken to, and says so. */
  @Test
  @Tag("all")
  void a_host_key_that_changed_refuses_a_move() {
    LabHost host = stage.lab.instance("west-0").host();
    stage.lab.faults().changeHostKey(host);
    try {
      assertThat(plan("west-0").headline()).contains("west-0 host-answers").contains("key");
    } finally {
      stage.lab.faults().correctKnownHosts();
    }
  }

  /** Its WAL would come nowhere after the move, and commits would wait for others than before. */
  @Test
  @Tag("all")
  void a_target_that_archives_nothing_and_commits_that_were_changed_by_hand_refuse_a_move()
      throws SQLException {
    LabInstance target = stage.lab.instance("west-0");
    ask(target, "ALTER SYSTEM SET archive_mode = 'off'");
    ask("east-0", "ALTER SYSTEM SET synchronous_standby_names = 'gone'");
    ask("east-0", "ALTER SYSTEM SET synchronous_commit = 'local'");
    try {
      ask("east-0", "SELECT pg_reload_conf()");
      stage.lab.stop(target);
      stage.lab.start(target);
      Soon.soon("it streams again", () -> SwitchoverStage.ask("east-0", STREAMS).equals("1"));
      RoleChangeResult plan = plan("west-0");
      assertThat(against(plan))
          .contains(
              "west-0 archive-mode: off",
              "east-0 synchronous-standby-names: gone",
              "east-0 synchronous-commit: local");
      assertThat(Stage.endingOf(execute("west-0", plan.digest())).code()).isEqualTo("PREFLIGHT");
    } finally {
      ask(target, "ALTER SYSTEM RESET archive_mode");
      ask("east-0", "ALTER SYSTEM RESET synchronous_standby_names");
      ask("east-0", "ALTER SYSTEM RESET synchronous_commit");
      ask("east-0", "SELECT pg_reload_conf()");
      stage.lab.stop(target);
      stage.lab.start(target);
    }
    Soon.soon("it streams again", () -> SwitchoverStage.ask("east-0", STREAMS).equals("1"));
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  /** Nobody could stream from the new primary, or the old one not come back. */
  @Test
  @Tag("all")
  void a_replication_password_that_was_changed_refuses_a_move() throws SQLException {
    ask("east-0", "ALTER ROLE lab_replication PASSWORD 'changed by hand'");
    assertThat(against(plan("west-0")))
        .anyMatch(
            row ->
                row.startsWith("east-0 replication-connection: ")
                    && row.contains("password authentication failed"));
  }

  @Test
  @Tag("all")
  void what_is_prepared_refuses_a_move_and_despite_it_moves_along_whole() throws SQLException {
    ask("east-0", "CREATE TABLE lab.prepared (n int)");
    ask(
        "east-0",
        "BEGIN; INSERT INTO lab.prepared VALUES (1), (2); PREPARE TRANSACTION 'straddle'");
    assertThat(plan("west-0").checks())
        .filteredOn(row -> row.rule().equals("prepared-transactions"))
        .extracting(row -> row.verdict().name())
        .containsExactly("WRONG");
    String despite = ",\"overrides\":\"prepared-transactions\",\"reason\":\"it is known\"";
    String digest = start("west-0", despite).getResult(RoleChangeResult.class).digest();
    RoleChangeResult moved = execute("west-0", digest, despite).getResult(RoleChangeResult.class);
    assertThat(moved.outcome()).isEqualTo("Completed");
    assertThat(ask("west-0", "SELECT count(*) FROM lab.prepared")).isEqualTo("0");
    ask("west-0", "COMMIT PREPARED 'straddle'");
    assertThat(ask("west-0", "SELECT count(*) FROM lab.prepared")).isEqualTo("2");
    assertThat(ask("west-0", "SELECT count(*) FROM pg_prepared_xacts")).isEqualTo("0");
  }

  /** As where DNS still has the address of another: who answers is looked at, not the name. */
  @Test
  @Tag("all")
  void a_name_that_leads_to_another_member_refuses_a_move() {
    String asItIs = Sites.read(stage.lab.clusterFile());
    leadTo("east-1", "west-0");
    assertThat(against(plan("west-0")))
        .anyMatch(row -> row.startsWith("east-1 data-directory: ") && row.contains("west-0"))
        .anyMatch(row -> row.startsWith("east-1 host-answers: "));
    // led elsewhere alone: where nobody listens at the first one's port a minute would be waited
    stage.amendClusterFile(now -> asItIs);
    leadTo("west-0", "east-0");
    EndingRecord refused = Stage.endingOf(start("west-0", ""));
    assertThat(refused.code()).isEqualTo("TWO_PRIMARIES");
    assertThat(refused.headline()).contains("east-0", "west-0");
  }

  /** One that is no endpoint refuses the move; endpoints of one file are moved together. */
  @Test
  @Tag("all")
  void databases_of_one_pgbouncer_move_together_once_each_is_an_endpoint() throws Exception {
    LabFronts fronts = stage.lab.fronts().orElseThrow();
    String lab = Files.readString(fronts.poolerConfiguration());
    LabInstance old = stage.lab.instance("east-0");
    String target =
        " = host=%s port=%d dbname=postgres\n".formatted(old.host().address(), old.port());
    String reports = lab.replace("[pgbouncer]", "reports" + target + "[pgbouncer]");
    Files.writeString(
        fronts.poolerConfiguration(), reports.replace("[pgbouncer]", "*" + target + "[pgbouncer]"));
    fronts.tellPooler("RELOAD");
    assertThat(against(plan("west-0"))).containsExactly("pooler databases-left-behind: *, reports");
    Files.writeString(fronts.poolerConfiguration(), reports);
    fronts.tellPooler("RELOAD");
    stage.amendClusterFile(
        now ->
            now.replaceFirst(
                "( *- \\{name: )pooler(, pgbouncer.*)\\}\\}\n",
                "$0$1reports$2, database: reports}}\n"));
    assertThat(moveUnseen("east-0", "west-0").outcome()).isEqualTo("Completed");
    LabInstance primary = stage.lab.instance("west-0");
    String led = "|" + primary.host().address() + "|" + primary.port() + "|postgres|";
    assertThat(fronts.tellPooler("SHOW DATABASES")).contains("\npostgres" + led, "\nreports" + led);
  }

  /** Two that are spelled alike the cluster file's check refuses; in the lab ports differ too. */
  private static void leadTo(String id, String other) {
    LabInstance one = stage.lab.instance(id);
    LabInstance elsewhere = stage.lab.instance(other);
    String named = "name: " + one.host().name() + ", access: ssh, address: ";
    String server = "host: " + one.host().name() + ", port: ";
    String ssh = "ssh: {port: ";
    stage.amendClusterFile(
        now ->
            now.replace(named + one.host().address(), named + spelled(elsewhere.host().address()))
                .replace(ssh + one.host().sshPort(), ssh + elsewhere.host().sshPort())
                .replace(server + one.port(), server + elsewhere.port()));
  }

  /** The same address with its last two numbers as one. */
  private static String spelled(String address) {
    String[] parts = address.split("\\.", -1);
    int last = Integer.parseInt(parts[2]) * 256 + Integer.parseInt(parts[3]);
    return parts[0] + "." + parts[1] + "." + last;
  }

  /** It can't keep what it receives, or replay it, and comes along once there is room. */
  @Test
  @Tag("all")
  @Tag("root")
  void a_target_whose_disk_is_full_refuses_a_move() throws Exception {
    LabInstance target = stage.lab.instance("west-0");
    try (LabDisk disk = stage.lab.faults().diskUnder(target, "", 256)) {
      disk.fill(1024);
      ask(
          stage.lab.instance("east-0"),
          "CREATE TABLE lab.filler AS SELECT repeat('x', 1000) FROM generate_series(1, 40000)");
      Soon.soon(
          "its log says so", () -> Sites.read(target.log()).contains("No space left on device"));
      RoleChangeResult plan = plan("west-0");
      assertThat(against(plan)).anyMatch(row -> row.contains("west-0"));
      EndingRecord refused = Stage.endingOf(execute("west-0", plan.digest()));
      assertThat(List.of(refused.outcome(), refused.code()))
          .containsExactly("Refused", "PREFLIGHT");
      assertThat(writerThroughPooler()).isEqualTo("east-0");

      disk.makeRoom();
      if (!stage.lab.isRunning(target)) {
        stage.lab.start(target);
      }
      Soon.soon("no check blocks it", () -> against(plan("west-0")).isEmpty());
    }
  }

  static void ask(LabInstance instance, String sql) throws SQLException {
    try (Connection connection = stage.lab.connect(instance);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
