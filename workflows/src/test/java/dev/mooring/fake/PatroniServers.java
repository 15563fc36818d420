package dev.mooring.fake;

import dev.mooring.authority.Epoch;
import dev.mooring.port.PatroniHooks;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;

/** What Patroni does to the servers of members in memory. */
final class PatroniServers {
  private final FakeCluster world;
  private final FakeMembers members;

  PatroniServers(FakeCluster world) {
    this.world = world;
    this.members = world.members();
  }

  TimelineId timelineOf(InstanceId id) {
    synchronized (members) {
      return members.member(id).timeline();
    }
  }

  void mayWrite(InstanceId id, String writer) {
    synchronized (members) {
      members.member(id).mayWrite(writer, new Epoch(1), "by-hand");
    }
  }

  void calls(InstanceId id, PatroniHooks hooks) {
    synchronized (members) {
      members.member(id).hooks = List.of(hooks);
    }
  }

  boolean runs(InstanceId id) {
    synchronized (members) {
      return members.member(id).running;
    }
  }

  /** Whether its own timeline is all that it shows yet: it, or its sender, replays what it has. */
  boolean replaysFirst(InstanceId id) {
    synchronized (members) {
      return members.member(id).replaysFirst() || isBelowLate(members.member(id));
    }
  }

  private boolean isBelowLate(FakeMember member) {
    return members.senderOf(member).filter(FakeMember::replaysFirst).isPresent();
  }

  /** Whoever leads is stopped, that one promoted, and all others that run follow it. */
  void promote(InstanceId id) {
    synchronized (members) {
      FakeMember next = members.member(id);
      if (next.takesWrites()) {
        return;
      }
      List<FakeMember> leading = members.all().stream().filter(FakeMember::takesWrites).toList();
      for (FakeMember old : leading) {
        old.shutDown();
        next.receiveFrom(old);
        old.standbySignal = true;
      }
      next.promote();
      next.upstream = Optional.empty();
      for (FakeMember member : members.all()) {
        if (!member.equals(next)
            && !isBelowLate(member)
            && (member.running || leading.contains(member))) {
          follows(member, id);
        }
      }
    }
  }

  /** Without the leader lock it is a standby, rewound where it has to be. */
  void start(InstanceId id, InstanceId leader) {
    synchronized (members) {
      FakeMember member = members.member(id);
      if (!member.running && !leader.equals(id)) {
        member.standbySignal = true;
        member.history = members.member(leader).history;
        follows(member, leader);
      }
    }
  }

  void follows(InstanceId member, InstanceId upstream) {
    synchronized (members) {
      follows(members.member(member), upstream);
    }
  }

  private void follows(FakeMember member, InstanceId leader) {
    members.follows(world.cluster(), member.instance().id().value(), leader.value());
  }

  /** The leader can't renew its lock: nobody accepts writes. */
  void demote(InstanceId leader) {
    synchronized (members) {
      FakeMember member = members.member(leader);
      if (member.running) {
        member.shutDown();
        member.standbySignal = true;
        member.start();
      }
    }
  }

  /** Its host is gone. */
  void kill(InstanceId id) {
    members.kill(id.value());
  }
}
