package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What acts on members of a cluster that streams leave behind, as servers' logs and hosts' files
 * have it: how often each was done, whoever asked for it, and however often.
 */
final class Traces {
  private static final SortedMap<String, String> LOGGED =
      new TreeMap<>(
          Map.of(
              "base backups", "received replication command: BASE_BACKUP",
              "connections of copies and rewinds", "application_name=mooring_copy",
              "promotions", "LOG:  selected new timeline ID",
              "starts", "LOG:  starting PostgreSQL ",
              "ends", "LOG:  database system is shut down"));

  private final Lab lab;
  private final Map<String, Long> before;

  private Traces(Lab lab) {
    this.lab = lab;
    this.before = logged();
  }

  /** Counts from here on. */
  static Traces of(Lab lab) {
    return new Traces(lab);
  }

  /** The same, once every server that runs logs what is counted. */
  static Traces logged(Lab lab) {
    letBeLogged(lab);
    return of(lab);
  }

  /** Lets every server that runs log what is counted; where none is copied from, before a copy. */
  static void letBeLogged(Lab lab) {
    lab.instances().stream().filter(lab::isRunning).forEach(one -> log(lab, one));
  }

  private static void log(Lab lab, LabInstance instance) {
    try (Connection connection = lab.connect(instance);
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER SYSTEM SET log_replication_commands = on");
      statement.execute("ALTER SYSTEM SET log_connections = on");
      statement.execute("SELECT pg_reload_conf()");
    } catch (SQLException e) {
      throw new AssertionError(instance.id() + " was not told to log", e);
    }
  }

  /** Each of them, with how often since then, or how many there are. */
  List<String> left() {
    List<String> left = new ArrayList<>();
    logged()
        .forEach((what, count) -> left.add(what + ": " + (count - before.getOrDefault(what, 0L))));
    for (LabHost host : lab.hosts()) {
      Path own = host.mooring().resolve(lab.name());
      for (Path directory : below(own, 1)) {
        String name = directory.getFileName().toString();
        if (name.matches(".*\\.(copies|wal-kept)")) {
          below(directory, 1).forEach(of -> left.add(name + ": " + way(of)));
        }
      }
      below(host.data(), 1).stream()
          .map(data -> data.getFileName().toString().replaceAll("[0-9]{14}", "TIME"))
          .forEach(data -> left.add(host.name() + " has " + data));
    }
    return left;
  }

  /** Without the run that it names. */
  private static String way(Path marker) {
    return marker.getFileName().toString().replaceAll("[0-9a-f]+(-[0-9a-f]+){4}", "RUN");
  }

  private Map<String, Long> logged() {
    Map<String, Long> counts = new TreeMap<>();
    LOGGED.keySet().forEach(what -> counts.put(what, 0L));
    for (LabHost host : lab.hosts()) {
      Stream.of(host.logs(), host.mooring())
          .flatMap(directory -> below(directory, 4).stream())
          .filter(file -> file.toString().endsWith(".log") && Files.isRegularFile(file))
          .flatMap(file -> lines(file).stream())
          .forEach(
              line ->
                  LOGGED.forEach(
                      (what, words) -> {
                        if (line.contains(words)) {
                          counts.merge(what, 1L, Long::sum);
                        }
                      }));
    }
    return counts;
  }

  private static List<String> lines(Path log) {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In the order of their names; nothing of what is not there. */
  private static List<Path> below(Path directory, int depth) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(directory, depth)) {
      return all.filter(path -> !path.equals(directory)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
