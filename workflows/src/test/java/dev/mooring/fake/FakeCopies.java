package dev.mooring.fake;

import dev.mooring.port.CopyActivities;
import dev.mooring.port.DirectorySpace;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineFork;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Data directories of the fake's members: 30 MB each, copied at 100 MB a second at most. */
final class FakeCopies implements CopyActivities {
  private static final long FASTEST = 100L << 20;
  private static final long A_FILE = 16L << 20;

  private final FakeCluster world;
  private final FakeMembers members;
  private final FakeDirectories directories;

  FakeCopies(FakeCluster world) {
    this.world = world;
    this.members = world.members();
    this.directories = world.directories();
  }

  private static String key(Copy copy) {
    return only(copy).id() + " " + copy.call().run() + " " + copy.way();
  }

  private static Instance only(dev.mooring.port.OnHost request) {
    return request.on().instances().get(0);
  }

  @Override
  public DirectoriesObserved observeDirectories(ObserveDirectories request) {
    synchronized (members) {
      world.host(request.on().host().name()).requireReachable();
      List<DirectorySeen> seen =
          request.on().instances().stream()
              .map(i -> seen(members.member(i.id()), request.patient()))
              .toList();
      List<InstanceFailure> none = List.of();
      return new DirectoriesObserved(request.on().host().name(), seen, none);
    }
  }

  private DirectorySeen seen(FakeMember member, boolean patient) {
    InstanceId id = member.instance().id();
    Content content = directories.lost.getOrDefault(id, Content.READABLE);
    return new DirectorySeen(
        id,
        member.process(),
        new Contents(
            content,
            content == Content.READABLE ? "" : member.instance().dataDirectory() + " is " + content,
            content == Content.READABLE ? List.of(held(member, patient)) : List.of()),
        new DirectorySpace(
            FakeDirectories.BYTES,
            directories.free,
            "1",
            trouble(member),
            Optional.ofNullable(directories.tablespaces.get(id)).stream().toList(),
            List.of()),
        new Programs(directories.programs.getOrDefault(id, Harbour.VERSION), List.of()),
        directories.aside.getOrDefault(id, List.of()),
        without(member));
  }

  private List<NoConfiguration> without(FakeMember member) {
    return directories.unconfigured.contains(member.instance().id())
        ? List.of(
            new NoConfiguration(Absence.NOT_IN_BACKUP, "postgresql.conf"),
            new NoConfiguration(Absence.NOT_IN_BACKUP, "pg_hba.conf"),
            new NoConfiguration(
                Absence.NONE,
                "no postgresql.conf in "
                    + member.instance().dataDirectory()
                    + ", and none elsewhere"))
        : List.of();
  }

  private String trouble(FakeMember member) {
    String directory = member.instance().dataDirectory();
    return directories.left.contains(member.instance().id())
        ? "both " + directory + " and " + directory + ".mooring-rewind are there"
        : "";
  }

  private void refuseTwoDirectories(FakeMember member) {
    if (directories.left.contains(member.instance().id())) {
      throw FakeHost.failure(FailureCode.HOST_REFUSED, trouble(member));
    }
  }

  /** One that was a primary and is down does not come up again. */
  private static void fenceFormerPrimary(FakeMember member, dev.mooring.port.Call call) {
    if (!member.running
        && !member.standbySignal
        && (member.state == InstanceState.SHUT_DOWN
            || member.state == InstanceState.IN_PRODUCTION)) {
      member.fencedEpoch = call.epoch().value();
    }
  }

  private Held held(FakeMember member, boolean patient) {
    boolean unread = directories.walIsLong() && !patient && !member.running;
    TimelineHistory history = member.history;
    boolean fresh =
        directories.fresh.getOrDefault(member.instance().id(), false)
            && member.state == InstanceState.IN_ARCHIVE_RECOVERY;
    return new Held(
        15,
        member.control(),
        new Flags(member.standbySignal, fresh && !member.running, true, true),
        history.entries().isEmpty() ? List.of() : List.of(history),
        member.running
            ? List.of()
            : List.of(
                new WalEnd(member.timeline(), unread ? member.checkpoint : member.end, !unread)),
        List.of(member.oldest),
        unread);
  }

  /** Of a shell it knows echo and exit. */
  @Override
  public CommandRun ensureCommandRun(RunCommand request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      Instance instance = member.instance();
      String command =
          request
              .template()
              .replace("{instance}", instance.id().value())
              .replace("{address}", request.on().host().access().address())
              .replace("{port}", String.valueOf(instance.port()))
              .replace("{data_directory}", instance.dataDirectory())
              .replace("{primary}", request.primary().value());
      directories.commands.add(command);
      if (command.startsWith("exit ") && !command.equals("exit 0")) {
        throw FakeHost.failure(
            FailureCode.HOST_REFUSED, request.setting() + " ended with " + command + " there");
      }
      return new CommandRun(
          instance.id(), command.startsWith("echo ") ? command.substring("echo ".length()) : "");
    }
  }

  @Override
  public WalKept ensureWalKept(KeepWal request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      fenceFormerPrimary(member, request.call());
      return directories.kept.computeIfAbsent(
          request.call().run() + " " + member.instance().id(), name -> kept(member, request));
    }
  }

  private static WalKept kept(FakeMember member, KeepWal request) {
    long lost =
        request.from().stream()
            .filter(from -> member.end.isAfter(from))
            .mapToLong(from -> member.end.bytesSince(from) / FakeMember.RECORD)
            .sum();
    List<String> listed = new ArrayList<>();
    for (long i = 0; i < lost; i++) {
      listed.add("timeline 1 tx: " + (700 + i) + ", desc: COMMIT");
    }
    return new WalKept(
        member.instance().id(),
        "/var/lib/mooring/kept/" + request.call().run(),
        1,
        A_FILE,
        "0".repeat(64),
        new Transactions(lost, listed, ""));
  }

  @Override
  public CopyRuns ensureCopying(Copy request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      FakeDirectories.Job job = directories.jobs.get(key(request));
      InstanceId id = member.instance().id();
      if (job != null && !beginsAnew(job)) {
        return new CopyRuns(id, false);
      }
      refuseTwoDirectories(member);
      if (request.way() == Way.REWIND) {
        refuseWritable(member);
        member.running = false;
        directories.lost.put(id, Content.MISSING);
      } else if (directories.lost.get(id) == Content.MISSING) {
        directories.lost.put(id, Content.UNUSABLE);
        member.fencedEpoch = request.call().epoch().value();
      } else if (!directories.lost.containsKey(id) && !isAnothers(request)) {
        fenceFormerPrimary(member, request.call());
      }
      directories.begun.merge(id, 1L, Long::sum);
      directories.jobs.put(key(request), new FakeDirectories.Job(world.clock().read(), request));
      return new CopyRuns(id, true);
    }
  }

  /** Where only one system's data is the instance's own, and its directory has another's. */
  private boolean isAnothers(Copy request) {
    SystemIdentifier there = members.member(only(request).id()).system;
    return !request.system().isEmpty() && !request.system().contains(there);
  }

  /** A base backup that ended badly; a rewind that was begun is not begun again. */
  private boolean beginsAnew(FakeDirectories.Job job) {
    if (job.copy.way() == Way.REWIND) {
      return false;
    }
    CopyState state = state(job);
    return state == CopyState.DIED || state == CopyState.TIMED_OUT;
  }

  private static void refuseWritable(FakeMember member) {
    if (member.isPrimary()) {
      throw FakeHost.failure(
          FailureCode.TWO_PRIMARIES, member.instance().id() + " accepts writes: fence it first");
    }
  }

  private CopyState state(FakeDirectories.Job job) {
    if (job.killed) {
      return CopyState.DIED;
    }
    if (job.copy.way() == Way.REWIND) {
      return directories.rewindsFail() || sameTimeline(job.copy)
          ? CopyState.FAILED
          : CopyState.DONE;
    }
    job.timedOut |= directories.copiesAreSlow();
    if (job.timedOut) {
      return CopyState.TIMED_OUT;
    }
    Duration ran = Duration.between(job.begun, world.clock().read());
    Duration needed = Duration.ofSeconds(FakeDirectories.BYTES / speed(job.copy));
    if (ran.compareTo(needed) >= 0 && needed.compareTo(job.copy.limits().atMost()) <= 0) {
      return CopyState.DONE;
    }
    return ran.compareTo(job.copy.limits().atMost()) >= 0 ? CopyState.TIMED_OUT : CopyState.RUNNING;
  }

  private static long speed(Copy copy) {
    return copy.limits().bytesPerSecond() == 0 ? FASTEST : copy.limits().bytesPerSecond();
  }

  private boolean sameTimeline(Copy copy) {
    FakeMember target = members.member(only(copy).id());
    FakeMember source = members.member(copy.source().from().instance());
    return target.timeline().equals(source.timeline());
  }

  @Override
  public CopyAwaited awaitCopied(AwaitCopied request) {
    FakeDirectories.Job job;
    synchronized (members) {
      world.host(request.on().host().name()).requireReachable();
      job = directories.jobs.get(key(request.copy()));
      if (job == null) {
        throw FakeHost.failure(FailureCode.START_FAILED, "this copy was never begun");
      }
      job.killed |= request.copy().way() == Way.BASE_BACKUP && directories.dies();
      if (state(job) == CopyState.RUNNING) {
        Duration limit = job.copy.limits().atMost();
        world.elapse(limit.compareTo(request.atMost()) < 0 ? limit : request.atMost());
      }
      CopyState state = state(job);
      InstanceId id = only(request.copy()).id();
      boolean done = state == CopyState.DONE;
      return new CopyAwaited(
          id,
          state,
          new CopyProgress(
              id, done ? FakeDirectories.BYTES : 0, FakeDirectories.BYTES, done ? 100 : 0),
          state == CopyState.FAILED ? "pg_rewind: no rewind required" : "");
    }
  }

  @Override
  public CopyPlaced ensurePlaced(Copy request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      FakeDirectories.Job job = directories.jobs.get(key(request));
      if (job == null || (!job.placed && state(job) != CopyState.DONE)) {
        throw FakeHost.failure(FailureCode.OUTCOME_UNKNOWN, "the copy did not end well");
      }
      if (!job.placed) {
        refuseTwoDirectories(member);
        refuseWritable(member);
        place(member, job);
      }
      return new CopyPlaced(member.instance().id(), job.old);
    }
  }

  private void place(FakeMember member, FakeDirectories.Job job) {
    InstanceId id = member.instance().id();
    FakeMember source = members.member(job.copy.source().from().instance());
    Content had = directories.lost.getOrDefault(id, Content.READABLE);
    boolean hadOne = had == Content.READABLE || had == Content.UNUSABLE;
    if (job.copy.way() == Way.BASE_BACKUP && hadOne && job.copy.limits().keepOld()) {
      job.old = member.instance().dataDirectory() + ".mooring-old-" + ++directories.names;
      List<String> aside = new ArrayList<>(directories.aside.getOrDefault(id, List.of()));
      aside.add(job.old);
      directories.aside.put(id, aside);
    }
    if (job.copy.way() == Way.REWIND) {
      member.end =
          TimelineFork.of(member.history, source.history).flatMap(TimelineFork::at).orElseThrow();
    } else {
      member.end = source.end;
    }
    if (isAnothers(job.copy)) {
      member.settings.clear();
      member.settings.putAll(source.settings);
    }
    member.system = source.system;
    member.history = source.history;
    member.checkpoint = member.end;
    member.running = false;
    member.standbySignal = true;
    member.state = InstanceState.IN_ARCHIVE_RECOVERY;
    directories.fresh.put(id, true);
    directories.lost.remove(id);
    job.placed = true;
  }

  @Override
  public CopyReverted revertCopying(Copy request) {
    synchronized (members) {
      FakeMember member =
          FakeHost.claimed(world, request.call(), request.on(), request.way() != Way.REWIND);
      InstanceId id = member.instance().id();
      FakeDirectories.Job job = directories.jobs.get(key(request));
      if (job != null && job.placed) {
        return new CopyReverted(id, true);
      }
      if (request.way() == Way.REWIND) {
        if (directories.lost.remove(id, Content.MISSING)) {
          member.fencedEpoch = request.call().epoch().value();
        }
      } else {
        directories.jobs.remove(key(request));
      }
      return new CopyReverted(id, false);
    }
  }

  @Override
  public OldRemoved ensureOldRemoved(Copy request) {
    synchronized (members) {
      FakeMember member = FakeHost.claimed(world, request.call(), request.on(), false);
      if (directories.oldStays()) {
        throw FakeHost.failure(FailureCode.HOST_REFUSED, "it can't be removed");
      }
      FakeDirectories.Job job = directories.jobs.get(key(request));
      if (job != null && !job.old.isEmpty()) {
        directories.removable.add(job.old);
      }
      InstanceId id = member.instance().id();
      List<String> aside = new ArrayList<>(directories.aside.getOrDefault(id, List.of()));
      List<String> removed =
          new ArrayList<>(
              aside.stream().filter(name -> directories.removable.contains(name)).toList());
      if (!removed.isEmpty()) {
        removed.remove(removed.size() - 1);
      }
      aside.removeAll(removed);
      directories.aside.put(id, aside);
      return new OldRemoved(id, removed);
    }
  }
}
