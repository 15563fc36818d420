package dev.mooring.fake;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.StreamingHands;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.RefusedWal;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.Followed;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Upstreams;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/**
 * The members of a cluster that streams, which see each other unless one is cut off. In the
 * beginning the first one of the publishing site is the primary, and all others follow it.
 */
public final class FakeMembers implements StreamingHands {
  private final SortedMap<InstanceId, FakeMember> members = new TreeMap<>();
  private final List<InstanceId> cutOff = new ArrayList<>();
  private final List<String> writers = new ArrayList<>();

  /** Whether the role that standbys stream as is there. */
  boolean role;

  private int lostCheckpoints;

  FakeMembers(Cluster cluster) {
    cluster.members().forEach(i -> members.put(i.id(), new FakeMember(cluster, i)));
    members.values().stream()
        .map(FakeMember::instance)
        .filter(i -> i.site().equals(cluster.policies().publish().site()))
        .findFirst()
        .ifPresent(first -> begin(cluster, first));
  }

  private void begin(Cluster cluster, Instance first) {
    member(first.id()).synchronousNames = new Move(cluster, first, first).synchronousNames();
    Upstreams upstreams =
        new Upstreams(
            members.values().stream().map(FakeMember::instance).toList(), first, List.of());
    for (FakeMember member : members.values()) {
      if (!member.instance().equals(first)) {
        member.standbySignal = true;
        member.state = dev.mooring.postgres.InstanceState.IN_ARCHIVE_RECOVERY;
        Optional<Instance> above = upstreams.of(member.instance());
        member.upstream = above.map(up -> FakeRoles.upstream(cluster, up, member.instance()));
        above.ifPresent(up -> member(up.id()).slots.add(member.slot));
      }
    }
    stream();
  }

  /** Runs that to its end. One who holds the members lets others have them until then. */
  void meanwhile(Runnable work) {
    if (!Thread.holdsLock(this)) {
      work.run();
      return;
    }
    FutureTask<Void> passing = new FutureTask<>(work, null);
    Thread beside = new Thread(() -> runAndTell(passing));
    beside.setDaemon(true);
    beside.start();
    try {
      while (!passing.isDone()) {
        wait();
      }
      passing.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private void runAndTell(Runnable work) {
    work.run();
    synchronized (this) {
      notifyAll();
    }
  }

  FakeMember member(InstanceId id) {
    return Optional.ofNullable(members.get(id))
        .orElseThrow(() -> new IllegalArgumentException("there is no member " + id));
  }

  /** Whether it is a member that streams and does not run. */
  boolean isDown(InstanceId id) {
    return Optional.ofNullable(members.get(id)).filter(member -> !member.running).isPresent();
  }

  Collection<FakeMember> all() {
    return members.values();
  }

  /** Whether one has a connection to the other. */
  boolean connected(FakeMember one, FakeMember other) {
    return one.running
        && other.running
        && !one.frozen
        && !other.frozen
        && !cutOff.contains(one.instance().id())
        && !cutOff.contains(other.instance().id());
  }

  /** What that standby streams from now, if it does. */
  Optional<FakeMember> senderOf(FakeMember standby) {
    return standby
        .upstream
        .map(upstream -> member(upstream.instance()))
        .filter(sender -> standby.standbySignal && connected(standby, sender))
        .filter(sender -> sender.slots.contains(standby.slot))
        .filter(sender -> !sender.hasLost(standby.slot))
        .filter(sender -> !standby.replaysFirst() || sender.timeline().equals(standby.timeline()));
  }

  /** Whose WAL the archive gives to one that it feeds alone: a primary that archives. */
  Optional<FakeMember> archiveOf(FakeMember standby) {
    return standby.running && standby.standbySignal && !standby.frozen && standby.upstream.isEmpty()
        ? members.values().stream().filter(m -> m.isPrimary() && m.archives).findFirst()
        : Optional.empty();
  }

  /** Lets everything that is connected catch up, cascades too; then sees who accepts writes. */
  void stream() {
    for (int hop = 0; hop < members.size(); hop++) {
      for (FakeMember standby : members.values()) {
        senderOf(standby).or(() -> archiveOf(standby)).ifPresent(standby::receiveFrom);
      }
    }
    List<String> now =
        members.values().stream()
            .filter(FakeMember::takesWrites)
            .map(m -> m.instance().id().value())
            .toList();
    if (now.size() > 1) {
      writers.add(String.join(" and ", now));
    }
  }

  /** Whenever two accepted writes at once: their names. */
  public synchronized List<String> twoWriters() {
    return List.copyOf(writers);
  }

  synchronized boolean answers(InstanceId id) {
    return member(id).running && !member(id).frozen;
  }

  /** The members that accept writes now. */
  public synchronized List<String> writers() {
    return members.values().stream()
        .filter(FakeMember::takesWrites)
        .map(m -> m.instance().id().value())
        .toList();
  }

  /** Those that stream from that one, and have all it has. */
  public synchronized List<String> followersOf(String id) {
    stream();
    FakeMember primary = member(new InstanceId(id));
    return members.values().stream()
        .filter(m -> senderOf(m).filter(primary::equals).isPresent())
        .filter(m -> m.end.equals(primary.end) && m.timeline().equals(primary.timeline()))
        .map(m -> m.instance().id().value())
        .toList();
  }

  /** The network between a member and the others is cut, or heals. */
  public synchronized void cut(String id, boolean off) {
    cutOff.remove(new InstanceId(id));
    if (off) {
      cutOff.add(new InstanceId(id));
    }
    stream();
  }

  /** Its host is new: nothing of it is there, nor its slot anywhere. */
  public synchronized void neverThere(String id) {
    FakeMember gone = member(new InstanceId(id));
    gone.kill();
    gone.upstream = Optional.empty();
    members.values().forEach(m -> m.slots.remove(gone.slot));
  }

  /** The slots of that member. */
  public synchronized List<String> slotsOf(String id) {
    return List.copyOf(member(new InstanceId(id)).slots);
  }

  /** That member still has a slot of a time when it was the primary, or sent WAL on. */
  public synchronized void leftSlot(String id, String name) {
    member(new InstanceId(id)).slots.add(name);
  }

  /** It ended before the first checkpoint of the timeline that it was promoted to. */
  public synchronized void killBeforeItsCheckpoint(String id) {
    member(new InstanceId(id)).killBeforeItsCheckpoint();
  }

  /** Somebody puts the file of a standby beside the data of one that runs. */
  public synchronized void putSignal(String id) {
    member(new InstanceId(id)).standbySignal = true;
  }

  /** Somebody set who its commits wait for. */
  public synchronized void commitsWaitFor(String id, String names) {
    member(new InstanceId(id)).synchronousNames = names;
  }

  /**
   * Mooring's access lines of that member, and the role that standbys stream as, if it is there.
   */
  public synchronized List<String> letIn(String id) {
    List<String> all = new ArrayList<>(member(new InstanceId(id)).accessLines);
    if (role) {
      all.add("role");
    }
    return all;
  }

  /** Somebody wrote these between Mooring's markers. */
  public synchronized void letsIn(String id, List<String> lines) {
    member(new InstanceId(id)).accessLines = lines;
  }

  /** What commits on that member wait for. */
  public synchronized String commitsOf(String id) {
    FakeMember member = member(new InstanceId(id));
    return member.synchronousNames + " " + member.synchronousCommit;
  }

  /** Somebody pauses its replay. */
  public synchronized void pauseReplay(String id) {
    member(new InstanceId(id)).replayPaused = true;
  }

  /** A move of that epoch let that one write; all hosts know of it. */
  public synchronized void moved(String writer, long epoch) {
    members.values().forEach(m -> m.mayWrite(writer, new Epoch(epoch), "run-of-the-move"));
  }

  /** It replays an archive under recovery.signal, and says nothing over SQL until it is through. */
  public synchronized void recoverFromArchive(String id) {
    FakeMember member = member(new InstanceId(id));
    member.state = InstanceState.IN_ARCHIVE_RECOVERY;
    member.frozen = true;
  }

  /** The authority is its host's: all members there have one. */
  void mayWrite(FakeMember member, String writer, Epoch epoch, String run) {
    members.values().stream()
        .filter(other -> other.instance().host().equals(member.instance().host()))
        .forEach(other -> other.mayWrite(writer, epoch, run));
  }

  /** It ends in an orderly way, and gives its standbys all it has. */
  public synchronized void shutDown(String id) {
    FakeMember member = member(new InstanceId(id));
    List<FakeMember> receiving =
        all().stream().filter(other -> senderOf(other).filter(member::equals).isPresent()).toList();
    member.shutDown();
    receiving.forEach(other -> other.receiveFrom(member));
    member.kill();
  }

  /** Whether the last that it has is the shutdown of another one. */
  synchronized boolean hasEndOfPrimary(FakeMember member) {
    return all().stream()
        .filter(other -> other != member && other.state == InstanceState.SHUT_DOWN)
        .anyMatch(
            other -> other.timeline().equals(member.timeline()) && other.end.equals(member.end));
  }

  /** Its host starts again, and its server does not. */
  public synchronized void reboot(String id, String boot) {
    member(new InstanceId(id)).reboot(boot);
  }

  /** Its own host alone says that it may write. */
  public synchronized void mayWrite(String id, long epoch) {
    mayWrite(member(new InstanceId(id)), id, new Epoch(epoch), "run-of-the-move");
  }

  /** Its server is down, and its data is that of a primary. */
  public synchronized void fencedFormerPrimary(String id) {
    member(new InstanceId(id)).becomeFormerPrimary();
  }

  /** A primary of another system is where it was, down, with hot_standby_feedback on. */
  public synchronized void putAnothers(String id) {
    member(new InstanceId(id)).becomeAnothers();
  }

  /** It is configured so. */
  public synchronized void setOn(String id, String setting, String value) {
    member(new InstanceId(id)).settings.put(setting, value);
  }

  /** What it is configured with, but for what runs set. */
  public synchronized String setOn(String id) {
    return member(new InstanceId(id)).settings.toString();
  }

  /** What it says to standbys and to pg_rewind, if its pg_hba.conf has no line for them. */
  public synchronized void admitsNone(String id, String standby, String rewind) {
    member(new InstanceId(id)).admitsNoStandby = standby;
    member(new InstanceId(id)).admitsNoRewind = rewind;
  }

  /** The directory that it archives to is not there. */
  public synchronized void withoutArchive(String id) {
    member(new InstanceId(id)).archiveMissing = true;
  }

  /** Another program drives it there. */
  public synchronized void managedBy(String id, String program) {
    member(new InstanceId(id)).managers = List.of(program);
  }

  /** Its host has not what it needs as a copy; nothing where it has all. */
  public synchronized void lacks(String id, String... missing) {
    member(new InstanceId(id)).lacking = List.of(missing);
  }

  /** What of Mooring's directory on its host the account can't write. */
  public synchronized void unwritable(String id, String said) {
    member(new InstanceId(id)).unwritable = List.of(said);
  }

  /** Its configuration was saved since its start so that `postgres -C` says that. */
  public synchronized void misconfigured(String id, String... said) {
    member(new InstanceId(id)).unreadableConfiguration = List.of(said);
  }

  /** A restart of it stops it, and fails so. */
  public synchronized void failsAtRestart(String id, FailureCode code) {
    member(new InstanceId(id)).failsAtRestart = Optional.of(code);
  }

  /** How often a run restarted it. */
  public synchronized int restartsOf(String id) {
    return member(new InstanceId(id)).restarts;
  }

  /** What runs set of it, as its next start takes it. */
  public synchronized String configuredOn(String id) {
    return member(new InstanceId(id)).configured.toString();
  }

  /** Whom the authority of its host names. */
  public synchronized String authorityOf(String id) {
    return member(new InstanceId(id)).authority.writer();
  }

  /** Whom each host names, and whom each member was made to follow; epochs by their order alone. */
  public synchronized String rights() {
    List<Long> epochs =
        members.values().stream()
            .flatMap(m -> Stream.concat(Stream.of(m.authority.epoch()), epochsFollowed(m)))
            .distinct()
            .sorted()
            .toList();
    return members.values().stream()
        .map(
            m ->
                String.join(
                    " ",
                    m.instance().id().value(),
                    m.authority.writer(),
                    String.valueOf(epochs.indexOf(m.authority.epoch())),
                    epochsFollowed(m).map(epochs::indexOf).toList().toString()))
        .toList()
        .toString();
  }

  private static Stream<Long> epochsFollowed(FakeMember member) {
    return member.followed.stream().map(Followed::epoch);
  }

  /** Whether the authority of its host names itself. */
  public boolean isTold(String id) {
    return authorityOf(id).equals(id);
  }

  /** So many checkpoints of the primary are made, and their answers lost. */
  public synchronized void losesCheckpoints(int times) {
    lostCheckpoints = times;
  }

  /** Whether the answer to a checkpoint that was just made is lost. */
  synchronized boolean losesCheckpoint() {
    return lostCheckpoints-- > 0;
  }

  /** A logical slot, on the primary. */
  public synchronized void logicalSlot(String id, String name) {
    member(new InstanceId(id)).logical =
        List.of(
            new dev.mooring.port.ReplicationActivities.Slot(name, "pgoutput", true, 0, "reserved"));
  }

  /** Its power is cut once it is told that it may write, before it is promoted. */
  public synchronized void powerCutWhenTold(String id) {
    member(new InstanceId(id)).powerCutWhenTold = true;
  }

  /** A person types what lets a fenced primary write again. */
  public synchronized void startByHand(String id) {
    FakeMember member = member(new InstanceId(id));
    mayWrite(member, id, Epoch.NONE, "by-hand");
    member.fencedEpoch = 0;
    start(id);
  }

  /**
   * A person types the procedure of a failover. Nothing creates an authority file.
   *
   * @param named by the old primary's host from then on; empty if that one is powered off
   */
  public synchronized void failOverByHand(String old, String named, String to) {
    kill(old);
    if (!named.isEmpty()) {
      nameByHand(member(new InstanceId(old)), named);
      member(new InstanceId(old)).fencedEpoch = 1;
    }
    nameByHand(member(new InstanceId(to)), to);
    promote(to);
  }

  /** The same of a switchover: the old primary is shut down first, and the other has all it has. */
  public synchronized void switchOverByHand(String old, String named, String to) {
    shutDown(old);
    failOverByHand(old, named, to);
  }

  /**
   * A run that was given up fenced it and shut it down; a person types what lets it write again.
   */
  public synchronized void backByHand(String id) {
    shutDown(id);
    FakeMember member = member(new InstanceId(id));
    mayWrite(member, Authority.NOBODY, new Epoch(member.authority.epoch() + 1), "given-up");
    startByHand(id);
  }

  private void nameByHand(FakeMember member, String writer) {
    if (!member.authority.writer().isEmpty()) {
      mayWrite(member, writer, Epoch.NONE, "by-hand");
    }
  }

  /** What that member writes comes into no archive from now on. */
  public synchronized void archivesNothing(String id) {
    member(new InstanceId(id)).archives = false;
  }

  /**
   * Its archive has those WAL files already, which its archiver is still to bring once it is the
   * primary, and its archive_command refuses them.
   *
   * @param differs why they are not what the archive has; empty if they are
   */
  public synchronized void archiveRefuses(String id, String differs, String... files) {
    FakeMember member = member(new InstanceId(id));
    Stream.of(files)
        .map(file -> new RefusedWal(new WalFileName(file), "/archive/0"))
        .forEach(member.refused::add);
    member.differs = differs;
  }

  /** The WAL files that were to be marked as archived on its host, in that order. */
  public synchronized List<String> markedOn(String id) {
    return member(new InstanceId(id)).marked.stream().map(wal -> wal.file().text()).toList();
  }

  /** A drill archived a history under the name that its next timeline's will have. */
  public synchronized void anotherArchivedItsHistory(String id) {
    FakeMember member = member(new InstanceId(id));
    member.foreign =
        Optional.of(
            new TimelineHistory(
                new TimelineId(member.timeline().value() + 1),
                List.of(new TimelineHistory.Entry(member.timeline(), new Lsn(0x1000), "a drill"))));
  }

  /** Its archiver is so many files behind. */
  public synchronized void unarchived(String id, long files) {
    member(new InstanceId(id)).unarchived = files;
  }

  /** It is given an upstream and started, as whoever lets it follow does. */
  public synchronized void follows(Cluster cluster, String id, String sender) {
    FakeMember standby = member(new InstanceId(id));
    FakeMember from = member(new InstanceId(sender));
    standby.fencedEpoch = 0;
    standby.upstream =
        Optional.of(FakeRoles.upstream(cluster, from.instance(), standby.instance()));
    from.slots.add(standby.slot);
    standby.start();
    stream();
  }

  /** How many records that member has. */
  synchronized long records(String id) {
    return member(new InstanceId(id)).end.bytesSince(new Lsn(0x5000000)) / FakeMember.RECORD;
  }

  @Override
  public synchronized void write(String instance) {
    FakeMember member = member(new InstanceId(instance));
    if (!member.takesWrites()) {
      throw FakeHost.failure(FailureCode.DATABASE_REFUSED, instance + " accepts no writes");
    }
    member.write();
    stream();
  }

  @Override
  public synchronized void kill(String instance) {
    member(new InstanceId(instance)).kill();
  }

  @Override
  public synchronized void start(String instance) {
    member(new InstanceId(instance)).start();
    stream();
  }

  @Override
  public synchronized void promote(String instance) {
    member(new InstanceId(instance)).promote();
    stream();
  }

  @Override
  public synchronized void freeze(String instance) {
    FakeMember member = member(new InstanceId(instance));
    if (!member.frozen) {
      member.servedBy = senderOf(member).map(sender -> sender.instance().id());
      member.frozen = true;
    }
  }

  @Override
  public synchronized void thaw(String instance) {
    FakeMember member = member(new InstanceId(instance));
    member.frozen = false;
    member.servedBy = Optional.empty();
    stream();
  }
}
