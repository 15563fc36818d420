package dev.mooring.fake;

import dev.mooring.port.AccessActivities;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
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

  @Override
  public AdmissionObserved observeAdmission(ObserveAdmission request) {
    synchronized (members) {
      world.host(request.on().host().name()).requireReachable();
      return new AdmissionObserved(
          request.on().instances().stream()
              .flatMap(from -> request.members().stream().map(to -> admission(from.id(), to)))
              .filter(seen -> !seen.from().equals(seen.to()))
              .toList(),
          List.of());
    }
  }

  private Admission admission(InstanceId from, Upstream to) {
    FakeMember member = members.member(to.instance());
    if (!member.running || member.frozen) {
      return new Admission(from, to.instance(), "connection refused", "connection refused");
    }
    return new Admission(from, to.instance(), member.admitsNoStandby, member.admitsNoRewind);
  }

  private static String file(Instance instance) {
    return instance.dataDirectory() + "/pg_hba.conf";
  }

  @Override
  public AccessSet ensureAccess(EnsureAccess request) {
    if (request.lines().contains("host nonsense")) {
      throw FakeHost.failure(FailureCode.HOST_REFUSED, "the server would not load its rules");
    }
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
