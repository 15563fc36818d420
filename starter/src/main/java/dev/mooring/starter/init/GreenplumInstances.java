package dev.mooring.starter.init;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.mooring.starter.init.SegmentConfiguration.Segment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The hosts and instances of a Greenplum as lines of a cluster file: production in the east, its
 * copies in the west. What is not known is a comment.
 */
public final class GreenplumInstances {
  private final List<Segment> production;
  private final List<DrCopy> copies;
  private final Map<Integer, Integer> dbids;
  private final String home;

  /** Names of hosts in the file by their addresses, in the order of their first use. */
  private final Map<String, String> hosts = new LinkedHashMap<>();

  /**
   * @param production the instances that the coordinator reports
   * @param dbids the dbids of the copies that were read, by content
   * @param home GPHOME everywhere
   */
  public GreenplumInstances(
      List<Segment> production, List<DrCopy> copies, Map<Integer, Integer> dbids, String home) {
    this.production = List.copyOf(production);
    this.copies = List.copyOf(copies);
    this.dbids = Map.copyOf(dbids);
    this.home = home;
    production.forEach(segment -> hostOf(segment.host()));
    copies.stream().filter(copy -> !copy.host().isEmpty()).forEach(copy -> hostOf(copy.host()));
  }

  /** A line per host. */
  public String hosts() {
    return hosts.keySet().stream().map(this::host).collect(Collectors.joining())
        + copies.stream()
            .filter(copy -> copy.host().isEmpty())
            .map(
                copy ->
                    String.format(
                        "  - {name: %s}     # the DR host of content %d: add its address%n",
                        hostOf(copy), copy.content()))
            .collect(Collectors.joining());
  }

  /** A line per instance of production. */
  public String production() {
    return production.stream().map(this::segment).collect(Collectors.joining());
  }

  /** A line per copy. */
  public String copies() {
    return copies.stream().map(this::copy).collect(Collectors.joining());
  }

  private String host(String address) {
    boolean local = copies.stream().anyMatch(copy -> copy.host().equals(address) && copy.isLocal());
    return String.format(
        local
            ? "  - {name: %s, address: %s, access: local}   # GUESSED: is_local, so the worker of"
                + " the west runs there%n"
            : "  - {name: %s, address: %s}%n",
        hosts.get(address),
        quoted(address));
  }

  private String hostOf(DrCopy copy) {
    return copy.host().isEmpty() ? "dr-" + named(copy.content()) : hostOf(copy.host());
  }

  private String hostOf(String address) {
    return hosts.computeIfAbsent(
        address,
        unnamed -> {
          String name = plain(unnamed);
          return hosts.containsValue(name) ? name + "-" + hosts.size() : name;
        });
  }

  /** An address as a name that the cluster file takes. */
  static String plain(String address) {
    return address.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "-").replaceAll("^[-_]+", "");
  }

  private String segment(Segment segment) {
    return String.format(
        "  - {id: east-%s%s, dbid: %d, role: %s, site: east, content: %d, host: %s, port: %d,"
            + " dataDirectory: %s, manager: {greenplum: %s}}%n",
        segment.mirror() ? "m" : "",
        named(segment.content()),
        segment.dbid(),
        segment.mirror() ? "mirror" : "primary",
        segment.content(),
        hostOf(segment.host()),
        segment.port(),
        quoted(segment.dataDirectory()),
        quoted(home));
  }

  private String copy(DrCopy copy) {
    boolean known = dbids.containsKey(copy.content());
    return String.format(
        "  - {id: %s,%s site: west, content: %d, host: %s, port: %d, dataDirectory: %s,"
            + " manager: {greenplum: %s}}%s%n",
        copy.id(),
        known ? " dbid: " + dbids.get(copy.content()) + "," : "",
        copy.content(),
        hostOf(copy),
        copy.port(),
        quoted(copy.dataDirectory()),
        quoted(home),
        known ? "" : "   # add dbid: the gp_dbid in internal.auto.conf there");
  }

  static String named(int content) {
    return content < 0 ? "coordinator" : Integer.toString(content);
  }

  /** JSON's strings are YAML's. */
  public static String quoted(String text) {
    return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }
}
