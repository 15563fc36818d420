package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.ArchiveActivities.AwaitArchived;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.EnsureRestorePoint;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.PointMade;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.DatabaseActivities.WalSwitched;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities.AwaitParked;
import dev.mooring.port.InstanceActivities.EnsureReplaying;
import dev.mooring.port.InstanceActivities.EnsureStopped;
import dev.mooring.port.InstanceActivities.EnsureTarget;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceActivities.InstanceParked;
import dev.mooring.port.InstanceActivities.ObserveInstances;
import dev.mooring.port.InstanceActivities.ObserveParked;
import dev.mooring.port.InstanceActivities.ParkedObserved;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceTarget;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.Barrier;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The steps of a publish and a consume over the ports of a world, as the runbooks take them. */
public final class Steps {
  static final SiteName EAST = new SiteName("east");
  static final SiteName WEST = new SiteName("west");
  static final Duration LIMIT = Limit.seconds(60);
  static final Duration A_LOOK = Duration.ofSeconds(1);

  private static final int AIM = 3;
  private static final AtomicLong NUMBERS = new AtomicLong(1_000_000);

  private final ContractWorld world;

  Steps(ContractWorld world) {
    this.world = world;
  }

  /**
   * A run of a runbook.
   *
   * @param id its original run id
   */
  public record Run(String id, Epoch epoch) {}

  /** A run whose epoch is higher than that of every run before. */
  static Run newRun() {
    long number = NUMBERS.incrementAndGet();
    return new Run("run-" + number, new Epoch(number));
  }

  static void until(BooleanSupplier holds) {
    until(LIMIT, holds);
  }

  static void until(Duration limit, BooleanSupplier holds) {
    long end = System.nanoTime() + limit.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("not so after %s", limit).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }

  Call call(Run run, int ordinal) {
    return new Call(world.cluster().name(), run.id(), "STEP_" + ordinal, ordinal, run.epoch());
  }

  Call looking() {
    return new Call(world.cluster().name(), "look", "LOOK", 0, Epoch.NONE);
  }

  // ---- publishing

  HostWork east() {
    return at(EAST);
  }

  DatabaseAccess access() {
    return world.cluster().policies().database();
  }

  List<Server> primaries() {
    return world.cluster().instancesAt(EAST).stream().map(this::server).toList();
  }

  Server server(Instance instance) {
    return new Server(instance, world.cluster().host(instance.host()).access().address());
  }

  EnsureRestorePoint pointOn(List<Server> primaries, Barrier barrier) {
    return new EnsureRestorePoint(
        looking(), access(), primaries, barrier, Instant.parse("2026-11-20T10:11:12Z"));
  }

  PointMade makePoint() {
    return world.databases().ensureRestorePoint(pointOn(primaries(), new Barrier.None()));
  }

  WalSwitched switchWal(List<Server> servers) {
    return world.databases().ensureWalSwitched(new OnServers(looking(), access(), servers));
  }

  /** A point on every content, its files ended; where the copies at west are to be parked. */
  List<InstanceTarget> makeTargets() {
    PointMade point = makePoint();
    assertThat(switchWal(primaries()).failures()).isEmpty();
    return point.contents().stream().map(evidence -> target(point.name(), evidence)).toList();
  }

  private InstanceTarget target(RestorePointName point, ContentEvidence evidence) {
    Site west = world.cluster().site(WEST).orElseThrow();
    return new InstanceTarget(
        new InstanceId("west-" + evidence.target().content()),
        point,
        evidence.target(),
        west.archive());
  }

  /** The same, seen whole in the archive. */
  List<InstanceTarget> publish() {
    List<InstanceTarget> targets = makeTargets();
    assertThat(archived(targets).points()).allMatch(point -> point.missing().isEmpty());
    return targets;
  }

  PointsArchived archived(List<InstanceTarget> targets) {
    return archived(targets, targets, LIMIT);
  }

  /** What the archive holds of a point, every file from that of an earlier point on. */
  PointsArchived archived(
      List<InstanceTarget> targets, List<InstanceTarget> since, Duration atMost) {
    return archived(targets, since, atMost, List.of());
  }

  /** The same, and whether it still holds files that copies need. */
  PointsArchived archived(
      List<InstanceTarget> targets,
      List<InstanceTarget> since,
      Duration atMost,
      List<WalFileName> needed) {
    List<WantedPoint> wanted =
        targets.stream()
            .map(
                target ->
                    new WantedPoint(
                        new InstanceId("east-" + target.target().content()),
                        target.point(),
                        target.target(),
                        target.archive(),
                        of(target.target().content().value(), since).target().walFile(),
                        needed))
            .toList();
    return world.archives().awaitArchived(new AwaitArchived(looking(), east(), wanted, atMost));
  }

  static PointArchived pointOf(int content, PointsArchived seen) {
    return seen.points().stream()
        .filter(point -> point.owner().equals(new InstanceId("east-" + content)))
        .findFirst()
        .orElseThrow();
  }

  static InstanceTarget of(int content, List<InstanceTarget> targets) {
    return targets.stream()
        .filter(target -> target.target().content().value() == content)
        .findFirst()
        .orElseThrow();
  }

  // ---- consuming

  HostWork west() {
    return at(WEST);
  }

  private HostWork at(SiteName site) {
    List<Instance> instances = world.cluster().instancesAt(site);
    return new HostWork(world.cluster().host(instances.get(0).host()), instances);
  }

  static InstanceId copy(int content) {
    return new InstanceId("west-" + content);
  }

  HostObserved look(HostWork at) {
    Site.Archive archive =
        world.cluster().site(at.instances().get(0).site()).orElseThrow().archive();
    return world
        .instances(1)
        .observeInstances(new ObserveInstances(looking(), at, archive, Duration.ZERO));
  }

  InstanceObserved lookAt(int content) {
    return look(west()).observed().stream()
        .filter(seen -> seen.instance().equals(copy(content)))
        .findFirst()
        .orElseThrow();
  }

  EnsureTarget aim(Run run, List<InstanceTarget> targets) {
    return new EnsureTarget(call(run, AIM), west(), targets);
  }

  EnsureReplaying start(Run run, List<InstanceTarget> targets, int number) {
    return new EnsureReplaying(call(run, AIM + number), west(), targets, number);
  }

  AwaitParked await(Run run, List<InstanceTarget> targets, int number, Duration atMost) {
    return new AwaitParked(call(run, AIM + 3), west(), targets, number, atMost);
  }

  ParkedObserved prove(Run run, List<InstanceTarget> targets, int number) {
    return world
        .instances(1)
        .observeParked(new ObserveParked(call(run, AIM + 4), west(), targets, number));
  }

  EnsureStopped stop(Run run) {
    return new EnsureStopped(call(run, AIM + 5), west());
  }

  /** Aims and starts both copies; they may still be on their way. */
  void send(Run run, List<InstanceTarget> targets) {
    assertThat(world.instances(1).ensureTarget(aim(run, targets)).failures()).isEmpty();
    assertThat(world.instances(1).ensureReplaying(start(run, targets, 1)).failures()).isEmpty();
  }

  /** Parks both copies, through every step. */
  List<InstanceParked> park(Run run, List<InstanceTarget> targets) {
    send(run, targets);
    world.instances(1).awaitParked(await(run, targets, 1, LIMIT));
    ParkedObserved parked = prove(run, targets, 1);
    assertThat(parked.failures()).isEmpty();
    return parked.parked();
  }
}
