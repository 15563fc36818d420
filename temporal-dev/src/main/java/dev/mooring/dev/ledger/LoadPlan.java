package dev.mooring.dev.ledger;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;

/**
 * What a load writes to, and whether it heeds the barrier.
 *
 * @param databases one per content, in order; the first is also the barrier's arbiter, of a
 *     Greenplum its coordinator
 * @param barrier whether transfers hold the barrier's lock
 */
public record LoadPlan(List<Database> databases, Barrier barrier) {
  static final String FILE = "load.properties";

  public LoadPlan {
    databases = List.copyOf(databases);
    if (databases.isEmpty()) {
      throw new IllegalArgumentException("a load needs 1 database or more, got 0");
    }
  }

  /** Whether transfers hold the barrier's lock, shared, until they are committed everywhere. */
  public enum Barrier {
    /** A restore point made under the barrier never tears a transfer. */
    HELD,
    /**
     * As a Greenplum does: transfers are between segments, and hold its lock of two-phase commits
     * while the segments are told.
     */
    WHILE_TOLD,
    /** The control: transfers dwell between their two commits, and a cut tears them. */
    IGNORED
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
      Database database = databases.get(i);
      properties.setProperty("instance." + i, database.instance());
      properties.setProperty("content." + i, Integer.toString(database.content()));
      properties.setProperty("address." + i, database.address());
      properties.setProperty("port." + i, Integer.toString(database.port()));
      properties.setProperty("user." + i, database.login().user());
      properties.setProperty("password." + i, database.login().password());
    }
    StringWriter text = new StringWriter();
    try {
      properties.store(text, null);
    } catch (IOException e) {
      throw new LoadFailure("could not render the load's plan", e);
    }
    return text.toString();
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
        IntStream.range(0, count).mapToObj(i -> database(properties, i)).toList();
    return new LoadPlan(databases, Barrier.valueOf(text(properties, "barrier")));
  }

  /** Where the plan is written in a load's directory. */
  public static Path fileIn(Path directory) {
    return directory.resolve(FILE);
  }

  private static Database database(Properties properties, int i) {
    return new Database(
        text(properties, "instance." + i),
        Integer.parseInt(text(properties, "content." + i)),
        text(properties, "address." + i),
        Integer.parseInt(text(properties, "port." + i)),
        new Database.Login(text(properties, "user." + i), text(properties, "password." + i)));
  }

  private static String text(Properties properties, String key) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new LoadFailure(FILE + " has no " + key);
    }
    return value;
  }
}
