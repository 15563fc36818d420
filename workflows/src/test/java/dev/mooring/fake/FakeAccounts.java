package dev.mooring.fake;

import dev.mooring.port.AccountActivities;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.InstanceId;
import java.util.List;

/** The role that the fake's standbys stream as; Mooring's own role is a superuser there. */
final class FakeAccounts implements AccountActivities {
  private static final List<String> ALL = List.of("role", "password", "rights");

  private final FakeMembers members;

  FakeAccounts(FakeCluster world) {
    this.members = world.members();
  }

  private InstanceId primary(Account request) {
    InstanceId id = request.primary().instance().id();
    if (!members.member(id).takesWrites()) {
      throw FakeHost.failure(FailureCode.DATABASE_REFUSED, id + " accepts no writes");
    }
    return id;
  }

  @Override
  public AccountObserved observeAccount(Account request) {
    synchronized (members) {
      List<RoleSeen> role =
          members.role ? List.of(new RoleSeen(true, true, List.of())) : List.<RoleSeen>of();
      InstanceId primary = primary(request);
      FakeMember member = members.member(primary);
      boolean parsed =
          member.accessLines.stream()
              .noneMatch(line -> member.parsesNoAccess || line.split(" ").length < 5);
      return new AccountObserved(primary, true, parsed ? "" : "line 2: is not parsed", role);
    }
  }

  @Override
  public AccountSet ensureAccount(Account request) {
    synchronized (members) {
      List<String> changed = members.role ? List.<String>of() : ALL;
      InstanceId primary = primary(request);
      members.role = true;
      return new AccountSet(primary, changed);
    }
  }

  @Override
  public AccountDropped ensureNoAccount(Account request) {
    synchronized (members) {
      InstanceId primary = primary(request);
      Dropped dropped = members.role ? Dropped.DROPPED : Dropped.GONE;
      members.role = false;
      return new AccountDropped(primary, dropped);
    }
  }
}
