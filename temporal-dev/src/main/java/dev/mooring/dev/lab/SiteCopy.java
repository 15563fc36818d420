package dev.mooring.dev.lab;

import dev.mooring.dev.ledger.Database;
import dev.mooring.dev.ledger.DistributedCommits;
import dev.mooring.dev.ledger.LoadCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A parked site, opened for reading: copies of its data directories, each on its own host and on
 * another port, recovered to the very target where it is parked and then opened. They archive
 * nowhere and read the archive by a plain copy, so that their data does not depend on what they are
 * there to judge. Closing removes them; the parked instances are not touched.
 */
public final class SiteCopy implements AutoCloseable {
  private static final Pattern STOP_LINE =
      Pattern.compile("recovery stopping at restore point \"[^\"]+\", time (.+)$");
  private static final DateTimeFormatter POINT_TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
          .appendPattern("X")
          .toFormatter(Locale.ROOT);
  private static final int PORT_OFFSET = 1000;

  private final LabRecord record;
  private final LabServers servers;
  private final List<LabInstance> copies;
  private DistributedCommits.Recovered recovered = new DistributedCommits.Recovered(0, 0);

  private SiteCopy(LabRecord record, List<LabInstance> parked) {
    this.record = record;
    this.servers = new LabServers(record);
    this.copies = parked.stream().map(SiteCopy::copyOf).toList();
  }

  static SiteCopy open(LabRecord record, List<LabInstance> parked) {
    LabServers servers = new LabServers(record);
    for (LabInstance instance : parked) {
      requireParked(servers, instance);
    }
    SiteCopy copy = new SiteCopy(record, parked);
    try {
      Parallel.forEach(parked, copy::openOne);
      copy.recoverDistributed();
      return copy;
    } catch (LabFailure e) {
      copy.close();
      throw e;
    }
  }

  /**
   * The opened copies, by content, each with the time at which its restore point was made: whatever
   * was acknowledged before it must be there.
   *
   * @param madeBy by content, a time by its primary's clock by which the point was made
   */
  List<LoadCheck.Subject> subjects(Map<Integer, Instant> madeBy) {
    return copies.stream()
        .map(
            copy ->
                new LoadCheck.Subject(
                    servers.database(copy),
                    pointMadeAt(copy),
                    Optional.ofNullable(madeBy.get(copy.content()))))
        .toList();
  }

  /** The two-phase commits that had to be ended when the copies were opened. */
  public DistributedCommits.Recovered recovered() {
    return recovered;
  }

  /** A Greenplum ends them by its coordinator's records before it takes connections. */
  private void recoverDistributed() {
    if (GreenplumLike.is(record.layout())) {
      List<Database> databases = copies.stream().map(servers::database).toList();
      recovered =
          DistributedCommits.recover(databases.get(0), databases.subList(1, databases.size()));
    }
  }

  /** The time of the point as this copy found it in the WAL. */
  private static Instant pointMadeAt(LabInstance copy) {
    try {
      return Files.readAllLines(copy.log()).stream()
          .map(STOP_LINE::matcher)
          .filter(Matcher::find)
          .reduce((earlier, later) -> later)
          .map(stop -> OffsetDateTime.parse(stop.group(1), POINT_TIME).toInstant())
          .orElseThrow(
              () -> new LabFailure(copy.id() + " did not stop at a restore point: " + copy.log()));
    } catch (IOException e) {
      throw new LabFailure("unreadable " + copy.log(), e);
    }
  }

  /** The opened copies themselves, by content. */
  public List<LabInstance> instances() {
    return copies;
  }

  @Override
  public void close() {
    Parallel.forEach(
        copies,
        copy -> {
          servers.server(copy).stop(Server.StopMode.IMMEDIATE);
          Command.run(
              Path.of("/"), List.of("rm", "-rf", copy.dataDirectory().toString()), Map.of());
        });
  }

  private void openOne(LabInstance parked) {
    LabInstance copy = copyOf(parked);
    record.machine().user().makeDirectory(parked.host().copies());
    Command.run(
        Path.of("/"),
        List.of(
            "cp",
            "-a",
            "--reflink=auto",
            parked.dataDirectory().toString(),
            copy.dataDirectory().toString()),
        Map.of());
    Server server = servers.server(copy);
    // after a power cut the file system may still have what the server took away when it ended
    Command.run(
        Path.of("/"), List.of("rm", "-f", copy.dataDirectory() + "/postmaster.pid"), Map.of());
    server.settle(ServerSettings.forOpenedCopy(copy, record.layout().archive(copy.content())));
    server.start();
    Await.until(
        () -> servers.isPrimary(copy),
        () -> "copy of %s was not opened: %s".formatted(parked.id(), server.logEnd()));
  }

  private static void requireParked(LabServers servers, LabInstance instance) {
    String state = servers.server(instance).controlState();
    boolean stopped = !servers.server(instance).running();
    if (!stopped || !state.equals("shut down in recovery") || !hasTarget(instance)) {
      throw new LabFailure(
          "%s is not parked: server %s, control file '%s', recovery target %s"
              .formatted(
                  instance.id(),
                  stopped ? "stopped" : "running",
                  state,
                  hasTarget(instance) ? "set" : "not set"));
    }
  }

  private static boolean hasTarget(LabInstance instance) {
    Path file = instance.dataDirectory().resolve("postgresql.auto.conf");
    try {
      return Files.exists(instance.dataDirectory().resolve("standby.signal"))
          && Files.readAllLines(file).stream()
              .anyMatch(line -> line.strip().startsWith("recovery_target_name"));
    } catch (IOException e) {
      throw new LabFailure("unreadable " + file, e);
    }
  }

  private static LabInstance copyOf(LabInstance parked) {
    return new LabInstance(
        parked.id() + "-copy",
        parked.site(),
        parked.content(),
        parked.host(),
        parked.port() + PORT_OFFSET,
        parked.host().copies().resolve(parked.id()));
  }
}
