package dev.mooring.fake;

import dev.mooring.port.FailureCode;
import dev.mooring.port.PrimaryActivities;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Settings and restarts of the fake's primary. */
final class FakePrimaries implements PrimaryActivities {
  private static final List<String> RELOADED = List.of("archive_command", "hot_standby_feedback");

  private final FakeCluster world;
  private final FakeMembers members;
  private final FakeRoles roles;

  FakePrimaries(FakeCluster world) {
    this.world = world;
    this.members = world.members();
    this.roles = new FakeRoles(world);
  }

  private static void requirePrimary(FakeMember member) {
    if (!member.isPrimary() || member.fencedEpoch != 0) {
      throw FakeHost.failure(
          FailureCode.NO_PRIMARY, member.instance().id() + " does not run as a primary");
    }
  }

  /** What needs no start is taken at once. */
  private static void reload(FakeMember member) {
    member.taken.keySet().removeAll(RELOADED);
    RELOADED.forEach(
        name ->
            Optional.ofNullable(member.configured.get(name))
                .ifPresent(value -> member.taken.put(name, value)));
  }

  @Override
  public PrimaryObserved observePrimary(ObservePrimary request) {
    synchronized (members) {
      world.host(request.on().host().name()).requireReachable();
      FakeMember member = members.member(request.on().instances().get(0).id());
      return new PrimaryObserved(
          member.instance().id(), member.archiveMissing ? ArchiveSeen.MISSING : ArchiveSeen.THERE);
    }
  }

  @Override
  public PrimarySet ensurePrimarySet(SetPrimary request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      requirePrimary(member);
      List<String> changed = new ArrayList<>();
      if (!request.archive().isEmpty() && member.archiveMissing) {
        member.archiveMissing = false;
        changed.add("archive");
      }
      SortedMap<String, String> now = new TreeMap<>(member.configured);
      request.settings().forEach(one -> now.put(one.name(), one.value()));
      if (!now.equals(member.configured)) {
        member.replaced.putIfAbsent(request.call().run(), new TreeMap<>(member.configured));
        member.configured.putAll(now);
        reload(member);
        changed.add("settings");
      }
      return new PrimarySet(member.instance().id(), changed, "");
    }
  }

  @Override
  public PrimarySet revertPrimarySet(SetPrimary request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), true);
      SortedMap<String, String> before = member.replaced.get(request.call().run());
      boolean restarted = member.restartEndedOf.equals(request.call().run());
      String left = "";
      List<String> changed = new ArrayList<>();
      if (before != null && restarted) {
        left = "it was restarted with them";
      } else if (before != null && member.slots.isEmpty()) {
        member.configured.clear();
        member.configured.putAll(before);
        member.replaced.remove(request.call().run());
        reload(member);
        changed.add("settings");
      } else if (before != null) {
        left = "it has slots, and would not start without them";
      }
      if (request.mayRestart()
          && !restarted
          && !member.running
          && member.restartedBy.equals(request.call().run())) {
        member.start();
        members.stream();
        changed.add("start");
      }
      return new PrimarySet(member.instance().id(), changed, left);
    }
  }

  @Override
  public Started ensureStarted(StartStopped request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      refuseUnlessItsTurn(member);
      if (!member.system.equals(request.system())) {
        throw FakeHost.failure(
            FailureCode.IDENTITY_DIFFERS, member.instance().id() + " is of another system");
      }
      if (!member.running && member.startedBy.equals(request.call().run())) {
        throw FakeHost.failure(
            FailureCode.NO_PRIMARY, member.instance().id() + " has ended since it was started");
      }
      String id = member.instance().id().value();
      if (!FakeRoles.said(member, id, request.call())) {
        refuseUnlessAwaited(member, request.boot());
        member.permitBefore = member.authority.newBoot();
      }
      roles.mayWrite(member, id, request.call());
      if (member.failsAtRestart.isPresent()) {
        throw FakeHost.failure(
            member.failsAtRestart.orElseThrow(), member.instance().id() + " is not up");
      }
      member.start();
      members.stream();
      member.startedBy = request.call().run();
      return new Started(member.instance().id());
    }
  }

  private static void refuseUnlessAwaited(FakeMember member, String boot) {
    if (!boot.isEmpty() && !member.running && !member.authority.newBoot().equals(boot)) {
      throw FakeHost.failure(
          FailureCode.NO_PRIMARY, "no start guard of " + member.instance().id() + " waits");
    }
  }

  private static void refuseUnlessItsTurn(FakeMember member) {
    InstanceId id = member.instance().id();
    String writer = member.authority.writer();
    if (writer.equals(Authority.NOBODY) || member.fencedEpoch != 0) {
      throw FakeHost.failure(FailureCode.NO_PRIMARY, id + " may not write");
    }
    if (!writer.isEmpty() && !writer.equals(id.value())) {
      throw FakeHost.failure(FailureCode.TWO_PRIMARIES, writer + " may write by now");
    }
    if (member.standbySignal) {
      throw FakeHost.failure(FailureCode.STATE_UNREADABLE, id + " would start as a standby");
    }
  }

  @Override
  public StartBarred revertStarted(StartStopped request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), true);
      String id = member.instance().id().value();
      if (!member.takesWrites() && FakeRoles.said(member, id, request.call())) {
        member.authority =
            new Authority(
                id, member.authority.epoch(), member.authority.run(), member.permitBefore);
      }
      return new StartBarred(member.instance().id(), member.takesWrites());
    }
  }

  @Override
  public ArchivedMarked ensureArchivedMarked(MarkArchived request) {
    synchronized (members) {
      world.host(request.on().host().name()).requireReachable();
      FakeMember member = members.member(request.on().instances().get(0).id());
      requirePrimary(member);
      member.marked.add(request.wal());
      if (member.differs.isEmpty()) {
        member.refused.remove(request.wal());
      }
      return new ArchivedMarked(member.instance().id(), member.differs);
    }
  }

  @Override
  public Restarted ensureRestarted(Restart request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      String run = request.call().run();
      if (member.restartEndedOf.equals(run)) {
        return new Restarted(member.instance().id());
      }
      if (!member.restartedBy.equals(run)) {
        requirePrimary(member);
        member.restartedBy = run;
        member.restarts++;
        member.shutDown();
      }
      if (!member.running && member.failsAtRestart.isPresent()) {
        FailureCode code = member.failsAtRestart.orElseThrow();
        if (code.owner() == FailureCode.Owner.RETRY) {
          member.failsAtRestart = Optional.empty();
        }
        throw FakeHost.failure(code, member.instance().id() + " is not up");
      }
      member.start();
      members.stream();
      member.restartEndedOf = run;
      return new Restarted(member.instance().id());
    }
  }
}
