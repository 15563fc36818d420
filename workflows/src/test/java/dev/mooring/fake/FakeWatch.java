package dev.mooring.fake;

import dev.mooring.authority.Epoch;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EvidenceActivities.ObserveEvidence;
import dev.mooring.port.FailoverActivities.ObserveWal;
import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.port.Sign;
import dev.mooring.port.WatchActivities;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import dev.mooring.watch.EvidenceSigns;
import dev.mooring.watch.SiteLook;
import dev.mooring.watch.SteadySigns;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Looks at the fake's members, hosts and evidence, each hundredth of a second of real time. */
public final class FakeWatch implements WatchActivities {
  private static final long A_LOOK = TimeUnit.MILLISECONDS.toNanos(10);

  /** A sign without words, which no payload may have. */
  @SuppressWarnings("NullAway")
  private static final List<Sign> UNREADABLE =
      List.of(new Sign(Sign.Kind.ROLE, new InstanceId("none"), null));

  private final FakeCluster world;
  private final Set<SiteName> lost = ConcurrentHashMap.newKeySet();
  private final Set<SiteName> lostOnce = ConcurrentHashMap.newKeySet();
  private final Set<SiteName> stopsOnce = ConcurrentHashMap.newKeySet();
  private final Set<SiteName> stopping = ConcurrentHashMap.newKeySet();
  private final Set<SiteName> newer = ConcurrentHashMap.newKeySet();
  private volatile int looksOfAWatch = 1000;

  FakeWatch(FakeCluster world) {
    this.world = world;
  }

  /** A watch ends after so many looks from now on, instead of ten seconds of them. */
  public void endsAfter(int looks) {
    looksOfAWatch = looks;
  }

  /** The worker of that site is lost once in what it does now, or next. */
  public void losesOnce(SiteName site) {
    lostOnce.add(site);
  }

  /** The worker of that site stops in order after the look that it is at, and is there again. */
  public void stopsOnce(SiteName site) {
    stopsOnce.add(site);
  }

  /** The worker of that site stops in order before each look, or looks again. */
  public void stops(SiteName site, boolean stops) {
    if (stops) {
      stopping.add(site);
    } else {
      stopping.remove(site);
    }
  }

  /** The worker of that site answers as a newer release does, which runs can't read. */
  public void isNewer(SiteName site) {
    newer.add(site);
  }

  /** The worker of that site is lost in whatever it does, or there again. */
  public void loses(SiteName site, boolean loses) {
    if (loses) {
      lost.add(site);
    } else {
      lost.remove(site);
    }
  }

  @Override
  public Watched awaitChanged(WatchWork request) {
    SteadySigns steady =
        new SteadySigns(request.pace(), request.last().signs(), request.last().pending());
    List<Sign> now = request.last().signs();
    for (int look = 0; look < looksOfAWatch; look++) {
      if (lost.contains(request.watched().site()) || lostOnce.remove(request.watched().site())) {
        throw new IllegalStateException("the worker of " + request.watched().site() + " is lost");
      }
      if (stopping.contains(request.watched().site())) {
        return new Watched(request.last().signs(), request.last().pending(), true);
      }
      if (newer.contains(request.watched().site())) {
        return new Watched(UNREADABLE, List.of(), false);
      }
      List<Sign> signs =
          new ArrayList<>(
              look(request)
                  .signs(
                      request.watched().members(),
                      request.watched().standbys(),
                      request.limits(),
                      request.last().signs()));
      signs.addAll(evidence(request));
      now = steady.after(signs);
      boolean stops = stopsOnce.remove(request.watched().site());
      if (stops || !now.equals(request.last().signs())) {
        return new Watched(now, steady.pending(), stops);
      }
      LockSupport.parkNanos(A_LOOK);
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("the worker of " + request.watched().site() + " stops");
      }
      Activity.getExecutionContext().heartbeat(look);
    }
    return new Watched(now, steady.pending(), false);
  }

  private SiteLook look(WatchWork request) {
    ReplicationObserved seen =
        world.replication().observeReplication(asked(request, request.watched().members()));
    List<RolesObserved> hosts = new ArrayList<>();
    request
        .watched()
        .hosts()
        .forEach(
            host -> {
              try {
                hosts.add(world.roles().observeRoles(new ObserveRoles(request.call(), host)));
              } catch (ApplicationFailure away) {
                hosts.add(
                    new RolesObserved(
                        host.host().name(),
                        Epoch.NONE,
                        List.of(),
                        host.instances().stream()
                            .map(
                                instance ->
                                    new InstanceFailure(
                                        instance.id(),
                                        FailureCode.named(away.getType()).orElseThrow(),
                                        away.getOriginalMessage()))
                            .toList()));
              }
            });
    return new SiteLook(
        seen,
        List.of(),
        List.of(),
        ends(request, seen),
        world
            .replication()
            .observeReadiness(asked(request, SiteLook.writing(request.watched().members(), seen))),
        hosts);
  }

  private List<WalHeld> ends(WatchWork request, ReplicationObserved seen) {
    return SiteLook.endsToRead(request.watched(), seen, request.last().signs()).stream()
        .flatMap(host -> held(new ObserveWal(request.call(), host)).stream())
        .toList();
  }

  private List<WalHeld> held(ObserveWal request) {
    try {
      return world.failovers().observeWal(request).held();
    } catch (ApplicationFailure away) {
      return List.of();
    }
  }

  private List<Sign> evidence(WatchWork request) {
    SiteName site = request.watched().site();
    return request.watched().evidence().stream()
        .flatMap(
            ages ->
                EvidenceSigns.of(
                    site,
                    ages,
                    world
                        .evidence()
                        .observeEvidence(
                            new ObserveEvidence(
                                request.call(), ages.evidence(), List.of(site), 0, 0, List.of())),
                    Instant.now())
                    .stream())
        .toList();
  }

  private static OnServers asked(WatchWork request, List<Server> servers) {
    return new OnServers(request.call(), request.watched().access(), servers);
  }
}
