package dev.mooring.fake;

import dev.mooring.port.AccessActivities;
import dev.mooring.topology.Instance;
import java.util.List;

/** Mooring's access lines of the fake's members. */
final class FakeAccess implements AccessActivities {
  private final FakeCluster world;
  private final FakeMembers members;

  FakeAccess(FakeCluster world) {
    this.world = world;
    this.members = world.members();
  }

  @Override
  public AccessObserved observeAccess(ObserveAccess request) {
    synchronized (members) {
      world.host(request.on().host().name()).requireReachable();
      return new AccessObserved(
          request.on().instances().stream()
              .map(i -> new AccessSeen(i.id(), file(i), members.member(i.id()).accessLines))
              .toList(),
          List.of());
    }
  }

  private static String file(Instance instance) {
    return instance.dataDirectory() + "/pg_hba.conf";
  }

  @Override
  public AccessSet ensureAccess(EnsureAccess request) {
    return set(request, false);
  }

  @Override
  public AccessSet revertAccess(EnsureAccess request) {
    return set(request, true);
  }

  private AccessSet set(EnsureAccess request, boolean undo) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), undo);
      boolean changed = !member.accessLines.equals(request.lines());
      member.accessLines = request.lines();
      return new AccessSet(member.instance().id(), file(member.instance()), changed);
    }
  }
}
