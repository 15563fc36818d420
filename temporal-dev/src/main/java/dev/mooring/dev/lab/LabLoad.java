package dev.mooring.dev.lab;

import dev.mooring.dev.ledger.Database;
import dev.mooring.dev.ledger.LoadCheck;
import dev.mooring.dev.ledger.LoadMain;
import dev.mooring.dev.ledger.LoadPlan;
import dev.mooring.dev.ledger.LoadRun;
import dev.mooring.dev.ledger.LoadVerdict;
import dev.mooring.dev.ledger.Tempo;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The write load on a lab's primaries, which runs as a process of its own, and the comparison of a
 * site with its writes.
 */
public final class LabLoad {

  private final LabRecord record;
  private final LabServers servers;
  private final Path directory;

  LabLoad(LabRecord record) {
    this.record = record;
    this.servers = new LabServers(record);
    this.directory = record.layout().load();
  }

  /** Starts writing to the primaries; returns when every client has written. */
  public void start(LoadPlan.Barrier barrier) {
    start(plan(barrier));
  }

  /** The same, and the clients that write numbered rows connect to the lab's PgBouncer. */
  public void startThroughPooler(LoadPlan.Barrier barrier) {
    Optional<Database> pooler =
        record.layout().frontHost().flatMap(host -> new LabFronts(record, host).pooler());
    if (pooler.isEmpty()) {
      throw new LabFailure("the lab has no PgBouncer\nHINT: start the load without it.");
    }
    LoadPlan direct = plan(barrier);
    start(new LoadPlan(direct.databases(), direct.barrier(), pooler));
  }

  private void start(LoadPlan plan) {
    if (isRunning()) {
      throw new LabFailure("the load runs already\nHINT: stop it first.");
    }
    try {
      Files.deleteIfExists(LoadMain.startedFileIn(directory));
      Files.deleteIfExists(LoadMain.endedFileIn(directory));
    } catch (IOException e) {
      throw new LabFailure("could not clear the marks of the last load", e);
    }
    WorkerFiles.writePrivately(LoadPlan.fileIn(directory), plan.text());
    LabProcess process = Command.start(record.layout().directory(), command(), log());
    process.write(processRecord());
    Await.until(
        () -> Files.exists(LoadMain.startedFileIn(directory)) || !process.alive(),
        () -> "the load did not begin to write: " + logText());
    if (!process.alive()) {
      throw new LabFailure("the load ended at once: " + logText());
    }
  }

  /**
   * Starts a few clients that write from this process, in parallel with a test; waits for nothing.
   */
  public LoadRun startHere() {
    if (isRunning()) {
      throw new LabFailure("the load runs already\nHINT: stop it first.");
    }
    return LoadRun.start(plan(LoadPlan.Barrier.HELD), directory, Tempo.GENTLE, this::note);
  }

  private void note(String line) {
    Path log = record.layout().directory().resolve("clients.log");
    try {
      Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new LabFailure("could not write " + log, e);
    }
  }

  /** Stops writing; no transfer is left prepared, or this fails. */
  public void stop() {
    LabProcess process = process();
    process.signal(Signal.TERM);
    Await.until(() -> !process.alive(), () -> "the load did not end");
    if (!Files.exists(LoadMain.endedFileIn(directory))) {
      throw new LabFailure(
          "the load left transfers prepared: %s\nHINT: start the primaries, then the load once more: it settles them."
              .formatted(logText()));
    }
  }

  /** Kills the load, as a crash would: it can't complete what it began. */
  public void kill() {
    LabProcess process = process();
    process.signal(Signal.KILL);
    Await.until(() -> !process.alive(), () -> "the load did not end");
  }

  public boolean isRunning() {
    return Files.exists(processRecord()) && process().alive();
  }

  /**
   * Compares the running primaries with the writes; transfers wait meanwhile.
   *
   * <p>A load that ignores the barrier must be stopped before.
   */
  public LoadVerdict checkPrimaries() {
    return new LoadCheck(directory).ofRunning(plan(LoadPlan.Barrier.HELD));
  }

  /**
   * Compares opened copies of a parked site with the writes: every write acknowledged before its
   * restore point was made must be there.
   */
  public LoadVerdict check(SiteCopy copy) {
    return check(copy, Map.of());
  }

  /**
   * The same, and nothing may be there that was written after the point was made.
   *
   * @param madeBy by content, a time by its primary's clock by which the point was made
   */
  public LoadVerdict check(SiteCopy copy, Map<Integer, Instant> madeBy) {
    return new LoadCheck(directory).of(copy.subjects(madeBy));
  }

  private LoadPlan plan(LoadPlan.Barrier barrier) {
    return new LoadPlan(
        writtenTo(),
        GreenplumLike.is(record.layout()) && barrier == LoadPlan.Barrier.HELD
            ? LoadPlan.Barrier.WHILE_TOLD
            : barrier,
        Optional.empty());
  }

  /** One database for each content; if standbys stream, whichever instance accepts writes. */
  private List<Database> writtenTo() {
    if (record.layout().plan().streaming().isPresent()) {
      return List.of(Database.whichever(instances().map(servers::database).toList()));
    }
    return instances()
        .filter(instance -> instance.site().equals(Layout.EAST))
        .map(servers::database)
        .toList();
  }

  private Stream<LabInstance> instances() {
    return record.layout().instances().stream();
  }

  private LabProcess process() {
    if (!Files.exists(processRecord())) {
      throw new LabFailure("no load was started");
    }
    return LabProcess.read(processRecord());
  }

  private Path processRecord() {
    return record.layout().processes().resolve("load");
  }

  private Path log() {
    return directory.resolve("load.log");
  }

  private String logText() {
    try {
      return Files.exists(log()) ? Files.readString(log()) : "no log";
    } catch (IOException e) {
      throw new LabFailure("unreadable " + log(), e);
    }
  }

  private List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-Xmx128m",
        "-cp",
        classPath(),
        LoadMain.class.getName(),
        directory.toString());
  }

  /** The class path of the load, no more; a test's class path may be gone before the load is. */
  private static String classPath() {
    return Stream.of(LoadMain.class.getName(), "org.postgresql.Driver")
        .map(LabLoad::origin)
        .collect(Collectors.joining(":"));
  }

  private static String origin(String type) {
    try {
      return Path.of(
              Class.forName(type).getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException | ClassNotFoundException e) {
      throw new LabFailure("no file holds " + type, e);
    }
  }
}
