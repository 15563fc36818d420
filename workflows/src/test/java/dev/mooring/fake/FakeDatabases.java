package dev.mooring.fake;

import dev.mooring.evidence.ClockWindow;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Cut;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.fake.WalRecord.Kind;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.Barrier;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PublishPolicy.CheckpointBeforePoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Servers asked over SQL: primaries answer while they run, of parked instances the readable ones.
 */
final class FakeDatabases implements DatabaseActivities {
  private final FakeCluster world;
  private int points;

  FakeDatabases(FakeCluster world) {
    this.world = world;
  }

  private record Answers<R>(List<R> results, List<InstanceFailure> failures) {}

  private <R> Answers<R> each(List<Server> servers, Function<FakePrimary, R> ask) {
    return each(servers, ask, primary -> false);
  }

  /** The same of an act, the answer to which may be lost once it is done. */
  private <R> Answers<R> done(List<Server> servers, Function<FakePrimary, R> act) {
    return each(servers, act, FakePrimary::losesAnswer);
  }

  private <R> Answers<R> each(
      List<Server> servers, Function<FakePrimary, R> ask, Predicate<FakePrimary> loses) {
    List<R> results = new ArrayList<>();
    List<InstanceFailure> failures = new ArrayList<>();
    for (Server server : servers) {
      Optional<FakePrimary> primary = running(server.instance().id());
      if (primary.isEmpty()) {
        failures.add(unreachable(server));
        continue;
      }
      R answer = ask.apply(primary.get());
      if (loses.test(primary.get())) {
        failures.add(lost(server.instance().id(), primary.get().lostAs()));
      } else {
        results.add(answer);
      }
    }
    return new Answers<>(results, failures);
  }

  private static InstanceFailure lost(InstanceId id, FailureCode as) {
    return new InstanceFailure(id, as, "the answer was lost");
  }

  private Optional<FakePrimary> running(InstanceId id) {
    return world.findPrimary(id).filter(FakePrimary::running);
  }

  private static InstanceFailure unreachable(Server server) {
    return new InstanceFailure(
        server.instance().id(),
        FailureCode.DATABASE_UNREACHABLE,
        "connection to " + server.address() + ":" + server.instance().port() + " refused");
  }

  @Override
  public ServersObserved observeServers(OnServers request) {
    synchronized (world) {
      List<ServerObserved> observed = new ArrayList<>();
      List<InstanceFailure> failures = new ArrayList<>();
      for (Server server : request.servers()) {
        observed(server.instance())
            .ifPresentOrElse(observed::add, () -> failures.add(unreachable(server)));
      }
      return new ServersObserved(observed, failures);
    }
  }

  /** A primary that runs, or an instance of the other site that is readable or was opened. */
  private Optional<ServerObserved> observed(Instance instance) {
    if (world.members().isDown(instance.id())) {
      return Optional.empty();
    }
    Optional<FakePrimary> primary = world.findPrimary(instance.id());
    return primary.isPresent()
        ? primary
            .filter(FakePrimary::running)
            .filter(FakePrimary::answersLook)
            .map(FakePrimary::observed)
        : world.answeringStandby(instance.id());
  }

  /** A Greenplum that is as its file says, but for who acts since a {@code takeOver}. */
  @Override
  public CatalogueObserved observeCatalogue(OnServers request) {
    synchronized (world) {
      List<Catalogue> observed = new ArrayList<>();
      List<InstanceFailure> failures = new ArrayList<>();
      for (Server server : request.servers()) {
        if (running(server.instance().id()).isPresent()) {
          observed.add(catalogue(server.instance()));
        } else {
          failures.add(unreachable(server));
        }
      }
      return new CatalogueObserved(observed, failures);
    }
  }

  private Catalogue catalogue(Instance coordinator) {
    List<CatalogueRow> rows =
        world.cluster().instancesAt(coordinator.site()).stream()
            .filter(i -> !wasReplaced(i) || !i.content().equals(ContentId.COORDINATOR))
            .map(this::row)
            .toList();
    return new Catalogue(
        coordinator.id(),
        "PostgreSQL 12.12 (Greenplum Database 7.1.0 build fake)",
        12,
        GREENPLUM_FUNCTIONS,
        rows);
  }

  private CatalogueRow row(Instance instance) {
    boolean acts = acts(instance);
    boolean coordinator = instance.content().equals(ContentId.COORDINATOR);
    return new CatalogueRow(
        instance.dbid(),
        instance.content(),
        acts,
        coordinator ? acts : !instance.mirror(),
        true,
        !wasReplaced(instance),
        instance.port(),
        instance.host().value(),
        instance.host().value(),
        instance.dataDirectory());
  }

  private boolean acts(Instance instance) {
    return world.findPrimary(instance.id()).isPresent();
  }

  private boolean wasReplaced(Instance instance) {
    return !instance.mirror() && !acts(instance);
  }

  /** The role may do all that is asked of it but what a test took from it. */
  @Override
  public RightsObserved observeRights(OnServers request) {
    synchronized (world) {
      Answers<ServerRights> seen =
          each(
              request.servers(),
              primary -> new ServerRights(primary.instance().id(), world.rights()));
      return new RightsObserved(seen.results(), seen.failures());
    }
  }

  @Override
  public Checkpointed ensureCheckpointed(EnsureCheckpointed request) {
    synchronized (world) {
      if (request.how() == CheckpointBeforePoint.NEVER) {
        return new Checkpointed(List.of(), List.of());
      }
      if (request.how() == CheckpointBeforePoint.SPREAD) {
        return new Checkpointed(List.of(), request.servers().stream().map(this::unpaced).toList());
      }
      if (!world.cluster().members().isEmpty()) {
        List<InstanceId> all = request.servers().stream().map(s -> s.instance().id()).toList();
        if (world.members().losesCheckpoint()) {
          return new Checkpointed(
              List.of(), all.stream().map(id -> lost(id, FailureCode.OUTCOME_UNKNOWN)).toList());
        }
        return new Checkpointed(all.stream().filter(world.members()::answers).toList(), List.of());
      }
      Answers<InstanceId> done =
          done(
              request.servers(),
              primary -> {
                primary.wal().checkpoint(world.clock().read());
                return primary.instance().id();
              });
      return new Checkpointed(done.results(), done.failures());
    }
  }

  /** Before version 19 a CHECKPOINT asked for over SQL always runs at full speed. */
  private InstanceFailure unpaced(Server server) {
    return new InstanceFailure(
        server.instance().id(),
        FailureCode.DATABASE_REFUSED,
        "checkpointBeforePoint is spread, which needs version 19, and the server is version 15");
  }

  @Override
  public PointMade ensureRestorePoint(EnsureRestorePoint request) {
    synchronized (world) {
      requireAllReady(request.primaries());
      points++;
      String suffix = String.format("%06x", points);
      if (!(request.barrier() instanceof Barrier.CommitLock)) {
        RestorePointName name = RestorePointName.syncPoint(request.at(), suffix);
        List<ContentEvidence> made = makeAll(name, request.primaries());
        boolean atomic =
            request.primaries().size() == 1 || !(request.barrier() instanceof Barrier.None);
        return new PointMade(
            name, new Cut(atomic ? Cut.Kind.ATOMIC : Cut.Kind.NAMED, made.size()), made);
      }
      return several(request, suffix);
    }
  }

  /** A Greenplum's, among its distributed transactions: some stand on both sides of each point. */
  private PointMade several(EnsureRestorePoint request, String suffix) {
    List<FakePrimary> primaries =
        request.primaries().stream()
            .map(server -> running(server.instance().id()).orElseThrow())
            .toList();
    List<Lsn> before = primaries.stream().map(primary -> primary.wal().next()).toList();
    List<EarlierPoint> made = new ArrayList<>();
    String noMore = "";
    for (int n = 1; n <= POINTS_OF_A_GREENPLUM; n++) {
      RestorePointName name =
          RestorePointName.syncPoint(request.at(), suffix + (n == 1 ? "" : "" + n));
      if (world.isStuck(n)) {
        noMore = name + " is abandoned: it was not made within PT1S";
        break;
      }
      transaction(primaries, suffix + "-before-" + (100 + n));
      if (world.isTorn(n)) {
        decide(primaries, suffix + "-torn-" + n);
      }
      List<ContentEvidence> contents = makeAll(name, request.primaries());
      if (world.isTorn(n)) {
        prepare(primaries, suffix + "-torn-" + n);
      }
      transaction(primaries, suffix + "-after-" + (200 + n));
      made.add(new EarlierPoint(name, new Cut(Cut.Kind.UNPROVED, 1, "not decoded yet"), contents));
    }
    List<Lsn> after = primaries.stream().map(primary -> primary.wal().next()).toList();
    List<EarlierPoint> ranged =
        made.stream()
            .map(point -> new EarlierPoint(point.name(), point.cut(), ends(point, before, after)))
            .toList();
    EarlierPoint newest = ranged.get(ranged.size() - 1);
    return new PointMade(
        newest.name(),
        newest.cut(),
        newest.contents(),
        ranged.subList(0, ranged.size() - 1),
        noMore);
  }

  private static List<ContentEvidence> ends(EarlierPoint point, List<Lsn> before, List<Lsn> after) {
    List<ContentEvidence> contents = new ArrayList<>();
    for (int i = 0; i < point.contents().size(); i++) {
      ContentEvidence content = point.contents().get(i);
      boolean coordinator = content.target().content().equals(ContentId.COORDINATOR);
      contents.add(content.withTransactionsLsn((coordinator ? before : after).get(i)));
    }
    return contents;
  }

  private void transaction(List<FakePrimary> primaries, String gid) {
    prepare(primaries, gid);
    decide(primaries, gid);
  }

  private void prepare(List<FakePrimary> primaries, String gid) {
    primaries.stream()
        .filter(primary -> !primary.instance().content().equals(ContentId.COORDINATOR))
        .forEach(one -> one.wal().distributed(Kind.PREPARE, gid, world.clock().read()));
  }

  private void decide(List<FakePrimary> primaries, String gid) {
    primaries.stream()
        .filter(primary -> primary.instance().content().equals(ContentId.COORDINATOR))
        .forEach(one -> one.wal().distributed(Kind.DISTRIBUTED_COMMIT, gid, world.clock().read()));
  }

  private List<ContentEvidence> makeAll(RestorePointName name, List<Server> primaries) {
    List<ContentEvidence> made = new ArrayList<>();
    List<String> lost = new ArrayList<>();
    for (Server server : primaries) {
      FakePrimary primary = running(server.instance().id()).orElseThrow();
      if (primary.losesPoints()) {
        lost.add("content " + server.instance().content());
      } else {
        made.add(make(name, primary));
      }
    }
    if (!lost.isEmpty()) {
      throw FakeHost.failure(
          FailureCode.RESTORE_POINT_HALF_MADE,
          name + " is abandoned: not, or not known to be, on " + String.join(", ", lost));
    }
    return made;
  }

  /** Everything that can refuse is asked before any point is made. */
  private void requireAllReady(List<Server> primaries) {
    List<InstanceFailure> unready = each(primaries, primary -> primary).failures();
    if (!unready.isEmpty()) {
      throw FakeHost.failure(
          unready.get(0).code(),
          "nothing was made: " + unready.get(0).instance() + ": " + unready.get(0).message());
    }
  }

  private ContentEvidence make(RestorePointName name, FakePrimary primary) {
    Instance instance = primary.instance();
    PrimaryWal wal = primary.wal();
    Instant before = world.clock().read();
    WalRecord record = wal.restorePoint(name.value(), world.clock().read());
    ContentTarget target =
        new ContentTarget(
            instance.content(),
            wal.system(),
            wal.timeline(),
            record.end(),
            WalFileName.containingByteBefore(wal.timeline(), record.end(), wal.size()),
            wal.size());
    return new ContentEvidence(
        target,
        new ContentEvidence.Owner(
            instance.id(),
            instance.host(),
            instance.port(),
            primary.version(),
            primary.startedAt()),
        new ClockWindow(before, world.clock().read()),
        record.end(),
        primary.observed().archiving().limits(),
        primary.observed().needs());
  }

  @Override
  public WalSwitched ensureWalSwitched(OnServers request) {
    synchronized (world) {
      Answers<InstanceSwitched> switched =
          done(
              request.servers(),
              primary ->
                  new InstanceSwitched(
                      primary.instance().id(), primary.wal().switchFile(world.clock().read())));
      world.archiveEverywhere();
      return new WalSwitched(switched.results(), switched.failures());
    }
  }
}
