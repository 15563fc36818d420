package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What was set up in a lab whose first primary is east-0, as its servers and hosts show it. */
final class Replicated {
  private static final Pattern DIGEST = Pattern.compile("digest: ([0-9a-f]{64})");

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
    try (Connection connection = lab.connect(lab.instance("east-0"));
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
