package dev.mooring.activities.watch;

import dev.mooring.activities.host.Spaced;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.ObserveReplication;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.port.Sign;
import dev.mooring.port.WatchActivities;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import dev.mooring.watch.SiteLook;
import dev.mooring.watch.SteadySigns;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Looks over SQL and on the hosts at the same time; one that is silent holds no other up. */
public final class RepeatedWatchActivities implements WatchActivities, AutoCloseable {
  private final ReplicationActivities replication;
  private final RoleActivities roles;
  private final Looked looked;
  private final ExecutorService beside =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "watch");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Over those ports, which must not ask whose attempt it is.
   *
   * @param looked what is told of each look
   */
  public RepeatedWatchActivities(
      ReplicationActivities replication, RoleActivities roles, Looked looked) {
    this.replication = replication;
    this.roles = roles;
    this.looked = looked;
  }

  /** Is told that a site was looked at, now. */
  public interface Looked {
    void at(ClusterName cluster, SiteName site);
  }

  @Override
  public Watched awaitChanged(WatchWork request) {
    SteadySigns steady =
        new SteadySigns(request.pace().beginAfter(), request.pace().endAfter(), request.last());
    long end = System.nanoTime() + request.atMost().toNanos();
    while (true) {
      long began = System.nanoTime();
      List<Sign> now = steady.after(look(request).signs(request.members(), request.limits()));
      looked.at(request.call().cluster(), request.site());
      if (!now.equals(request.last()) || began >= end) {
        return new Watched(now);
      }
      Spaced.until(began + request.pace().every().toNanos());
    }
  }

  private SiteLook look(WatchWork request) {
    List<Future<RolesObserved>> hosts =
        request.hosts().stream()
            .map(
                host ->
                    beside.submit(() -> roles.observeRoles(new ObserveRoles(request.call(), host))))
            .toList();
    ReplicationObserved seen = replication.observeReplication(asked(request, request.members()));
    List<Server> writing = SiteLook.writing(request.members(), seen);
    ReadinessObserved writers =
        writing.isEmpty()
            ? new ReadinessObserved(List.of(), List.of())
            : replication.observeReadiness(asked(request, writing));
    List<InstanceRole> read = new ArrayList<>();
    List<InstanceFailure> silent = new ArrayList<>();
    for (int i = 0; i < hosts.size(); i++) {
      take(request.hosts().get(i), hosts.get(i), read, silent);
    }
    return new SiteLook(seen, writers, read, silent);
  }

  private static ObserveReplication asked(WatchWork request, List<Server> servers) {
    return new ObserveReplication(request.call(), request.access(), servers);
  }

  private static void take(
      HostWork host,
      Future<RolesObserved> look,
      List<InstanceRole> read,
      List<InstanceFailure> silent) {
    try {
      RolesObserved seen = look.get();
      read.addAll(seen.roles());
      silent.addAll(seen.failures());
    } catch (ExecutionException failed) {
      FailureCode code = code(failed);
      host.instances()
          .forEach(
              instance ->
                  silent.add(
                      new InstanceFailure(instance.id(), code, String.valueOf(failed.getCause()))));
    } catch (InterruptedException stopped) {
      look.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the worker stopped in a look", stopped);
    }
  }

  private static FailureCode code(ExecutionException failed) {
    return failed.getCause() instanceof ApplicationFailure told
        ? FailureCode.named(told.getType()).orElse(FailureCode.BUG)
        : FailureCode.BUG;
  }

  @Override
  public void close() {
    beside.shutdownNow();
  }
}
