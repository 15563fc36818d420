package dev.mooring.fake;

import dev.mooring.contract.StreamingWorld.PowerSwitch;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.HandedOver;
import dev.mooring.port.RoleActivities.PromotionBarred;
import dev.mooring.port.RoleActivities.TakeOver;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.InstanceState;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Fence and promotion where the primary is gone, as the fake's hosts do them. */
final class FakeFailovers implements FailoverActivities {
  private final FakeCluster world;
  private final FakeMembers members;
  private final FakeRoles roles;

  FakeFailovers(FakeCluster world) {
    this.world = world;
    this.members = world.members();
    this.roles = new FakeRoles(world);
  }

  private static void refuseAnother(FakeMember member) {
    String writer = member.authority.writer();
    if (!List.of("", Authority.NOBODY, member.instance().id().value()).contains(writer)) {
      throw FakeHost.failure(FailureCode.TWO_PRIMARIES, writer + " may write by now");
    }
  }

  @Override
  public Fenced ensureFenced(Fence request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      refuseAnother(member);
      boolean produces = member.running && member.state == InstanceState.IN_PRODUCTION;
      if (member.standbySignal && !produces) {
        throw FakeHost.failure(FailureCode.NO_PRIMARY, member.instance().id() + " is a standby");
      }
      ServerProcess found = member.process();
      roles.mayWrite(member, Authority.NOBODY, request.call());
      member.fencedEpoch = request.call().epoch().value();
      end(member);
      return new Fenced(
          member.instance().id(),
          found,
          member.control(),
          request.beyond().stream()
              .filter(beyond -> member.unreadableWal.isEmpty() && member.end.isAfter(beyond.lsn()))
              .map(beyond -> member.end)
              .toList(),
          request.beyond().isEmpty() ? "" : member.unreadableWal);
    }
  }

  @Override
  public WalFetched ensureWalFetched(FetchWal request) {
    synchronized (members) {
      world.host(request.from().host().name()).requireReachable();
      FakeMember old = members.member(request.from().instances().get(0).id());
      if (old.running) {
        throw FakeHost.failure(FailureCode.NOT_CAUGHT_UP, "its WAL may still grow");
      }
      if (!old.unreadableWal.isEmpty()) {
        throw FakeHost.failure(FailureCode.STATE_UNREADABLE, old.unreadableWal);
      }
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      refuseAnother(member);
      if (!member.running || member.frozen) {
        throw FakeHost.failure(FailureCode.NOT_CAUGHT_UP, "no standby runs");
      }
      if (!old.system.equals(request.system()) || !member.system.equals(request.system())) {
        throw FakeHost.failure(FailureCode.IDENTITY_DIFFERS, "one is of another system");
      }
      member.receiveFrom(old);
      return new WalFetched(member.instance().id(), 1, old.end);
    }
  }

  @Override
  public WalObserved observeWal(ObserveWal request) {
    synchronized (members) {
      world.host(request.on().host().name()).requireReachable();
      List<WalHeld> held = new ArrayList<>();
      List<InstanceFailure> failures = new ArrayList<>();
      for (Instance instance : request.on().instances()) {
        FakeMember member = members.member(instance.id());
        if (member.unreadableWal.isEmpty()) {
          held.add(
              new WalHeld(
                  instance.id(),
                  new WalPosition(member.timeline(), member.end),
                  members.hasEndOfPrimary(member)));
        } else {
          failures.add(
              new InstanceFailure(
                  instance.id(), FailureCode.STATE_UNREADABLE, member.unreadableWal));
        }
      }
      return new WalObserved(request.on().host().name(), held, failures);
    }
  }

  /** One that answers ends in an orderly way, and gives its standbys all it has. */
  private void end(FakeMember member) {
    if (member.running && !member.frozen) {
      members.shutDown(member.instance().id().value());
    }
    member.kill();
  }

  @Override
  public Unfenced revertFenced(Fence request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), true);
      refuseAnother(member);
      String id = member.instance().id().value();
      boolean fenced =
          FakeRoles.said(member, Authority.NOBODY, request.call())
              || FakeRoles.said(member, id, request.call());
      if (fenced) {
        member.fencedEpoch = 0;
        roles.mayWrite(member, id, request.call());
      }
      return new Unfenced(member.instance().id(), fenced);
    }
  }

  /** A host is off where nothing runs there and nobody answers. */
  @Override
  public PoweredOff ensurePoweredOff(FenceHost request) {
    synchronized (members) {
      request.from().forEach(from -> world.host(from.name()).requireReachable());
      FakeMember member = members.member(request.instance());
      PowerSwitch switched = world.host(request.host().name()).powerSwitch;
      HostName host = request.host().name();
      if (switched == PowerSwitch.SAYS_OFF) {
        return new PoweredOff(host, true, "power is off");
      }
      if (switched != PowerSwitch.WORKS) {
        world.elapse(request.fence().within());
        boolean silent = switched == PowerSwitch.TELLS_NOTHING;
        throw FakeHost.failure(
            silent ? FailureCode.OUTCOME_UNKNOWN : FailureCode.HOST_REFUSED,
            silent ? "whether " + host + " is off is not known" : host + " is still on");
      }
      boolean wasOff = !world.host(host).isReachable() && !member.running;
      member.kill();
      world.host(host).reachable(false);
      return new PoweredOff(host, wasOff, "power is off");
    }
  }

  @Override
  public PowerObserved observePower(FenceHost request) {
    synchronized (members) {
      request.from().forEach(from -> world.host(from.name()).requireReachable());
      FakeHost host = world.host(request.host().name());
      boolean off = !host.isReachable() && !members.member(request.instance()).running;
      Power power =
          switch (host.powerSwitch) {
            case TELLS_NOTHING -> Power.UNKNOWN;
            case SAYS_OFF -> Power.OFF;
            case WORKS, DOES_NOTHING -> off ? Power.OFF : Power.ON;
          };
      return new PowerObserved(
          request.host().name(), power, "power is " + power.name().toLowerCase(Locale.ROOT));
    }
  }

  @Override
  public TakenOver ensurePromoted(Promote request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      String id = member.instance().id().value();
      refuseAnother(member);
      if (FakeRoles.said(member, id, request.call())) {
        return roles.goneOn(member);
      }
      if (!member.running || member.frozen) {
        throw FakeHost.failure(FailureCode.NOT_CAUGHT_UP, "no standby runs as " + id);
      }
      if (!member.system.equals(request.system())) {
        throw FakeHost.failure(FailureCode.IDENTITY_DIFFERS, id + " is of another system");
      }
      if (!member.standbySignal) {
        throw FakeHost.failure(FailureCode.PROMOTED, id + " was promoted by somebody");
      }
      roles.mayWrite(member, id, request.call());
      return roles.goneOn(member);
    }
  }

  @Override
  public PromotionBarred revertPromoted(Promote request) {
    HostWork on = request.on();
    synchronized (members) {
      FakeMember member = members.member(on.instances().get(0).id());
      return roles.revertTakenOver(
          new TakeOver(
              request.call(),
              on,
              new HandedOver(
                  member.instance().id(), request.system(), request.timeline(), member.end),
              List.of(),
              request.within()));
    }
  }
}
