package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.Await;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.secrets.Sought;
import dev.mooring.dev.tls.Authority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was set up in a lab whose first primary is east-0, as its servers and hosts show it. */
final class Replicated {
  private static final Pattern DIGEST = Pattern.compile("digest: ([0-9a-f]{64})");
  private static final String COMMIT = "INSERT INTO lab.waited VALUES (1)";

  private final Lab lab;

  Replicated(Lab lab) {
    this.lab = lab;
  }

  /**
   * T10, T27: everything that a connection needs but the password, which its account alone reads.
   */
  void assertConnectsByItsOwnPasswordFile(String id) throws SQLException, IOException {
    String address = lab.host("e0").address();
    int port = lab.instance("east-0").port();
    String connection = ask("SELECT current_setting('primary_conninfo')", id).get(0);
    assertThat(connection)
        .contains("host=" + address, "port=" + port, "user=lab_replication")
        .contains("application_name=" + id.replace('-', '_'));
    Matcher file = Pattern.compile("passfile=(\\S+)").matcher(connection);
    assertThat(file.find()).as(connection).isTrue();
    Path passwords = Path.of(file.group(1));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(passwords)))
        .isEqualTo("rw-------");
    assertThat(Files.readAllLines(passwords))
        .singleElement()
        .asString()
        .startsWith(address + ":" + port + ":*:lab_replication:");
  }

  /** The primary as a server that was never meant to be followed, whose archive is nowhere. */
  void letNobodyStream() throws SQLException, IOException {
    for (String set :
        List.of(
            "wal_level = minimal",
            "max_wal_senders = 0",
            "max_replication_slots = 1",
            "hot_standby = off",
            "archive_mode = off",
            "archive_command = ''")) {
      superuser("ALTER SYSTEM SET " + set);
    }
    lab.stop(lab.instance("east-0"));
    lab.start(lab.instance("east-0"));
    Path archive = lab.archive(0);
    Files.setOwner(archive.getParent(), Files.getOwner(archive));
    Files.move(archive, archive.resolveSibling("before"));
  }

  /** The primary speaks TLS, by a certificate that is good for its standbys, which copy it, too. */
  void serveTls(Path made) throws SQLException, IOException {
    Authority authority = Authority.make(made, "ours");
    String addresses =
        lab.hosts().stream().map(host -> "ip:" + host.address()).collect(Collectors.joining(","));
    Authority.Identity shown = authority.vouchFor("server", addresses);
    Path data = lab.instance("east-0").dataDirectory();
    give(authority.certificate(), believed());
    give(shown.certificate(), data.resolve("server.crt"));
    give(shown.key(), data.resolve("server.key"));
    superuser("ALTER SYSTEM SET ssl = on");
    superuser("SELECT pg_reload_conf()");
  }

  private void give(Path from, Path to) throws IOException {
    Files.copy(from, to);
    Files.setOwner(
        to,
        to.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(lab.userName()));
  }

  private Path believed() {
    return lab.directory().resolve("authority.pem");
  }

  /** A cluster file that lets standbys stream from no server but the one that is meant. */
  String wantTls(String clusterFile) {
    return clusterFile.replace(
        "replication: {",
        "replication: {sslMode: verify-full, sslRootCertificate: \"" + believed() + "\", ");
  }

  /** Who streams from it, and whether over TLS. */
  List<String> encrypted(String id) throws SQLException {
    return ask(
        "SELECT application_name || ' ' || ssl FROM pg_stat_replication JOIN pg_stat_ssl USING"
            + " (pid)",
        id);
  }

  /** What its receiver connected with. */
  String connection(String id) throws SQLException {
    return String.join("; ", ask("SELECT conninfo FROM pg_stat_wal_receiver", id));
  }

  /** To those alone it sends, each by its slot, and it has no other slot. */
  void assertSends(String id, String... names) throws SQLException {
    assertThat(
            ask(
                "SELECT slot_name FROM pg_replication_slots LEFT JOIN pg_stat_replication ON pid ="
                    + " active_pid AND state = 'streaming' AND application_name = slot_name"
                    + " WHERE plugin IS NULL ORDER BY 1",
                id))
        .containsExactly(names);
    assertThat(ask("SELECT application_name FROM pg_stat_replication ORDER BY 1", id))
        .containsExactly(names);
  }

  /** The password that standbys have, and what the primary keeps of it. */
  Sought secrets() throws SQLException, IOException {
    String password = Files.readString(password()).strip();
    assertThat(password).hasSizeGreaterThan(20);
    return new Sought()
        .with("replication password", password)
        .with(
            "verifier",
            ask("SELECT rolpassword FROM pg_authid WHERE rolname = 'lab_replication'", "east-0")
                .get(0));
  }

  /** Neither receipts nor the histories of runs, also where they are packed. */
  void assertNoEvidenceHolds(Sought secrets) throws IOException {
    Set<Path> read = new LinkedHashSet<>();
    assertThat(secrets.below(lab.evidenceStore(), List.of(), read)).isEmpty();
    assertThat(read)
        .anyMatch(file -> file.toString().contains("/receipts/"))
        .anyMatch(file -> file.toString().endsWith(".json.gz"));
  }

  /** Its access lines are of one address each, and of TLS. */
  void assertLetsInOverTlsAlone(String host) throws IOException {
    assertThat(lines("east-0"))
        .contains("# mooring narrows begin", "# mooring narrows end")
        .contains(
            "hostssl replication \"lab_replication\" "
                + lab.host(host).address()
                + "/32 scram-sha-256")
        .noneMatch(line -> line.contains("0.0.0.0/0"));
  }

  /** For west-0 while that stands still, and while it receives and replays nothing. */
  void assertCommitsWait(boolean forOneThatStandsStill, boolean forReplay) throws Exception {
    LabInstance waitedFor = lab.instance("west-0");
    lab.faults().signalAll(waitedFor, Signal.STOP);
    CompletableFuture<Void> write = commit(forOneThatStandsStill);
    lab.faults().signalAll(waitedFor, Signal.CONT);
    write.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);

    ask("SELECT pg_wal_replay_pause()", "west-0");
    CompletableFuture<Void> another = commit(forReplay);
    ask("SELECT pg_wal_replay_resume()", "west-0");
    another.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /** Commits a row beside the test; once this returns that waits for a standby, or else is done. */
  private CompletableFuture<Void> commit(boolean waits) throws Exception {
    CompletableFuture<Void> write = CompletableFuture.runAsync(() -> superuserNow(COMMIT));
    if (waits) {
      String ours = "wait_event = 'SyncRep' AND query = '" + COMMIT + "'";
      Soon.soon(
          "it waits",
          () -> !ask("SELECT 1 FROM pg_stat_activity WHERE " + ours, "east-0").isEmpty());
      assertThat(write).isNotDone();
    } else {
      write.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
    return write;
  }

  /** What the first setup was to set, and nothing waits for another start. */
  void assertPrimaryIsSet() throws SQLException, IOException {
    assertThat(
            ask(
                "SELECT name || ' ' || setting FROM pg_settings WHERE name IN ('wal_level',"
                    + " 'max_wal_senders', 'max_replication_slots', 'archive_mode', 'hot_standby')"
                    + " ORDER BY name",
                "east-0"))
        .containsExactly(
            "archive_mode on",
            "hot_standby on",
            "max_replication_slots 10",
            "max_wal_senders 10",
            "wal_level replica");
    assertThat(ask("SELECT name FROM pg_settings WHERE pending_restart", "east-0")).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lab.archive(0))))
        .isEqualTo("rwx------");
  }

  /** The digest of a plan as a command showed it. */
  static String digest(String shown) {
    Matcher found = DIGEST.matcher(shown);
    assertThat(found.find()).as(shown).isTrue();
    return found.group(1);
  }

  /** Does that while a person takes the primary's WAL with pg_receivewal. */
  Answer whileItsWalIsTaken(Supplier<Answer> look) throws Exception {
    LabInstance primary = lab.instance("east-0");
    ProcessBuilder taking =
        new ProcessBuilder(
                lab.postgresPrograms().resolve("pg_receivewal").toString(),
                "--no-password",
                "--host=" + primary.host().address(),
                "--port=" + primary.port(),
                "--username=mooring",
                "--directory=" + Files.createDirectory(lab.directory().resolve("taken")))
            .redirectErrorStream(true)
            .redirectOutput(lab.directory().resolve("taken.log").toFile());
    taking.environment().putAll(lab.environment());
    Process run = taking.start();
    try {
      Soon.soon(
          "it streams",
          () ->
              ask(
                      "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND"
                          + " application_name = 'pg_receivewal'",
                      "east-0")
                  .contains("1"));
      return look.get();
    } finally {
      run.destroy();
      run.waitFor();
    }
  }

  List<String> sync() throws SQLException {
    return ask("SELECT application_name || ' ' || sync_state FROM pg_stat_replication", "east-0");
  }

  int waiting() throws SQLException {
    return ask("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'", "east-0").size();
  }

  String recordedSet() throws IOException {
    try (Stream<Path> files = Files.walk(lab.host("e0").mooring())) {
      return Files.readString(
          files.filter(file -> file.toString().endsWith(".synchronous")).findFirst().orElseThrow());
    }
  }

  /** Another system, with settings of its own, lies where that instance is to be. */
  void leaveOver(String id) {
    lab.run(
        lab.instance(id).host(),
        "sh",
        "-c",
        "\"$1/initdb\" --no-sync --auth=trust --pgdata=\"$0\" >/dev/null &&"
            + " echo 'hot_standby_feedback = on' >>\"$0/postgresql.conf\" &&"
            + " echo \"restore_command = 'false'\" >>\"$0/postgresql.auto.conf\"",
        lab.instance(id).dataDirectory().toString(),
        lab.postgresPrograms().toString());
  }

  /** It lies aside as it was, and the instance runs with nothing of it. */
  void assertLeftOverIsAside(String id) throws IOException, SQLException {
    try (Stream<Path> beside = Files.list(lab.instance(id).dataDirectory().getParent())) {
      Path aside =
          beside
              .filter(path -> path.toString().contains(id + ".mooring-old-"))
              .findFirst()
              .orElseThrow();
      assertThat(aside.resolve("postgresql.auto.conf"))
          .content()
          .contains("restore_command")
          .doesNotContain("mooring_fenced_epoch");
    }
    assertThat(ask("SELECT current_setting('hot_standby_feedback')", id)).containsExactly("off");
    assertThat(ask("SELECT current_setting('port')", id))
        .containsExactly(String.valueOf(lab.instance(id).port()));
  }

  void superuserNow(String sql) {
    try {
      superuser(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  Path password() {
    return lab.configDirectory().resolve("role.password");
  }

  List<String> lines(String id) throws IOException {
    return Files.readAllLines(lab.instance(id).dataDirectory().resolve("pg_hba.conf"));
  }

  void superuser(String sql) throws SQLException {
    superuserOf("east-0", sql);
  }

  void superuserOf(String id, String sql) throws SQLException {
    try (Connection connection = lab.connect(lab.instance(id));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  List<String> ask(String sql, String id) throws SQLException {
    try (Connection connection = lab.connect(lab.instance(id));
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
