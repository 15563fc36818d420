package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.Catalogue;
import dev.mooring.port.DatabaseActivities.CatalogueRow;
import dev.mooring.port.DatabaseActivities.InstanceSwitched;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.Lsn;
import dev.mooring.quoting.SqlText;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.Instance;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The SQL of the forks of Greenplum. Functions are found by name in the catalogue, never by brand,
 * and called by the schema they are in; rows are read as text, because the names of their columns
 * changed between releases.
 */
final class GreenplumSql {
  /** {@code (-1,0/100682F0)} or {@code (0,0/18000000,000000010000000000000005)}. */
  private static final Pattern ROW =
      Pattern.compile("\\((-?\\d+),([0-9A-F]+/[0-9A-F]+)(?:,[^)]*)?\\)");

  private static final String CATALOGUE = "gp_segment_configuration";
  private static final String VERSION =
      """
      SELECT version() AS version,
             current_setting('server_version_num')::int / 10000 AS postgres_version
      """;
  private static final String ROWS =
      """
      SELECT dbid, content, role = 'p' AS primary, preferred_role = 'p' AS preferred_primary,
             mode = 's' AS in_sync, status = 'u' AS up, port, hostname, address, datadir
        FROM %s ORDER BY content, dbid
      """;
  private static final String SAYS =
      """
      SELECT current_setting('gp_dbid')::int AS dbid, current_setting('gp_contentid')::int AS content
      """;

  private GreenplumSql() {}

  /**
   * The catalogue, over a connection such as users have. A standby coordinator in hot standby
   * answers one too (Greenplum 7, {@code hot_standby}), and does not make a point.
   */
  static Catalogue catalogue(Server server, Session dispatch) throws DatabaseFault {
    boolean standby =
        dispatch.row(
            "SELECT pg_is_in_recovery() AS standby",
            While.READING,
            row -> row.getBoolean("standby"));
    if (standby) {
      throw new DatabaseFault(
          FailureCode.NO_PRIMARY, "it is in recovery: a standby coordinator in hot standby");
    }
    List<String> functions = new ArrayList<>();
    List<CatalogueRow> rows = new ArrayList<>();
    for (String function : DatabaseActivities.GREENPLUM_FUNCTIONS) {
      Optional<String> named = named(function, dispatch);
      named.ifPresent(there -> functions.add(function));
      if (function.equals(CATALOGUE) && named.isPresent()) {
        rows.addAll(dispatch.run(ROWS.formatted(named.get()), While.READING, GreenplumSql::rows));
      }
    }
    return dispatch.row(
        VERSION,
        While.READING,
        row ->
            new Catalogue(
                server.instance().id(),
                ServerReading.text(row, "version"),
                row.getInt("postgres_version"),
                functions,
                rows));
  }

  private static List<CatalogueRow> rows(Statement statement) throws SQLException {
    List<CatalogueRow> rows = new ArrayList<>();
    try (ResultSet row = statement.getResultSet()) {
      while (row.next()) {
        rows.add(
            new CatalogueRow(
                row.getInt("dbid"),
                new ContentId(row.getInt("content")),
                row.getBoolean("primary"),
                row.getBoolean("preferred_primary"),
                row.getBoolean("in_sync"),
                row.getBoolean("up"),
                row.getInt("port"),
                ServerReading.text(row, "hostname"),
                ServerReading.text(row, "address"),
                ServerReading.text(row, "datadir")));
      }
    }
    return rows;
  }

  /** The qualified name of what {@link #lookup} finds; empty if there is none. */
  static Optional<String> named(String name, Session session) throws DatabaseFault {
    return session.row(
        "SELECT " + lookup(name) + " AS named",
        While.READING,
        row -> Optional.ofNullable(row.getString("named")));
  }

  /**
   * A subquery for the qualified name, without its arguments, of a function, or of a relation if
   * the name has no brackets: of pg_catalog first, and only if superusers own it and its schema.
   * Another role could have put it there for Mooring to run.
   */
  static String lookup(String name) {
    String bare = name.replaceFirst("\\(.*", "");
    boolean function = !bare.equals(name);
    String arguments =
        " AND '(' || oidvectortypes(o.proargtypes) || ')' = "
            + SqlText.literal(name.substring(bare.length()));
    return """
        (SELECT quote_ident(n.nspname) || '.' || quote_ident(o.%1$sname)
           FROM %2$s AS o JOIN pg_namespace AS n ON n.oid = o.%1$snamespace
          WHERE o.%1$sname = %3$s%4$s
            AND (SELECT bool_and(rolsuper) FROM pg_roles WHERE oid IN (o.%1$sowner, n.nspowner))
          ORDER BY n.nspname <> 'pg_catalog', n.nspname LIMIT 1)"""
        .formatted(
            function ? "pro" : "rel",
            function ? "pg_proc" : "pg_class",
            SqlText.literal(bare),
            function ? arguments : "");
  }

  /** Refuses a server that is another instance of the Greenplum than in the cluster file. */
  static void requireSame(Instance instance, Session utility) throws DatabaseFault {
    String says =
        utility.row(
            SAYS,
            While.READING,
            row -> "dbid " + row.getInt("dbid") + " of content " + row.getInt("content"));
    String wanted = "dbid " + instance.dbid() + " of content " + instance.content();
    if (!says.equals(wanted)) {
      throw new DatabaseFault(
          FailureCode.IDENTITY_DIFFERS,
          "the server on port "
              + instance.port()
              + " is "
              + says
              + ", the cluster file says "
              + wanted);
    }
  }

  /** A position for every content; anything else is unreadable. */
  static Map<ContentId, Lsn> positions(Statement statement) throws SQLException {
    Map<ContentId, Lsn> positions = new TreeMap<>();
    try (ResultSet rows = statement.getResultSet()) {
      while (rows.next()) {
        String text = ServerReading.text(rows, "said");
        Matcher row = ROW.matcher(text);
        if (!row.matches()) {
          throw new IllegalArgumentException(
              "a row must be such as (-1,0/100682F0), got '" + text + "'");
        }
        ContentId content = new ContentId(Integer.parseInt(row.group(1)));
        if (positions.put(content, Lsn.parse(row.group(2))) != null) {
          throw new IllegalArgumentException("content " + content + " was answered twice");
        }
      }
    }
    return positions;
  }

  /** Ends every content's WAL file by one call; empty if this build has no such function. */
  static List<InstanceSwitched> switchWal(
      ServerSessions sessions, List<Server> servers, DatabaseAccess access) throws DatabaseFault {
    try (Session dispatch =
        sessions.dispatch(coordinator(servers), access, ServerConnections.STATEMENT)) {
      Optional<String> function = named("gp_switch_wal()", dispatch);
      if (function.isEmpty()) {
        return List.of();
      }
      Map<ContentId, Lsn> ended =
          dispatch.run(
              "SELECT " + function.get() + "()::text AS said",
              While.CHANGING,
              GreenplumSql::positions);
      List<InstanceSwitched> switched = new ArrayList<>();
      for (Server server : servers) {
        Lsn lsn = ended.get(server.instance().content());
        if (lsn == null) {
          throw new DatabaseFault(
              FailureCode.STATE_UNREADABLE,
              "gp_switch_wal() answered for contents " + ended.keySet() + " only");
        }
        switched.add(new InstanceSwitched(server.instance().id(), lsn));
      }
      return switched;
    } catch (IllegalArgumentException unreadable) {
      throw new DatabaseFault(
          FailureCode.STATE_UNREADABLE, String.valueOf(unreadable.getMessage()), unreadable);
    }
  }

  /** The one of the servers that holds content -1; a publish always has it among its primaries. */
  static Server coordinator(List<Server> servers) throws DatabaseFault {
    for (Server server : servers) {
      if (server.instance().content().equals(ContentId.COORDINATOR)) {
        return server;
      }
    }
    throw new DatabaseFault(
        FailureCode.NO_PRIMARY,
        servers.stream().map(s -> s.instance().id().value()).collect(Collectors.joining(", "))
            + ": none is the coordinator, content -1");
  }
}
