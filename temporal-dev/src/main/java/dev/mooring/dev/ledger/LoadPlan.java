package dev.mooring.dev.ledger;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.IntStream;

/**
 * The databases that a load writes to, and whether it heeds the barrier.
 *
 * @param databases one per content, in order; the first is also the barrier's arbiter, for a
 *     Greenplum its coordinator
 * @param barrier whether transfers hold the barrier's lock
 * @param pooler pools transactions of the one database that there is then; absent if every client
 *     connects to an instance. Transfers always do so: they hold a lock of their session
 */
public record LoadPlan(List<Database> databases, Barrier barrier, Optional<Database> pooler) {
  static final String FILE = "load.properties";

  private static final String POOLER = "pooler";

  public LoadPlan {
    databases = List.copyOf(databases);
    if (databases.isEmpty()) {
      throw new IllegalArgumentException("a load needs 1 database or more, got 0");
    }
    if (pooler.isPresent() && databases.size() > 1) {
      throw new IllegalArgumentException(
          "a pooler leads to 1 database, got %d".formatted(databases.size()));
    }
  }

  /** Whether transfers hold the barrier's lock, shared, until they are committed everywhere. */
  public enum Barrier {
    /** A restore point made under the barrier never tears a transfer. */
    HELD,
    /**
     * As in a Greenplum: transfers are between segments, and hold its lock of two-phase commits
     * while the segments commit.
     */
    WHILE_TOLD,
    /** The control: transfers dwell between their two commits, and a cut tears them. */
    IGNORED
  }

  /** The databases for numbered rows: each is a transaction of its own, which can be pooled. */
  List<Database> rowsWrittenTo() {
    return pooler.map(List::of).orElse(databases);
  }

  Database arbiter() {
    return databases.get(0);
  }

  /** The advisory lock on the arbiter that keeps transfers from going on. */
  int lock() {
    return barrier == Barrier.WHILE_TOLD ? DistributedCommits.LOCK_KEY : Transfers.BARRIER_KEY;
  }

  /** The plan as text for {@link LoadMain}; it holds passwords. */
  public String text() {
    Properties properties = new Properties();
    properties.setProperty("barrier", barrier.name());
    properties.setProperty("databases", Integer.toString(databases.size()));
    for (int i = 0; i < databases.size(); i++) {
      write(properties, Integer.toString(i), databases.get(i));
    }
    pooler.ifPresent(through -> write(properties, POOLER, through));
    StringWriter text = new StringWriter();
    try {
      properties.store(text, null);
    } catch (IOException e) {
      throw new LoadFailure("could not render the load's plan", e);
    }
    return text.toString();
  }

  private static void write(Properties properties, String which, Database database) {
    properties.setProperty("instance." + which, database.instance());
    properties.setProperty("content." + which, Integer.toString(database.content()));
    properties.setProperty("address." + which, database.address());
    properties.setProperty("port." + which, Integer.toString(database.port()));
    properties.setProperty("user." + which, database.login().user());
    properties.setProperty("password." + which, database.login().password());
  }

  /** Reads the plan in a load's directory. */
  public static LoadPlan read(Path directory) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(Files.readString(directory.resolve(FILE))));
    } catch (IOException e) {
      throw new LoadFailure("no load in " + directory + ": unreadable " + FILE, e);
    }
    int count = Integer.parseInt(text(properties, "databases"));
    List<Database> databases =
        IntStream.range(0, count)
            .mapToObj(Integer::toString)
            .map(which -> database(properties, which))
            .toList();
    Optional<Database> pooler =
        properties.containsKey("instance." + POOLER)
            ? Optional.of(database(properties, POOLER))
            : Optional.empty();
    return new LoadPlan(databases, Barrier.valueOf(text(properties, "barrier")), pooler);
  }

  /** The plan's file in a load's directory. */
  public static Path fileIn(Path directory) {
    return directory.resolve(FILE);
  }

  private static Database database(Properties properties, String which) {
    return new Database(
        text(properties, "instance." + which),
        Integer.parseInt(text(properties, "content." + which)),
        text(properties, "address." + which),
        Integer.parseInt(text(properties, "port." + which)),
        new Database.Login(
            text(properties, "user." + which), text(properties, "password." + which)));
  }

  private static String text(Properties properties, String key) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new LoadFailure(FILE + " has no " + key);
    }
    return value;
  }
}
