package dev.mooring.fake;

import dev.mooring.authority.Epoch;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.PatroniHooks;
import dev.mooring.port.ReplicationActivities.RefusedWal;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.Followed;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineHistory.Entry;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PatroniPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One instance of a cluster that streams: its server, its data directory and what its host knows of
 * who may write. A record is 100 bytes; a shutdown checkpoint is one.
 */
final class FakeMember {
  static final long RECORD = 100;

  private final Instance instance;
  final NavigableSet<String> slots = new TreeSet<>();
  final SortedMap<String, String> settings = new TreeMap<>();

  /** What its next start takes of what a run set, and what its last one took. */
  final SortedMap<String, String> configured = new TreeMap<>();

  final SortedMap<String, String> taken = new TreeMap<>();

  /** The settings that a run has replaced, by the run. */
  final SortedMap<String, SortedMap<String, String>> replaced = new TreeMap<>();

  /** How often its server was restarted, and for which run last. */
  int restarts;

  String restartedBy = "";

  /** The run whose restart has come to its end. */
  String restartEndedOf = "";

  /** The run that started it last, where it was stopped before. */
  String startedBy = "";

  /** The new boot that its host showed before a run named it there. */
  String permitBefore = "";

  boolean archiveMissing;

  /** The WAL files that its archive has and its archiver is still to bring, the next one first. */
  final List<RefusedWal> refused = new ArrayList<>();

  /** Those that were to be marked as archived. */
  final List<RefusedWal> marked = new ArrayList<>();

  /** Why they are not the archive's; empty if they are. */
  String differs = "";

  List<String> managers = List.of();

  /** What it needs of its host and that has not. */
  List<String> lacking = List.of();

  List<String> unwritable = List.of();

  List<String> unreadableConfiguration = List.of();

  /** Why it is not up after a restart stopped it, if it is not to be. */
  Optional<FailureCode> failsAtRestart = Optional.empty();

  SystemIdentifier system;
  TimelineHistory history = TimelineHistory.first();

  /** The newest timeline whose history it has, where it has replayed nothing of it. */
  Optional<TimelineId> fetched = Optional.empty();

  Lsn end = new Lsn(0x5000000);
  Lsn checkpoint = new Lsn(0x5000000);
  InstanceState state = InstanceState.IN_PRODUCTION;
  boolean running = true;
  boolean frozen;

  /** Whose walsender still serves it while it stands still. */
  Optional<InstanceId> servedBy = Optional.empty();

  /** Its power is cut between the words that it may write and its promotion. */
  boolean powerCutWhenTold;

  /** Its recovery ends before the last that it received: a record there can't be read. */
  boolean losesItsEnd;

  /** Whether links make its data directory that of another on its host. */
  boolean sharesDirectory;

  /** Where the oldest file of its WAL begins. */
  Lsn oldest = new Lsn(1L << 24);

  /** Its sender still sends it older WAL. */
  boolean catchesUp;

  /** Why its WAL can't be read on its disk; empty where it can. */
  String unreadableWal = "";

  /** What it received and has not replayed, and how much of that it replays from look to look. */
  long unreplayed;

  long replaysPerLook;

  boolean standbySignal;
  boolean replayPaused;
  long fencedEpoch;

  /** The timeline of its last checkpoint, where that was before its promotion. */
  Optional<TimelineId> checkpointedOn = Optional.empty();

  /** The wal_status of slots whose WAL is not reserved. */
  final SortedMap<String, String> slotsWithout = new TreeMap<>();

  List<String> accessLines = List.of();

  /** Whether its server can't parse Mooring's access lines. */
  boolean parsesNoAccess;

  /** What it says to standbys, and to pg_rewind, that it has no line for. */
  String admitsNoStandby = "";

  String admitsNoRewind = "";
  String synchronousNames = "";
  String synchronousCommit = "on";

  /** Who was waited for as the last run recorded it, with its epoch; none before that. */
  String recordedNames = "";

  long recordedAt;
  Optional<Upstream> upstream = Optional.empty();
  Authority authority = new Authority("", 0, "", "");
  List<Followed> followed = List.of();
  List<PatroniHooks> hooks = List.of();
  List<Slot> logical = List.of();

  /** Who streams from it beside the members, by name. */
  List<String> strangers = List.of();

  /** For whom synchronous_commit is set so that their commits wait for nobody. */
  List<String> unwaited = List.of();

  long prepared;
  long longestSeconds;
  long unarchived;

  /** How many of its next answers over SQL come late. */
  int late;

  /** By how many seconds the clock of its host is ahead of the world's. */
  long ahead;

  /** Whether what it writes as a primary comes into the archive. */
  boolean archives = true;

  /** What another archived under the name of its next timeline's history. */
  Optional<TimelineHistory> foreign = Optional.empty();

  /** What it streams as, and by which slot. */
  final String application;

  final String slot;

  FakeMember(Cluster cluster, Instance instance) {
    this.instance = instance;
    String id = Instance.replicationName(instance.id().value());
    this.application =
        cluster
            .patroni()
            .flatMap(patroni -> patroni.member(instance.id()))
            .map(PatroniPolicy.Member::name)
            .orElse(id);
    this.slot = Instance.replicationName(application);
    this.system = Harbour.systemOf(instance.content());
  }

  Instance instance() {
    return instance;
  }

  boolean isPrimary() {
    return running && !standbySignal;
  }

  boolean takesWrites() {
    return isPrimary() && !frozen;
  }

  TimelineId timeline() {
    return history.of();
  }

  ServerProcess process() {
    return running ? ServerProcess.RUNNING : ServerProcess.STOPPED;
  }

  ControlData control() {
    return FakeControl.of(
        system,
        state,
        checkpointedOn.orElse(timeline()),
        new FakeControl.Reached(checkpoint, Instant.EPOCH, Optional.empty()));
  }

  /** It asks no other sender before it has replayed what it has, which it does late on purpose. */
  boolean replaysFirst() {
    return unreplayed > 0 && !settings.getOrDefault("recovery_min_apply_delay", "0").equals("0");
  }

  boolean hasLost(String slot) {
    return "lost".equals(slotsWithout.get(slot));
  }

  boolean awaitsRestart(String name) {
    return !Objects.equals(configured.get(name), taken.get(name));
  }

  void write() {
    end = end.plus(RECORD);
  }

  /** Takes what its upstream has, if that leads on from what it has itself. */
  void receiveFrom(FakeMember sender) {
    boolean same = sender.timeline().equals(timeline());
    boolean leadsOn =
        same
            || (sender.history.isAncestor(timeline())
                && !end.isAfter(sender.history.switchPointOf(timeline())));
    if (leadsOn && sender.end.isAfter(end)) {
      history = sender.history;
      end = sender.end;
    }
  }

  /** Ends in an orderly way: nothing follows the checkpoint. */
  void shutDown() {
    checkpoint = end;
    write();
    running = false;
    boolean inRecovery = standbySignal && state != InstanceState.IN_PRODUCTION;
    state = inRecovery ? InstanceState.SHUT_DOWN_IN_RECOVERY : InstanceState.SHUT_DOWN;
  }

  void kill() {
    running = false;
    frozen = false;
    servedBy = Optional.empty();
  }

  void killBeforeItsCheckpoint() {
    kill();
    checkpointedOn = Optional.of(TimelineHistory.first().of());
  }

  /** Its data is that of a primary, which was shut down. */
  void becomeFormerPrimary() {
    kill();
    standbySignal = false;
    state = InstanceState.SHUT_DOWN;
  }

  void becomeAnothers() {
    becomeFormerPrimary();
    system = new SystemIdentifier(~system.value());
    settings.put("hot_standby_feedback", "on");
  }

  /** What a launcher does with what is configured. */
  void start() {
    if (fencedEpoch == 0 && !running) {
      running = true;
      authority = new Authority(authority.writer(), authority.epoch(), authority.run(), "");
      taken.clear();
      taken.putAll(configured);
      checkpointedOn = Optional.empty();
      state = standbySignal ? InstanceState.IN_ARCHIVE_RECOVERY : InstanceState.IN_PRODUCTION;
    }
  }

  void promote() {
    List<Entry> entries = new ArrayList<>(history.entries());
    Lsn fork = losesItsEnd ? new Lsn(end.value() - 2 * RECORD) : end;
    entries.add(new Entry(timeline(), fork, "no recovery target specified"));
    history = new TimelineHistory(new TimelineId(timeline().value() + 1), entries);
    standbySignal = false;
    state = InstanceState.IN_PRODUCTION;
    write();
  }

  void mayWrite(String writer, Epoch epoch, String run) {
    authority = new Authority(writer, epoch.value(), run, "");
  }

  /** Its host starts again, and its start guard waits if it is the writer. */
  void reboot(String boot) {
    kill();
    String shown = authority.writer().equals(instance.id().value()) ? boot : "";
    authority = new Authority(authority.writer(), authority.epoch(), authority.run(), shown);
  }

  void madeToFollow(Upstream upstream, Epoch epoch) {
    madeToFollow(upstream.instance(), epoch);
  }

  void madeToFollow(InstanceId upstream, Epoch epoch) {
    followed = List.of(new Followed(upstream, epoch.value()));
  }
}
