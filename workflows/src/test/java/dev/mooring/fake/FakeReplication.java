package dev.mooring.fake;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Replication as the fake's servers answer it over SQL. */
final class FakeReplication implements ReplicationActivities {
  private static final Duration SILENCE = Duration.ofSeconds(3);

  private final FakeCluster world;
  private final FakeMembers members;

  FakeReplication(FakeCluster world) {
    this.world = world;
    this.members = world.members();
  }

  @Override
  public ReplicationObserved observeReplication(ObserveReplication request) {
    synchronized (members) {
      members.stream();
      List<MemberObserved> seen = new ArrayList<>();
      List<InstanceFailure> failures = new ArrayList<>();
      for (Server server : request.servers()) {
        FakeMember member = members.member(server.instance().id());
        if (member.running && !member.frozen) {
          seen.add(observed(member));
        } else {
          failures.add(away(member));
        }
      }
      return new ReplicationObserved(seen, failures);
    }
  }

  private static InstanceFailure away(FakeMember member) {
    return new InstanceFailure(
        member.instance().id(), FailureCode.DATABASE_UNREACHABLE, "nothing answers there");
  }

  private MemberObserved observed(FakeMember member) {
    List<Sender> senders = new ArrayList<>();
    for (FakeMember other : members.all()) {
      if (members.senderOf(other).filter(member::equals).isPresent()) {
        senders.add(sender(member, other, "streaming", 0));
      } else if (other.frozen && streamsFrom(other, member)) {
        senders.add(sender(member, other, "streaming", 40));
      }
    }
    String names = member.synchronousNames;
    List<Slot> slots = new ArrayList<>(member.logical);
    member.slots.forEach(
        name ->
            slots.add(
                new Slot(
                    name,
                    "",
                    senders.stream().anyMatch(s -> s.slot().equals(name)),
                    0,
                    "reserved")));
    return new MemberObserved(
        member.instance().id(),
        member.control().systemIdentifier(),
        new Standing(
            member.standbySignal, member.timeline(), member.end, member.end, member.replayPaused),
        senders,
        slots,
        member
            .upstream
            .filter(u -> members.senderOf(member).isPresent())
            .map(u -> List.of(new Receiver("streaming", u.host(), u.port(), u.slot())))
            .orElse(List.of()),
        settings(member, names),
        new Load(member.prepared, member.longestSeconds, 0, member.unarchived));
  }

  private static boolean streamsFrom(FakeMember standby, FakeMember sender) {
    return standby.upstream.filter(u -> u.instance().equals(sender.instance().id())).isPresent();
  }

  private static Sender sender(FakeMember member, FakeMember to, String state, long silent) {
    String name = to.instance().replicationName();
    long lag = member.end.isAfter(to.end) ? member.end.bytesSince(to.end) : 0;
    String sync = member.synchronousNames.contains(name) ? "sync" : "async";
    return new Sender(name, "127.0.0.1", state, sync, lag, name, silent);
  }

  private static List<Setting> settings(FakeMember member, String names) {
    return List.of(
        new Setting("archive_mode", "on", false),
        new Setting("data_checksums", "on", false),
        new Setting("data_directory", member.instance().dataDirectory(), false),
        new Setting("full_page_writes", "on", false),
        new Setting("hot_standby", "on", false),
        new Setting("max_connections", "100", false),
        new Setting("max_replication_slots", "10", false),
        new Setting("max_wal_senders", "10", false),
        new Setting("recovery_min_apply_delay", "0", false),
        new Setting("server_version_num", "150020", false),
        new Setting("synchronous_commit", member.synchronousCommit, false),
        new Setting("synchronous_standby_names", names, false),
        new Setting("wal_level", "replica", false),
        new Setting("wal_log_hints", "off", false));
  }

  @Override
  public SlotsSet ensureSlots(EnsureSlots request) {
    synchronized (members) {
      FakeMember member = answering(request.server());
      List<String> made = new ArrayList<>();
      List<String> dropped = new ArrayList<>();
      List<String> kept = new ArrayList<>();
      request.present().stream().filter(member.slots::add).forEach(made::add);
      for (String name : request.absent()) {
        boolean used =
            members.all().stream()
                .filter(other -> other.instance().replicationName().equals(name))
                .anyMatch(other -> members.senderOf(other).filter(member::equals).isPresent());
        if (used) {
          kept.add(name);
        } else if (member.slots.remove(name)) {
          dropped.add(name);
        }
      }
      return new SlotsSet(member.instance().id(), made, dropped, kept);
    }
  }

  private FakeMember answering(Server server) {
    FakeMember member = members.member(server.instance().id());
    if (!member.running || member.frozen) {
      world.elapse(SILENCE);
      throw FakeHost.failure(
          FailureCode.DATABASE_UNREACHABLE, server.instance().id() + " does not answer");
    }
    return member;
  }

  @Override
  public WriteProved ensureWritten(EnsureWritten request) {
    synchronized (members) {
      FakeMember member = answering(request.server());
      if (!member.takesWrites()) {
        throw FakeHost.failure(
            FailureCode.DATABASE_REFUSED, member.instance().id() + " takes no writes");
      }
      member.write();
      members.stream();
      return new WriteProved(member.instance().id(), member.timeline(), member.end);
    }
  }

  @Override
  public WriteRefused observeWriteRefused(EnsureWritten request) {
    synchronized (members) {
      FakeMember member = answering(request.server());
      if (member.takesWrites()) {
        member.write();
        throw FakeHost.failure(FailureCode.TWO_PRIMARIES, member.instance().id() + " takes writes");
      }
      return new WriteRefused(
          member.instance().id(), "25006", "cannot execute in a read-only transaction");
    }
  }

  @Override
  public StandbysAwaited awaitStreaming(AwaitStreaming request) {
    synchronized (members) {
      members.stream();
      FakeMember primary = answering(request.primary());
      List<InstanceId> streaming = new ArrayList<>();
      List<InstanceFailure> behind = new ArrayList<>();
      for (Server server : request.standbys()) {
        FakeMember standby = members.member(server.instance().id());
        if (chain(standby, primary) && reached(standby, primary.end)) {
          streaming.add(server.instance().id());
        } else {
          behind.add(
              new InstanceFailure(
                  server.instance().id(),
                  FailureCode.NOT_CAUGHT_UP,
                  "it does not stream from " + primary.instance().id()));
        }
      }
      if (!behind.isEmpty()) {
        world.elapse(request.atMost());
      }
      return new StandbysAwaited(streaming, behind);
    }
  }

  private boolean chain(FakeMember standby, FakeMember primary) {
    Optional<FakeMember> sender = members.senderOf(standby).or(() -> members.archiveOf(standby));
    return sender.isPresent() && (sender.get() == primary || chain(sender.get(), primary));
  }

  private static boolean reached(FakeMember standby, Lsn end) {
    return !standby.end.isBefore(end);
  }
}
