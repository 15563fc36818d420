package dev.mooring.runbook.replication;

import dev.mooring.quoting.ConnectionString;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Replication;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The connection that the cluster file asks for, as libpq's keywords; no password is in it, nor
 * where one is found.
 */
final class StandbyConnection {
  private static final String ROOT_CERTIFICATE = "sslrootcert";

  /** As pg_stat_wal_receiver has it: nothing is quoted, so a value ends where a keyword begins. */
  private static final Pattern KEYWORD = Pattern.compile("(?:^| )([a-z_]+)=(.*?)(?= [a-z_]+=|$)");

  private final Map<String, String> wanted = new LinkedHashMap<>();

  /**
   * @param from the server that it connects to
   */
  StandbyConnection(Cluster cluster, Instance from, String application) {
    Replication replication = cluster.streaming().orElseThrow().replication();
    wanted.put("host", cluster.host(from.host()).access().address());
    wanted.put("port", String.valueOf(from.port()));
    wanted.put("user", replication.login().user());
    wanted.put("application_name", application);
    wanted.put("sslmode", replication.login().sslMode().toLowerCase(Locale.ROOT));
    wanted.put(ROOT_CERTIFICATE, replication.login().sslRootCertificate());
    wanted.values().removeIf(String::isEmpty);
  }

  /** As a connection string. */
  String text() {
    ConnectionString text = new ConnectionString();
    wanted.forEach(text::with);
    return text.toString();
  }

  /**
   * What of a connection is otherwise: {@code keyword = wanted, was value} each.
   *
   * @param running what a receiver says that it connected with
   * @param configured value of primary_conninfo: what libpq adds automatically is not in it
   */
  List<String> differences(String running, String configured) {
    Map<String, String> has = new LinkedHashMap<>();
    Matcher pair = KEYWORD.matcher(running);
    while (pair.find()) {
      has.put(pair.group(1), pair.group(2));
    }
    List<String> differences = new ArrayList<>();
    wanted.forEach(
        (keyword, value) -> {
          String was = has.getOrDefault(keyword, "");
          if (!was.equals(value)) {
            differences.add(keyword + " = " + value + ", was " + (was.isEmpty() ? "none" : was));
          }
        });
    if (!wanted.containsKey(ROOT_CERTIFICATE) && configured.contains(ROOT_CERTIFICATE)) {
      differences.add(ROOT_CERTIFICATE + " is not in the cluster file");
    }
    return differences;
  }
}
