package dev.mooring.fake;

import dev.mooring.evidence.Sha256;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.Backup;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.InstanceObserved.Software;
import dev.mooring.port.InstanceTarget;
import dev.mooring.port.TargetSettings;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.StartLog;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.ParkMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An instance of the consuming site: its control file, the files that decide what a start does, the
 * logs of its starts, and the replay of whoever starts it.
 */
final class FakeStandby {
  /** What a start runs with that nobody configured. */
  static final TargetSettings NO_TARGET =
      new TargetSettings("", "pause", "latest", "", "cp /archive/%f %p", "on");

  /** The time of every checkpoint that a copy did not make itself. */
  static final Instant PRODUCTIONS_CHECKPOINT = Instant.EPOCH;

  /** The name of a start by a person. */
  static final String BY_HAND = "by hand";

  private final Instance instance;
  private final FakeArchive archive;
  private final FakeClock clock;
  private final Map<String, ServerLog> logs = new HashMap<>();
  private final Map<String, TargetSettings> kept = new HashMap<>();
  private SystemIdentifier system;

  private ServerProcess process = ServerProcess.STOPPED;
  private InstanceState state = InstanceState.IN_PRODUCTION;
  private TimelineId timeline;
  private Lsn redo;
  private Instant checkpointAt = PRODUCTIONS_CHECKPOINT;
  private Optional<Lsn> minimumEnd = Optional.empty();
  private Backup backup;
  private boolean standbySignal;
  private boolean recoverySignal;
  private TargetSettings settings = NO_TARGET;
  private Optional<InstanceTarget> gate = Optional.empty();
  private Lsn replayed;
  private String waitingFor = "";
  private ServerLog log = new ServerLog("by hand");
  private long controlWrites;
  private long freeBytes = 1L << 36;
  private int deathsToCome;
  private int logsToLose;
  private boolean unreadable;
  private boolean manifest = true;
  private StandbyLimits limits = Harbour.LIMITS;
  private Software software = Harbour.software(Harbour.VERSION);
  private List<String> missing = List.of();
  private boolean paused;
  private boolean byHand;
  private String endedByGate = "";

  /** A base backup of a primary, taken now and never started. */
  FakeStandby(Instance instance, PrimaryWal of, FakeArchive archive, FakeClock clock) {
    this.instance = instance;
    this.archive = archive;
    this.clock = clock;
    this.system = of.system();
    this.timeline = of.timeline();
    this.redo = of.redo();
    this.replayed = of.redo();
    this.backup = new Backup.Fresh(of.redo(), of.timeline(), of.next());
  }

  Instance instance() {
    return instance;
  }

  FakeArchive archive() {
    return archive;
  }

  FakeClock clock() {
    return clock;
  }

  ServerProcess process() {
    return process;
  }

  InstanceState state() {
    return state;
  }

  boolean takesWrites() {
    return process == ServerProcess.RUNNING && state == InstanceState.IN_PRODUCTION;
  }

  /** Its control file is a primary's, and not because replay of a base backup never began. */
  boolean leftRecovery() {
    boolean inRecovery =
        state == InstanceState.SHUT_DOWN_IN_RECOVERY || state == InstanceState.IN_ARCHIVE_RECOVERY;
    return !inRecovery && backup instanceof Backup.None;
  }

  TimelineId timeline() {
    return timeline;
  }

  SystemIdentifier system() {
    return system;
  }

  TargetSettings settings() {
    return settings;
  }

  Optional<InstanceTarget> gate() {
    return gate;
  }

  /** How far it has replayed, or would from the beginning. */
  Lsn replayed() {
    return replayed;
  }

  String waitingFor() {
    return waitingFor;
  }

  boolean readable() {
    return !unreadable;
  }

  /** From here on it is consistent. */
  Lsn consistentFrom() {
    return backup instanceof Backup.Fresh fresh ? fresh.end() : minimumEnd.orElse(redo);
  }

  // ---- what people and faults do to it

  void killInReplay(int times) {
    deathsToCome = times;
  }

  /** The logs of its next starts that reach their target are empty once it is down there. */
  void loseLogs(int times) {
    logsToLose = times;
  }

  /** The logs of all its starts are empty from now on. */
  void loseLogs() {
    logs.values().forEach(ServerLog::lose);
  }

  void readable(boolean whole) {
    unreadable = !whole;
  }

  /** Its backup_manifest is there, or PostgreSQL wrote none. */
  void manifest(boolean there) {
    manifest = there;
  }

  /** It says itself where the base backup ends that it must be replayed to. */
  boolean tellsItsEnd() {
    return manifest || backup instanceof Backup.None;
  }

  void killed() {
    down(state);
  }

  void loseRoom(long left) {
    freeBytes = left;
  }

  Software software() {
    return software;
  }

  /** What its next start would use and its host has not. */
  void lacks(List<String> sentences) {
    missing = sentences;
  }

  StandbyLimits limits() {
    return limits;
  }

  void limitedTo(StandbyLimits lower) {
    limits = lower;
  }

  void installed(Software other) {
    software = other;
  }

  void become(SystemIdentifier other) {
    system = other;
  }

  void orphan() {
    process = ServerProcess.ORPHANED;
  }

  void recoverySignal(boolean there) {
    recoverySignal = there;
  }

  /** Its host forgets what was started there. */
  void forgetStarts() {
    logs.clear();
  }

  // ---- what is configured

  void standbySignal(boolean there) {
    standbySignal = there;
  }

  boolean hasRecoverySignal() {
    return recoverySignal;
  }

  boolean hasStandbySignal() {
    return standbySignal;
  }

  void configure(TargetSettings changed) {
    settings = changed;
  }

  /** What its gate serves up to, from here on. */
  void openGate(InstanceTarget target) {
    gate = Optional.of(target);
    endedByGate = "";
  }

  /** The settings of before a run, kept once per run. */
  TargetSettings keepFor(String run) {
    return kept.computeIfAbsent(run, first -> settings);
  }

  /** Puts back what a run replaced, if it did and never started the instance. */
  void putBackFor(String run) {
    boolean started = logs.keySet().stream().anyMatch(start -> start.startsWith(run + "-"));
    TargetSettings before = kept.get(run);
    if (!started && before != null) {
      configure(before);
    }
  }

  // ---- what runs

  Optional<StartLog> log(String start) {
    return Optional.ofNullable(logs.get(start)).map(ServerLog::read);
  }

  /** Whether it runs since a consume started it. */
  boolean isConsumed() {
    return process == ServerProcess.RUNNING && !byHand;
  }

  /** Starts the server with what is configured; it replays as far as it gets. */
  void start(String name) {
    byHand = name.equals(BY_HAND);
    log = new ServerLog(name);
    logs.put(name, log);
    log.says("LOG", "starting PostgreSQL 15.20 on the fake");
    process = ServerProcess.RUNNING;
    controlWrites++;
    if (!standbySignal) {
      openForWriting();
      return;
    }
    state = InstanceState.IN_ARCHIVE_RECOVERY;
    replayed = backup instanceof Backup.Fresh fresh ? fresh.start() : redo;
    Replay.goOn(this, log);
  }

  /** A server that waits for a file looks again. */
  void goOn() {
    if (process == ServerProcess.RUNNING && state == InstanceState.IN_ARCHIVE_RECOVERY && !paused) {
      Replay.goOn(this, log);
    }
  }

  /** Stops a running server, fast. */
  void stop() {
    if (process != ServerProcess.RUNNING) {
      return;
    }
    log.says("LOG", "received fast shutdown request");
    log.says("LOG", "database system is shut down");
    boolean recovering = state == InstanceState.IN_ARCHIVE_RECOVERY;
    down(recovering ? InstanceState.SHUT_DOWN_IN_RECOVERY : InstanceState.SHUT_DOWN);
    reached(replayed);
  }

  private void reached(Lsn end) {
    if (minimumEnd.map(end::isAfter).orElse(true)) {
      minimumEnd = Optional.of(end);
    }
  }

  private void down(InstanceState last) {
    process = ServerProcess.STOPPED;
    state = last;
    waitingFor = "";
    paused = false;
    controlWrites++;
  }

  /** Whether its restore gate, by what is written of it, ends a server that is about to open. */
  boolean mayNotOpen() {
    boolean refused = gate.filter(target -> target.parkMode() == ParkMode.READABLE).isPresent();
    return settings.throughGate() && (refused || settings.endsRefused());
  }

  void loseGateFile() {
    gate = Optional.empty();
  }

  /** Somebody resumes replay: recovery ends, unless the gate ends the server before. */
  void resume() {
    if (!paused) {
      throw new IllegalStateException("recovery is not in progress, or not paused");
    }
    paused = false;
    if (mayNotOpen()) {
      diesOf("could not restore file \"00000002.history\" from archive");
      endedByGate = clock.read().toString();
    } else {
      openForWriting();
    }
  }

  /** Ends recovery on a timeline of its own, or writes where it must not. */
  void openForWriting() {
    if (standbySignal) {
      timeline = new TimelineId(timeline.value() + 1);
    }
    standbySignal = false;
    state = InstanceState.IN_PRODUCTION;
    checkpointAt = PRODUCTIONS_CHECKPOINT.plusSeconds(1);
    minimumEnd = Optional.empty();
    controlWrites++;
  }

  // ---- what replay says

  void applied(WalRecord record) {
    replayed = record.end();
    waitingFor = "";
    if (record.kind() == WalRecord.Kind.CHECKPOINT) {
      redo = record.start();
      checkpointAt = PRODUCTIONS_CHECKPOINT;
      timeline = record.timeline();
      reached(record.end());
    }
    if (!replayed.isBefore(consistentFrom())) {
      reached(consistentFrom());
      backup = new Backup.None();
    }
  }

  void waitsFor(String file) {
    waitingFor = file;
  }

  /** Whether somebody kills it now. */
  boolean dies() {
    if (deathsToCome == 0) {
      return false;
    }
    deathsToCome--;
    down(InstanceState.IN_ARCHIVE_RECOVERY);
    return true;
  }

  void diesOf(String fatal) {
    log.says("FATAL", fatal);
    log.says("LOG", "database system is shut down");
    down(InstanceState.IN_ARCHIVE_RECOVERY);
  }

  boolean isPaused() {
    return paused;
  }

  void pausesAtTarget() {
    log.says("LOG", "pausing at the end of recovery");
    paused = true;
  }

  void shutsDownAtTarget() {
    log.says("LOG", "shutdown at recovery target");
    log.says("LOG", "database system is shut down");
    down(InstanceState.SHUT_DOWN_IN_RECOVERY);
    reached(replayed);
    if (logsToLose > 0) {
      logsToLose--;
      log.lose();
    }
  }

  // ---- what its host shows

  InstanceObserved observed() {
    ControlData control =
        FakeControl.of(
            system, state, timeline, new FakeControl.Reached(redo, checkpointAt, minimumEnd));
    String bytes = control + " written " + controlWrites;
    return new InstanceObserved(
        instance.id(),
        process,
        new InstanceObserved.ControlFile(
            control, Sha256.of(bytes.getBytes(StandardCharsets.UTF_8))),
        new InstanceObserved.Recovery(backup, standbySignal, recoverySignal, settings, endedByGate),
        software,
        freeBytes,
        missing);
  }
}
