package dev.mooring.fake;

import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.CommitsWait;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.PatroniHooks;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.DiskUsed;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.TimelineHistory.Entry;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SecretReference;
import dev.mooring.topology.StreamingPolicy.Login;
import dev.mooring.topology.StreamingPolicy.Replication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** Who may write, as the fake's hosts keep it. */
final class FakeRoles implements RoleActivities {
  private static final String NOBODY = Authority.NOBODY;

  private final FakeCluster world;
  private final FakeMembers members;

  FakeRoles(FakeCluster world) {
    this.world = world;
    this.members = world.members();
  }

  static Upstream upstream(Cluster cluster, Instance primary, Instance standby) {
    Replication replication = cluster.streaming().orElseThrow().replication();
    return new Upstream(
        primary.id(),
        cluster.host(primary.host()).access().address(),
        primary.port(),
        new Login(
            replication.login().user(),
            new SecretReference("pgpass"),
            replication.login().sslMode(),
            ""),
        cluster.applicationName(standby),
        cluster.slotName(standby));
  }

  @Override
  public RolesObserved observeRoles(ObserveRoles request) {
    synchronized (members) {
      FakeHost host = world.host(request.on().host().name());
      host.requireReachable();
      return new RolesObserved(
          request.on().host().name(),
          host.highestEpoch(),
          request.on().instances().stream().filter(i -> !isShared(i)).map(this::role).toList(),
          request.on().instances().stream().filter(this::isShared).map(FakeRoles::shared).toList(),
          request.on().instances().stream().map(this::disk).toList(),
          request.on().instances().stream()
              .filter(one -> !isMember(one) && world.standby(one.id()).isConsumed())
              .map(Instance::id)
              .toList(),
          List.of());
    }
  }

  @Override
  public RolesObserved ensureEpochRaised(RaiseEpoch request) {
    synchronized (members) {
      FakeHost host = world.host(request.on().host().name());
      host.requireReachable();
      host.claim(request.call(), world.attempt(), request.on().instances());
      return observeRoles(new ObserveRoles(request.call(), request.on()));
    }
  }

  private boolean isShared(Instance instance) {
    return isMember(instance) && members.member(instance.id()).sharesDirectory;
  }

  private static InstanceFailure shared(Instance instance) {
    return new InstanceFailure(
        instance.id(), FailureCode.TOPOLOGY_DIFFERS, "is by a link the directory of another too");
  }

  private boolean isMember(Instance instance) {
    return world.cluster().members().contains(instance);
  }

  /** At a DR site disks are not judged. */
  private DiskUsed disk(Instance instance) {
    return new DiskUsed(instance.id(), "/", isMember(instance) ? 40 : 99);
  }

  private InstanceRole role(Instance instance) {
    return isMember(instance)
        ? role(members.member(instance.id()))
        : role(world.standby(instance.id()));
  }

  private static InstanceRole role(FakeStandby parked) {
    return new InstanceRole(
        parked.instance().id(),
        parked.process(),
        parked.observed().control(),
        new NextStart(parked.hasStandbySignal(), parked.hasRecoverySignal(), 0, true, List.of()),
        new Authority("", 0, "", ""),
        new FollowedBefore(List.of(), List.of()),
        List.of());
  }

  private InstanceRole role(FakeMember member) {
    Authority authority = member.authority;
    return new InstanceRole(
        member.instance().id(),
        member.process(),
        member.control(),
        new NextStart(member.standbySignal, false, member.fencedEpoch, true, waits(member)),
        new Authority(
            authority.writer(),
            authority.epoch(),
            authority.run(),
            authority.newBoot(),
            List.copyOf(world.host(member.instance().host()).relaxed.values())),
        new FollowedBefore(member.followed, timelines(member)),
        member.hooks);
  }

  private static List<TimelineId> timelines(FakeMember member) {
    return member.history.entries().isEmpty()
        ? member.fetched.stream().toList()
        : List.of(member.timeline());
  }

  private static List<CommitsWait> waits(FakeMember member) {
    return member.standbySignal || member.fencedEpoch != 0
        ? List.of()
        : List.of(
            new CommitsWait(
                member.synchronousNames,
                member.synchronousCommit,
                member.recordedAt,
                member.recordedNames));
  }

  @Override
  public Surroundings observeSurroundings(ObserveSurroundings request) {
    synchronized (members) {
      world.host(request.on().host().name()).requireReachable();
      FakeMember member = members.member(request.on().instances().get(0).id());
      return new Surroundings(
          member.instance().id(),
          new Ownership("postgres", "postgres", "700", List.of(), member.unwritable),
          new HostSoftware(
              world.directories().programs.getOrDefault(member.instance().id(), Harbour.VERSION),
              List.of(),
              "glibc 2.36"),
          new Configuration(
              member.unreadableConfiguration,
              List.of(next(member)),
              member.instance().dataDirectory()),
          member.lacking,
          member.managers,
          request.upstream().stream().map(this::tried).toList());
    }
  }

  private static StartSettings next(FakeMember member) {
    Map<String, String> set = FakeReplication.configured(member);
    ToIntFunction<String> number = name -> Integer.parseInt(set.getOrDefault(name, ""));
    return new StartSettings(
        set.getOrDefault("archive_mode", ""),
        set.getOrDefault("hot_standby", ""),
        set.getOrDefault("wal_level", ""),
        number.applyAsInt("max_replication_slots"),
        StandbyLimits.of(number));
  }

  private Trial tried(Upstream upstream) {
    FakeMember to = members.member(upstream.instance());
    return to.running && !to.frozen
        ? new Trial(to.control().systemIdentifier().toString(), "")
        : new Trial("", "connection refused");
  }

  @Override
  public HandedOver ensureHandedOver(HandOver request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      if (member.standbySignal) {
        throw FakeHost.failure(
            FailureCode.NO_PRIMARY, member.instance().id() + " is a standby, no primary");
      }
      if (!member.running && !said(member, NOBODY, request.call())) {
        throw FakeHost.failure(FailureCode.NO_PRIMARY, member.instance().id() + " does not run");
      }
      mayWrite(member, NOBODY, request.call());
      member.fencedEpoch = request.call().epoch().value();
      if (member.running) {
        stop(member, request);
      }
      if (member.state != InstanceState.SHUT_DOWN) {
        throw FakeHost.failure(
            FailureCode.STATE_UNREADABLE,
            member.instance().id() + " ended as '" + member.state + "'");
      }
      return new HandedOver(
          member.instance().id(),
          member.control().systemIdentifier(),
          member.timeline(),
          member.control().checkpoint().location());
    }
  }

  void mayWrite(FakeMember member, String writer, Call call) {
    members.mayWrite(member, writer, call.epoch(), call.run());
  }

  /** The authority of its host says that another instance may write. */
  static void refuseAnother(FakeMember member) {
    String writer = member.authority.writer();
    if (!List.of("", NOBODY, member.instance().id().value()).contains(writer)) {
      throw FakeHost.failure(
          FailureCode.TWO_PRIMARIES, "by the authority of this host " + writer + " may write");
    }
  }

  /** Whether this very run said who may write. */
  static boolean said(FakeMember member, String writer, Call call) {
    return member.authority.writer().equals(writer) && member.authority.run().equals(call.run());
  }

  /** A fast stop waits for every walsender: one whose standby stands still holds it. */
  private void stop(FakeMember member, HandOver request) {
    boolean held =
        member.frozen
            || members.all().stream()
                .anyMatch(
                    other -> other.servedBy.filter(member.instance().id()::equals).isPresent());
    if (held) {
      world.elapse(request.stopWithin());
      throw FakeHost.failure(
          FailureCode.STOP_TOO_LONG, member.instance().id() + " still runs after a fast stop");
    }
    List<FakeMember> receiving =
        members.all().stream()
            .filter(other -> members.senderOf(other).filter(member::equals).isPresent())
            .toList();
    member.shutDown();
    receiving.forEach(other -> other.receiveFrom(member));
  }

  @Override
  public GivenBack revertHandedOver(HandOver request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), true);
      refuseAnother(member);
      boolean fenced = member.fencedEpoch != 0;
      boolean hard = fenced && member.running;
      member.fencedEpoch = 0;
      if (fenced) {
        mayWrite(member, member.instance().id().value(), request.call());
        member.running = false;
        members.all().stream()
            .filter(other -> other.servedBy.filter(member.instance().id()::equals).isPresent())
            .forEach(other -> other.servedBy = Optional.empty());
        member.start();
      }
      members.stream();
      boolean handedOver = fenced || said(member, member.instance().id().value(), request.call());
      return new GivenBack(member.instance().id(), handedOver, hard);
    }
  }

  @Override
  public TakenOver ensureTakenOver(TakeOver request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      refuseAnother(member);
      if (said(member, member.instance().id().value(), request.call())) {
        return goneOn(member);
      }
      if (!member.standbySignal) {
        throw FakeHost.failure(
            FailureCode.PROMOTED, member.instance().id() + " was promoted by somebody");
      }
      request.pauses().forEach(pause -> world.endpoints().requireStanding(pause.marker()));
      if (!member.running || member.frozen || !member.end.isAfter(request.end().checkpoint())) {
        throw FakeHost.failure(
            FailureCode.NOT_CAUGHT_UP,
            member.instance().id()
                + " has WAL to "
                + member.end
                + ", the old primary ended at "
                + request.end().checkpoint());
      }
      mayWrite(member, member.instance().id().value(), request.call());
      if (member.powerCutWhenTold) {
        member.kill();
        world.host(request.on().host().name()).reachable(false);
        world.host(request.on().host().name()).requireReachable();
      }
      return goneOn(member);
    }
  }

  /** One that may write by the word of this run is promoted, if it was not yet. */
  TakenOver goneOn(FakeMember member) {
    member.start();
    if (member.standbySignal) {
      member.promote();
      members.stream();
    }
    return taken(member);
  }

  @Override
  public PromotionBarred revertTakenOver(TakeOver request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), true);
      boolean promoted = said(member, member.instance().id().value(), request.call());
      if (!promoted && !member.standbySignal) {
        throw FakeHost.failure(
            FailureCode.PROMOTED, member.instance().id() + " was promoted by somebody");
      }
      if (promoted && member.standbySignal && !member.running) {
        mayWrite(member, NOBODY, request.call());
        return new PromotionBarred(member.instance().id(), List.of());
      }
      return new PromotionBarred(
          member.instance().id(), promoted ? List.of(goneOn(member)) : List.of());
    }
  }

  private static TakenOver taken(FakeMember member) {
    List<Entry> entries = member.history.entries();
    Lsn fork = entries.get(entries.size() - 1).switchPoint();
    return new TakenOver(member.instance().id(), member.timeline(), fork);
  }

  /** A standby that was killed goes on where it was; so does a copy that was not yet started. */
  private static void refuseUnclean(FakeMember member) {
    boolean standby = member.standbySignal && member.state == InstanceState.IN_ARCHIVE_RECOVERY;
    if (!member.running && !member.state.isStopped() && !standby) {
      throw FakeHost.failure(
          FailureCode.STATE_UNREADABLE,
          member.instance().id() + " ended as '" + member.state + "'");
    }
  }

  @Override
  public Following ensureFollowing(Follow request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      if (member.isPrimary()) {
        throw FakeHost.failure(
            FailureCode.TWO_PRIMARIES, member.instance().id() + " runs and is no standby");
      }
      refuseUnclean(member);
      String named = member.authority.writer();
      if (named.equals(member.instance().id().value())
          || (!List.of("", NOBODY, PatroniHooks.DECIDES).contains(named)
              && request.ofHost().stream().noneMatch(one -> one.value().equals(named)))) {
        mayWrite(member, NOBODY, request.call());
      }
      request.upstream().forEach(from -> member.madeToFollow(from, request.call().epoch()));
      List<String> changed = new ArrayList<>();
      if (!member.upstream.equals(request.upstream().stream().findFirst())) {
        member.upstream = request.upstream().stream().findFirst();
        changed.add("configuration");
      }
      if (!member.standbySignal) {
        member.standbySignal = true;
        changed.add("signal");
      }
      if (member.fencedEpoch != 0) {
        member.fencedEpoch = 0;
        changed.add("fence");
      }
      if (!member.running) {
        member.start();
        changed.add("start");
      } else if (!changed.isEmpty()) {
        changed.add("reload");
      }
      members.stream();
      return new Following(member.instance().id(), changed, List.of());
    }
  }

  @Override
  public Adopted ensureAdopted(Adopt request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      String before = member.authority.writer();
      boolean writer = member.instance().id().equals(request.writer());
      boolean produces = member.running && member.state == InstanceState.IN_PRODUCTION;
      if (writer ? !member.isPrimary() : member.isPrimary() || produces) {
        throw FakeHost.failure(
            writer ? FailureCode.NO_PRIMARY : FailureCode.TWO_PRIMARIES,
            member.instance().id() + (writer ? " does not accept writes" : " is no standby"));
      }
      if (writer) {
        member.fencedEpoch = 0;
      } else if (!member.running && !member.standbySignal && member.fencedEpoch == 0) {
        member.fencedEpoch = request.call().epoch().value();
      }
      if (writer || !said(member, request.writer().value(), request.call())) {
        mayWrite(member, writer ? request.writer().value() : NOBODY, request.call());
      }
      return new Adopted(member.instance().id(), before);
    }
  }

  @Override
  public Adopted ensureNobodyNamed(NameNobody request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      String before = member.authority.writer();
      if (!List.of("", NOBODY, PatroniHooks.DECIDES).contains(before)) {
        String run = request.run().isEmpty() ? request.call().run() : request.run();
        members.mayWrite(member, NOBODY, new Epoch(request.epoch()), run);
      }
      return new Adopted(member.instance().id(), before);
    }
  }

  @Override
  public Adopted ensurePatroniLet(Adopt request) {
    return patroniLet(request, false);
  }

  @Override
  public Adopted revertPatroniLet(Adopt request) {
    return patroniLet(request, true);
  }

  private Adopted patroniLet(Adopt request, boolean undo) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), undo);
      String before = member.authority.writer();
      String writer = request.writer().value();
      if (member.instance().id().equals(request.writer())) {
        mayWrite(member, writer, request.call());
      } else if (!before.equals(writer)) {
        mayWrite(member, PatroniHooks.DECIDES, request.call());
      }
      return new Adopted(member.instance().id(), before);
    }
  }

  @Override
  public SynchronousSet ensureSynchronousSet(SetSynchronous request) {
    return setSynchronous(request, false);
  }

  @Override
  public SynchronousSet revertSynchronousSet(SetSynchronous request) {
    return setSynchronous(request, true);
  }

  private SynchronousSet setSynchronous(SetSynchronous request, boolean undo) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), undo);
      if (!member.unreadableConfiguration.isEmpty()) {
        throw FakeHost.failure(
            FailureCode.STATE_UNREADABLE,
            "postgres -C: " + String.join("; ", member.unreadableConfiguration));
      }
      String before = member.synchronousNames;
      String commit = request.commit().isEmpty() ? member.synchronousCommit : request.commit();
      boolean changed = !before.equals(request.names()) || !commit.equals(member.synchronousCommit);
      member.recordedAt = request.call().epoch().value();
      member.recordedNames = request.names();
      member.synchronousNames = request.names();
      member.synchronousCommit = commit;
      return new SynchronousSet(member.instance().id(), before, changed);
    }
  }

  @Override
  public RelaxationSet ensureRelaxationRecorded(SetRelaxation request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      Relaxed record =
          new Relaxed(request.primary(), request.timeline(), request.call().epoch().value());
      FakeHost host = world.host(request.on().host().name());
      boolean changed = host.relaxed.put(request.primary(), record) == null;
      return new RelaxationSet(member.instance().id(), changed);
    }
  }

  @Override
  public RelaxationSet ensureRelaxationCleared(SetRelaxation request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      FakeHost host = world.host(request.on().host().name());
      boolean changed = host.relaxed.remove(request.primary()) != null;
      return new RelaxationSet(member.instance().id(), changed);
    }
  }
}
