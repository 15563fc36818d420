package dev.mooring.fake;

import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.MemberLoad;
import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.port.SenderPositions;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.runbook.members.SynchronousStandbyNames;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StandbyNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Replication as the fake's servers answer it over SQL. */
public final class FakeReplication implements ReplicationActivities {
  private static final Duration SILENCE = Duration.ofSeconds(3);
  private static final Duration LATE = Duration.ofSeconds(20);

  private static final Map<String, String> UNTOUCHED =
      Map.ofEntries(
          Map.entry("archive_command", "set"),
          Map.entry("archive_library", ""),
          Map.entry("archive_mode", "on"),
          Map.entry("cluster_name", ""),
          Map.entry("data_checksums", "on"),
          Map.entry("default_transaction_read_only", "off"),
          Map.entry("fsync", "on"),
          Map.entry("full_page_writes", "on"),
          Map.entry("hot_standby", "on"),
          Map.entry("hot_standby_feedback", "off"),
          Map.entry("listen_addresses", "*"),
          Map.entry("max_connections", "100"),
          Map.entry("max_locks_per_transaction", "64"),
          Map.entry("max_prepared_transactions", "10"),
          Map.entry("max_replication_slots", "10"),
          Map.entry("max_slot_wal_keep_size", "-1"),
          Map.entry("max_standby_streaming_delay", "30s"),
          Map.entry("max_wal_senders", "10"),
          Map.entry("max_worker_processes", "8"),
          Map.entry("recovery_min_apply_delay", "0"),
          Map.entry("restart_after_crash", "on"),
          Map.entry("restore_command", "set"),
          Map.entry("server_version_num", "150020"),
          Map.entry("wal_keep_size", "0"),
          Map.entry("wal_level", "replica"),
          Map.entry("wal_log_hints", "off"),
          Map.entry("wal_receiver_status_interval", "10s"),
          Map.entry("wal_receiver_timeout", "1min"),
          Map.entry("wal_sender_timeout", "1min"));

  private final FakeCluster world;
  private final FakeMembers members;

  FakeReplication(FakeCluster world) {
    this.world = world;
    this.members = world.members();
  }

  @Override
  public ReplicationObserved observeReplication(OnServers request) {
    synchronized (members) {
      members.stream();
      List<MemberObserved> seen = new ArrayList<>();
      List<InstanceFailure> failures = new ArrayList<>();
      for (Server server : request.servers()) {
        FakeMember member = members.member(server.instance().id());
        letWait(member);
        if (member.running && !member.frozen) {
          seen.add(observed(member));
        } else {
          failures.add(away(member));
        }
      }
      return new ReplicationObserved(seen, failures);
    }
  }

  private void letWait(FakeMember member) {
    if (member.late > 0) {
      member.late--;
      world.elapse(LATE);
    }
  }

  /** So many of a member's next answers come 20 s late. */
  public void answersLate(String id, int times) {
    synchronized (members) {
      members.member(new InstanceId(id)).late = times;
    }
  }

  /** Somebody who is no member streams from that one. */
  public void strangerAt(String id, String name) {
    synchronized (members) {
      members.member(new InstanceId(id)).strangers = List.of(name);
    }
  }

  /** The clock of a member's host is ahead by so many seconds, or behind. */
  public void clockAhead(String id, long seconds) {
    synchronized (members) {
      members.member(new InstanceId(id)).ahead = seconds;
    }
  }

  @Override
  public ReadinessObserved observeReadiness(OnServers request) {
    synchronized (members) {
      List<MemberReadiness> seen = new ArrayList<>();
      List<InstanceFailure> failures = new ArrayList<>();
      for (Server server : request.servers()) {
        FakeMember member = members.member(server.instance().id());
        if (member.running && !member.frozen) {
          seen.add(ready(member));
        } else {
          failures.add(away(member));
        }
      }
      return new ReadinessObserved(seen, failures);
    }
  }

  private static MemberReadiness ready(FakeMember member) {
    String directory = member.instance().dataDirectory();
    return new MemberReadiness(
        member.instance().id(),
        new ConnectedRole("mooring", List.of(MoveRight.values()), List.of()),
        List.of(),
        List.of(
            new Collation("ICU", "", "153.120"),
            new Collation("database postgres", "2.36", "2.36")),
        HostNeeds.NONE,
        List.of(directory + "/postgresql.conf", directory + "/pg_hba.conf"),
        archiver(member));
  }

  /** No archiver runs beside a standby. */
  private static ArchiverFiles archiver(FakeMember member) {
    List<RefusedWal> refusing =
        member.isPrimary() ? member.refused.stream().limit(1).toList() : List.of();
    return new ArchiverFiles(
        refusing.stream()
            .map(wal -> wal.file().text())
            .findFirst()
            .orElse(member.archives ? "" : TimelineHistory.fileName(member.timeline())),
        "000000010000000000000003",
        List.of(),
        0,
        refusing);
  }

  private static InstanceFailure away(FakeMember member) {
    return new InstanceFailure(
        member.instance().id(), FailureCode.DATABASE_UNREACHABLE, "nothing answers there");
  }

  private MemberObserved observed(FakeMember member) {
    List<Sender> senders = new ArrayList<>();
    for (FakeMember other : members.all()) {
      if (members.senderOf(other).filter(member::equals).isPresent()) {
        senders.add(sender(member, other, other.catchesUp ? "catchup" : "streaming", 0));
      } else if (other.servedBy.filter(member.instance().id()::equals).isPresent()) {
        senders.add(sender(member, other, "streaming", 40));
      }
    }
    member.strangers.forEach(name -> senders.add(stranger(member, name)));
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
                    member.slotsWithout.getOrDefault(name, "reserved"))));
    return new MemberObserved(
        member.instance().id(),
        member.control().systemIdentifier(),
        standing(member),
        new Replication(
            senders,
            slots,
            member
                .upstream
                .filter(u -> members.senderOf(member).isPresent())
                .map(u -> List.of(receiver(member, u)))
                .orElse(List.of())),
        settings(member, names),
        new MemberLoad(
            member.prepared, member.longestSeconds, 0, member.unarchived, member.unwaited, 0));
  }

  /** Clients write all the time: what a standby replayed last was committed just now. */
  private Standing standing(FakeMember member) {
    Instant now = world.clock().read();
    long left = member.unreplayed;
    if (left > 0) {
      member.unreplayed = Math.max(0, left - member.replaysPerLook);
      member.ahead++;
    }
    // a signal file beside one in production is for its next start
    boolean inRecovery = member.standbySignal && member.state != InstanceState.IN_PRODUCTION;
    return new Standing(
        inRecovery,
        member.timeline(),
        member.end,
        new Replay(
            new Lsn(member.end.value() - left),
            member.replayPaused,
            inRecovery ? now.toString() : ""),
        now.plusSeconds(member.ahead).toEpochMilli(),
        false);
  }

  /** Its sender is there, and was heard just now. */
  private Receiver receiver(FakeMember member, Upstream upstream) {
    return new Receiver(
        "streaming",
        upstream.host(),
        upstream.port(),
        upstream.slot(),
        world.clock().read().plusSeconds(member.ahead).toEpochMilli(),
        String.join(
            " ",
            "user=" + upstream.login().user(),
            connection(upstream),
            "sslmode=" + upstream.login().sslMode()),
        members.senderOf(member).map(sender -> sender.end.toString()).orElse(""));
  }

  private Sender sender(FakeMember member, FakeMember to, String state, long silent) {
    String name = to.application;
    long lag = member.end.isAfter(to.end) ? member.end.bytesSince(to.end) : 0;
    String waitedFor = member.synchronousNames.startsWith("ANY") ? "quorum" : "sync";
    String listed = state.equals("streaming") ? waitedFor : "potential";
    String sync = SynchronousStandbyNames.of(member.synchronousNames).has(name) ? listed : "async";
    long heard = world.clock().read().plusSeconds(to.ahead - silent).toEpochMilli();
    long apparently = Math.max(0, silent + member.ahead - to.ahead);
    SenderPositions positions =
        positions(member.end, to.end, priority(member.synchronousNames, name));
    return new Sender(name, "127.0.0.1", state, sync, lag, to.slot, apparently, heard, positions);
  }

  /** One that confirms nothing, as a logical subscriber that was just begun. */
  private static Sender stranger(FakeMember member, String name) {
    SenderPositions positions = new SenderPositions(member.end.toString(), "", "", "", 0);
    return new Sender(name, "127.0.0.9", "streaming", "async", 0, "", 0, 0, positions);
  }

  private static SenderPositions positions(Lsn sent, Lsn there, long priority) {
    String at = there.toString();
    return new SenderPositions(sent.toString(), at, at, at, priority);
  }

  /** By its place among the names; all of a quorum have the first. */
  private static long priority(String names, String name) {
    int at = names.indexOf(name);
    if (at < 0 || names.startsWith("ANY")) {
      return at < 0 ? 0 : 1;
    }
    return 1 + names.substring(0, at).chars().filter(c -> c == ',').count();
  }

  private static List<Setting> settings(FakeMember member, String names) {
    Map<String, String> values = new TreeMap<>(UNTOUCHED);
    values.put("data_directory", member.instance().dataDirectory());
    values.put("primary_conninfo", member.upstream.map(FakeReplication::connection).orElse(""));
    values.put("primary_slot_name", member.upstream.map(Upstream::slot).orElse(""));
    values.put("synchronous_commit", member.synchronousCommit);
    values.put("synchronous_standby_names", names);
    values.putAll(member.settings);
    values.putAll(member.taken);
    return SETTINGS.stream()
        .map(name -> new Setting(name, set(values, name), member.awaitsRestart(name)))
        .toList();
  }

  /** What its next start has. */
  static Map<String, String> configured(FakeMember member) {
    Map<String, String> values = new TreeMap<>(UNTOUCHED);
    values.putAll(member.settings);
    values.putAll(member.configured);
    return values;
  }

  private static String set(Map<String, String> values, String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  private static String connection(Upstream upstream) {
    return String.format(
        "host=%s port=%d application_name=%s",
        upstream.host(), upstream.port(), upstream.application());
  }

  @Override
  public SlotsSet ensureSlots(EnsureSlots request) {
    synchronized (members) {
      FakeMember member = answering(request.server());
      List<String> made = new ArrayList<>();
      List<String> dropped = new ArrayList<>();
      List<String> kept = new ArrayList<>();
      for (String name : request.present()) {
        boolean empty = member.slotsWithout.remove(name) != null;
        if (member.slots.add(name) || empty) {
          made.add(name);
        }
      }
      for (String name : request.absent()) {
        boolean used =
            members.all().stream()
                .filter(other -> other.slot.equals(name))
                .anyMatch(other -> members.senderOf(other).filter(member::equals).isPresent());
        if (used) {
          kept.add(name);
        } else if (member.slots.remove(name)) {
          member.slotsWithout.remove(name);
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
  public Detached ensureDetached(Detach request) {
    synchronized (members) {
      FakeMember member = answering(request.server());
      List<String> ended = new ArrayList<>();
      for (FakeMember other : members.all()) {
        String name = other.application;
        if (!request.applications().contains(name)) {
          continue;
        }
        if (members.senderOf(other).filter(member::equals).isPresent()) {
          world.elapse(request.within());
          throw FakeHost.failure(FailureCode.OUTCOME_UNKNOWN, name + " comes back at once");
        }
        if (other.servedBy.filter(member.instance().id()::equals).isPresent()) {
          other.servedBy = Optional.empty();
          ended.add(name);
        }
      }
      return new Detached(member.instance().id(), ended);
    }
  }

  @Override
  public WriteProved ensureWritten(EnsureWritten request) {
    synchronized (members) {
      FakeMember member = answering(request.server());
      if (!member.takesWrites()) {
        throw FakeHost.failure(
            FailureCode.DATABASE_REFUSED, member.instance().id() + " accepts no writes");
      }
      member.write();
      members.stream();
      return new WriteProved(
          member.instance().id(),
          member.timeline(),
          member.end,
          member.settings.getOrDefault("default_transaction_read_only", ""));
    }
  }

  @Override
  public WriteRefused observeWriteRefused(EnsureWritten request) {
    synchronized (members) {
      FakeMember member = answering(request.server());
      if (member.takesWrites()) {
        member.write();
        throw FakeHost.failure(
            FailureCode.TWO_PRIMARIES, member.instance().id() + " accepts writes");
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
      List<InstanceId> late = new ArrayList<>();
      List<InstanceFailure> behind = new ArrayList<>();
      for (Server server : request.standbys()) {
        FakeMember standby = members.member(server.instance().id());
        StandbyNames names = request.names().get(request.standbys().indexOf(server));
        boolean named = names.equals(new StandbyNames(standby.application, standby.slot));
        if (named && chain(standby, primary) && reached(standby, primary.end)) {
          streaming.add(server.instance().id());
          continue;
        }
        if (standby.replaysFirst()) {
          late.add(server.instance().id());
        }
        behind.add(
            new InstanceFailure(
                server.instance().id(),
                FailureCode.NOT_CAUGHT_UP,
                "it does not stream from " + primary.instance().id()));
      }
      if (behind.size() > late.size()) {
        world.elapse(request.atMost());
      }
      return new StandbysAwaited(streaming, behind, late);
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
