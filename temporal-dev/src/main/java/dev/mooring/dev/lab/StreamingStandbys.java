package dev.mooring.dev.lab;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The standbys of a lab as a person sets them up: a role of their own, its password in a password
 * file of each host, a slot for each, a base backup, and their connection to the primary.
 */
final class StreamingStandbys {
  static final String ROLE = "lab_replication";
  private static final String ARCHIVE = "archive";
  private static final Duration COMES_BACK = Duration.ofSeconds(15);

  private final LabRecord record;
  private final Layout layout;
  private final LabServers servers;

  StreamingStandbys(LabRecord record) {
    this.record = record;
    this.layout = record.layout();
    this.servers = new LabServers(record);
  }

  /** Creates their role, and makes the primary soon notice that a standby is gone. */
  static List<String> roleStatements(String password) {
    return List.of(
        "CREATE ROLE %s LOGIN REPLICATION PASSWORD '%s'".formatted(ROLE, password),
        // what pg_rewind reads a source with (its documentation, under Notes)
        "GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean),"
            + " pg_stat_file(text, boolean), pg_read_binary_file(text),"
            + " pg_read_binary_file(text, bigint, bigint, boolean) TO "
            + ROLE,
        "ALTER SYSTEM SET wal_sender_timeout = '5s'",
        "SELECT pg_reload_conf()");
  }

  /** Makes and starts them; each streams when this returns. Without replication: nothing. */
  void make() {
    if (layout.plan().streaming().orElseThrow().set() == LabPlan.Streaming.Set.NOT_UP) {
      return;
    }
    LabInstance primary = layout.instances().get(0);
    layout.hosts().forEach(this::writePasswords);
    try (Connection connection = servers.connect(primary)) {
      LabDatabase.execute(connection, roleStatements(record.rolePassword()));
    } catch (SQLException e) {
      throw new LabFailure("could not set up the standbys of " + primary.id(), e);
    }
    List<LabInstance> under = List.of(primary);
    makeBelow(primary, ARCHIVE);
    while (!under.isEmpty()) {
      under =
          under.stream().flatMap(upstream -> makeBelow(upstream, upstream.id()).stream()).toList();
    }
  }

  /**
   * Waits until running standbys of running servers stream again: a standby that was started
   * together with its primary may have come too early, and tries again after seconds only. A test
   * that began meanwhile would find it missing. If roles were moved before the snapshot no standby
   * streams as in the layout; the test goes on all the same.
   */
  void letStream() {
    for (LabInstance upstream : layout.instances()) {
      long below =
          layout.standbys().stream()
              .filter(standby -> followedBy(standby).equals(upstream.id()))
              .filter(standby -> servers.server(standby).running())
              .count();
      if (below > 0 && servers.server(upstream).running()) {
        try (Connection connection = servers.connect(upstream)) {
          Await.reached(COMES_BACK, () -> streaming(connection) >= below);
        } catch (SQLException e) {
          throw new LabFailure("who streams from " + upstream.id() + " is not told", e);
        }
      }
    }
  }

  /** Creates its standbys; each streams when this returns, unless it replays from the archive. */
  private List<LabInstance> makeBelow(LabInstance upstream, String followed) {
    LabInstance primary = layout.instances().get(0);
    List<LabInstance> below =
        layout.standbys().stream().filter(s -> followedBy(s).equals(followed)).toList();
    if (followed.equals(ARCHIVE) || below.isEmpty()) {
      Parallel.forEach(below, standby -> makeOne(primary, standby, ""));
      return List.of();
    }
    try (Connection connection = servers.connect(upstream)) {
      for (LabInstance standby : below) {
        LabDatabase.execute(
            connection,
            List.of(
                "SELECT pg_create_physical_replication_slot('%s', true)"
                    .formatted(nameOf(standby))));
      }
      Parallel.forEach(below, standby -> makeOne(upstream, standby, stream(upstream, standby)));
      Await.until(
          () -> streaming(connection) == below.size(),
          () -> "not every standby of %s streams".formatted(upstream.id()));
      return below;
    } catch (SQLException e) {
      throw new LabFailure("could not set up the standbys of " + upstream.id(), e);
    }
  }

  private String followedBy(LabInstance standby) {
    String upstream = layout.upstreamOf(standby);
    return upstream.isEmpty() ? layout.instances().get(0).id() : upstream;
  }

  /** An instance's slot and application name. */
  static String nameOf(LabInstance instance) {
    return instance.id().replace('-', '_');
  }

  private void makeOne(LabInstance source, LabInstance standby, String connection) {
    Server server = servers.server(standby);
    server.copyFrom(source, record.superuserPassword());
    server.settle(
        connection
            + """
            restore_command = 'cp "%s/%%f" "%%p"'
            wal_receiver_timeout = '5s'
            wal_retrieve_retry_interval = '1s'
            """
                .formatted(layout.archive(standby.content())));
    server.start();
  }

  private static String stream(LabInstance upstream, LabInstance standby) {
    return """
    primary_conninfo = 'host=%s port=%d user=%s passfile=%s application_name=%s'
    primary_slot_name = '%s'
    """
        .formatted(
            upstream.host().address(),
            upstream.port(),
            ROLE,
            passwords(standby.host()),
            nameOf(standby),
            nameOf(standby));
  }

  private static String passwords(LabHost host) {
    return host.home().resolve(".pgpass").toString();
  }

  private void writePasswords(LabHost host) {
    String lines =
        layout.instances().stream()
            .map(
                instance ->
                    "%s:%d:*:%s:%s%n"
                        .formatted(
                            instance.host().address(),
                            instance.port(),
                            ROLE,
                            record.rolePassword()))
            .collect(Collectors.joining());
    record.machine().user().writePrivately(host.home().resolve(".pgpass"), lines);
  }

  private static long streaming(Connection connection) {
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new LabFailure("the primary does not tell who streams", e);
    }
  }
}
