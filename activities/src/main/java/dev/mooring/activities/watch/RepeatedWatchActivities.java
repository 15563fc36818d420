package dev.mooring.activities.watch;

import dev.mooring.activities.host.DaemonThreads;
import dev.mooring.activities.watch.ObservedRoles.Began;
import dev.mooring.authority.Epoch;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.FailoverActivities.ObserveWal;
import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.FailoverActivities.WalObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.port.Sign;
import dev.mooring.port.WatchActivities;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.watch.RecoveryConflicts;
import dev.mooring.watch.ReplayedPositions;
import dev.mooring.watch.SiteLook;
import dev.mooring.watch.SteadySigns;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Reads over SQL and on the hosts at the same time, and the age of evidence beside them; a silent
 * one delays no other.
 */
public final class RepeatedWatchActivities implements WatchActivities, AutoCloseable {
  /** Longer than all tries at one server, or on one host, take together. */
  private static final Duration A_LOOK = Duration.ofSeconds(15);

  private static final WalObserved NO_WAL =
      new WalObserved(new HostName("none"), List.of(), List.of());

  private static final ReadinessObserved NO_WRITERS = new ReadinessObserved(List.of(), List.of());

  private final ReplicationActivities replication;
  private final RoleActivities roles;
  private final FailoverActivities wal;
  private final EvidenceReadings evidence;
  private final Supplier<Began> begins;
  private final Looked looked;
  private final Duration longest;
  private final RecoveryConflicts conflicts = new RecoveryConflicts();
  private final ReplayedPositions replayed = new ReplayedPositions();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ExecutorService beside =
      Executors.newCachedThreadPool(DaemonThreads.named("watch"));

  /**
   * Over those ports, which must not ask for the current attempt.
   *
   * @param wal reads where the WAL of standbys ends
   * @param begins called before each observation
   * @param looked called after each observation
   */
  public RepeatedWatchActivities(
      ReplicationActivities replication,
      RoleActivities roles,
      FailoverActivities wal,
      EvidenceActivities evidence,
      Supplier<Began> begins,
      Looked looked) {
    this(replication, roles, wal, evidence, begins, looked, A_LOOK);
  }

  /**
   * The same with a limit for each observation.
   *
   * @param longest after which a member that did not answer is silent
   */
  RepeatedWatchActivities(
      ReplicationActivities replication,
      RoleActivities roles,
      FailoverActivities wal,
      EvidenceActivities evidence,
      Supplier<Began> begins,
      Looked looked,
      Duration longest) {
    this.evidence = new EvidenceReadings(evidence, beside);
    this.begins = begins;
    this.longest = longest;
    this.replication = replication;
    this.roles = roles;
    this.wal = wal;
    this.looked = looked;
  }

  /** Called when an observation of a site has ended, with its result, and when it began. */
  public interface Looked {
    void at(WatchWork request, SiteLook look, Began began);
  }

  @Override
  public Watched awaitChanged(WatchWork request) {
    SteadySigns steady =
        new SteadySigns(request.pace(), request.last().signs(), request.last().pending());
    long end = System.nanoTime() + request.atMost().toNanos();
    // the last reading of the call before, a moment ago, counts for pending signs
    if (!request.last().pending().isEmpty()
        && endsBefore(System.nanoTime() + request.pace().every().toNanos())) {
      return new Watched(request.last().signs(), request.last().pending(), true);
    }
    while (true) {
      long next = System.nanoTime() + request.pace().every().toNanos();
      Began began = begins.get();
      SiteLook look = look(request, began);
      List<Sign> signs =
          new ArrayList<>(
              look.signs(
                  request.watched().members(),
                  request.watched().standbys(),
                  request.limits(),
                  request.last().signs()));
      signs.addAll(evidence.signs(request, began));
      List<Sign> now = steady.after(signs);
      looked.at(request, look, began);
      if (!now.equals(request.last().signs()) || next >= end || endsBefore(next)) {
        return new Watched(now, steady.pending(), ended.getCount() == 0);
      }
    }
  }

  /** Waits until then, or for the end of the worker. */
  private boolean endsBefore(long next) {
    try {
      return ended.await(next - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the worker stopped between two observations", stopped);
    }
  }

  /** Ends every open watch after its current look, with what it knows then. */
  public void end() {
    ended.countDown();
  }

  private SiteLook look(WatchWork request, Began began) {
    long end = System.nanoTime() + longest.toNanos();
    List<Future<RolesObserved>> hosts =
        request.watched().hosts().stream()
            .map(
                host ->
                    beside.submit(() -> roles.observeRoles(new ObserveRoles(request.call(), host))))
            .toList();
    Future<ReplicationObserved> servers =
        beside.submit(
            () -> replication.observeReplication(asked(request, request.watched().members())));
    List<RolesObserved> read = new ArrayList<>();
    for (int i = 0; i < hosts.size(); i++) {
      HostWork on = request.watched().hosts().get(i);
      read.add(
          answer(
              hosts.get(i),
              end,
              (code, why) ->
                  new RolesObserved(
                      on.host().name(),
                      Epoch.NONE,
                      List.of(),
                      failures(ids(on.instances()), code, why)),
              FailureCode.HOST_UNREACHABLE));
    }
    ReplicationObserved seen =
        answer(
            servers,
            end,
            (code, why) -> unread(request, code, why),
            FailureCode.DATABASE_UNREACHABLE);
    return new SiteLook(
        seen,
        conflicts.after(request.call().cluster(), seen, began.nanos()),
        replayed.after(request.call().cluster(), seen),
        ends(request, seen, end),
        writers(request, seen, end),
        read);
  }

  /** A member that accepts writes does so even if its archiver could not be read in time. */
  private ReadinessObserved writers(WatchWork request, ReplicationObserved seen, long end) {
    List<Server> writing = SiteLook.writing(request.watched().members(), seen);
    return writing.isEmpty()
        ? NO_WRITERS
        : answer(
            beside.submit(() -> replication.observeReadiness(asked(request, writing))),
            end,
            (code, why) -> NO_WRITERS,
            FailureCode.DATABASE_UNREACHABLE);
  }

  private List<WalHeld> ends(WatchWork request, ReplicationObserved seen, long end) {
    List<Future<WalObserved>> reading =
        SiteLook.endsToRead(request.watched(), seen, request.last().signs()).stream()
            .map(host -> beside.submit(() -> wal.observeWal(new ObserveWal(request.call(), host))))
            .toList();
    return reading.stream()
        .map(one -> answer(one, end, (code, why) -> NO_WAL, FailureCode.HOST_UNREACHABLE))
        .flatMap(read -> read.held().stream())
        .toList();
  }

  private static OnServers asked(WatchWork request, List<Server> servers) {
    return new OnServers(request.call(), request.watched().access(), servers);
  }

  private static ReplicationObserved unread(WatchWork request, FailureCode code, String why) {
    List<Instance> members = request.watched().members().stream().map(Server::instance).toList();
    return new ReplicationObserved(List.of(), failures(ids(members), code, why));
  }

  private static List<InstanceId> ids(List<Instance> instances) {
    return instances.stream().map(Instance::id).toList();
  }

  private static List<InstanceFailure> failures(List<InstanceId> of, FailureCode code, String why) {
    return of.stream().map(id -> new InstanceFailure(id, code, why)).toList();
  }

  /**
   * A reading that failed, or hangs, is silent: no reading waits for it, and none takes an old
   * answer.
   */
  private static <T> T answer(
      Future<T> look, long end, BiFunction<FailureCode, String, T> failed, FailureCode ifHung) {
    try {
      return look.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException failure) {
      return failed.apply(code(failure), String.valueOf(failure.getCause()));
    } catch (TimeoutException hung) {
      look.cancel(true);
      return failed.apply(ifHung, "no answer in time");
    } catch (InterruptedException stopped) {
      look.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the worker stopped during an observation", stopped);
    }
  }

  private static FailureCode code(ExecutionException failed) {
    return failed.getCause() instanceof ApplicationFailure failure
        ? FailureCode.named(failure.getType()).orElse(FailureCode.BUG)
        : FailureCode.BUG;
  }

  @Override
  public void close() {
    beside.shutdownNow();
  }
}
