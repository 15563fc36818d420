package dev.mooring.fake;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ConnectionActivities;
import dev.mooring.port.FailureCode;
import dev.mooring.port.WitnessActivities;
import dev.mooring.port.Witnessed.Database;
import dev.mooring.port.Witnessed.OnHost;
import dev.mooring.topology.SiteName;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** What the fake's hosts and servers let themselves be asked. Each time of a call comes to one. */
public final class FakeWitnesses implements WitnessActivities, ConnectionActivities {
  private static final Duration A_LOOK = Duration.ofMillis(10);
  private static final int LOOKS_OF_SILENCE = 30;

  private final FakeCluster world;
  private final FakeMembers members;

  /** A watch lasts so many looks. */
  private volatile int looksOfAWatch = 1000;

  /** How long before it fell silent a primary was seen to write; it was not, where that is none. */
  private volatile Optional<Duration> sawItWrite = Optional.of(A_LOOK);

  private final Map<SiteName, Ear> ears = new ConcurrentHashMap<>();

  /** How the worker of a site is of another use than to hear what there is. */
  public enum Ear {
    /** It heard whatever it watches too lately to call it silent. */
    LATELY,
    /** It reaches no database. */
    DEAF,
    /** It is gone, and what it watched is with it. */
    LOST
  }

  FakeWitnesses(FakeCluster world) {
    this.world = world;
    this.members = world.members();
  }

  /** The worker of that site is so from now on. */
  void hears(String site, Ear ear) {
    ears.put(new SiteName(site), ear);
  }

  /** Whether the worker that carries out what is called is so. */
  private boolean isHere(Ear ear) {
    return !ears.isEmpty()
        && ears.get(
                ActivityPolicies.siteOf(
                    Activity.getExecutionContext().getInfo().getActivityTaskQueue()))
            == ear;
  }

  /** A watch ends after so many looks from now on, instead of ten seconds of them. */
  void watchesEndAfter(int looks) {
    looksOfAWatch = looks;
  }

  /** It saw a primary write so long before that fell silent, or not at all. */
  void sawItWrite(Optional<Duration> before) {
    sawItWrite = before;
  }

  @Override
  public HostAsked observeOnHost(AskHost request) {
    synchronized (members) {
      FakeMember member = members.member(request.on().instances().get(0).id());
      OnHost seen = onHost(member);
      return new HostAsked(
          Collections.nCopies(request.times(), new Answer(seen, "its host: " + seen)));
    }
  }

  private OnHost onHost(FakeMember member) {
    if (!answers(member)) {
      return OnHost.SILENT;
    }
    if (!member.running) {
      return OnHost.STOPPED;
    }
    return member.frozen ? OnHost.FROZEN : OnHost.RUNS;
  }

  private boolean answers(FakeMember member) {
    try {
      world.host(member.instance().host()).requireReachable();
      return true;
    } catch (ApplicationFailure silent) {
      return false;
    }
  }

  @Override
  public ConnectionTried observeConnection(TryConnection request) {
    if (isHere(Ear.LOST)) {
      throw ApplicationFailure.newNonRetryableFailure(
          "no worker took it", FailureCode.NO_WORKER.name());
    }
    synchronized (members) {
      FakeMember member = members.member(request.server().instance().id());
      Database came = isHere(Ear.DEAF) ? Database.SILENT : came(member);
      return times(came, request.times(), "where workers run");
    }
  }

  /**
   * Real time passes in it, so that a test's clock stands still, and little of that: the first
   * silence is long enough, and one that goes on is told of again after some looks.
   */
  @Override
  public Watched awaitSilence(Watch request) {
    while (isHere(Ear.LOST)) {
      Activity.getExecutionContext().heartbeat("nothing");
      LockSupport.parkNanos(A_LOOK.toNanos());
    }
    Seen last = knockOnce(request);
    int looks = request.untilHeard() ? Math.min(looksOfAWatch, LOOKS_OF_SILENCE) : looksOfAWatch;
    for (int look = 0; look < looks; look++) {
      last = knockOnce(request);
      if (last.database() == Database.STANDS_BY) {
        return new Watched(Came.STANDS_BY, last.words(), List.of());
      }
      boolean heard = last.database().fromServer();
      if (!heard && !request.untilHeard() && !isHere(Ear.LATELY)) {
        return new Watched(Came.SILENT, last.words(), wrote(request));
      }
      if (heard && request.untilHeard()) {
        break;
      }
      LockSupport.parkNanos(A_LOOK.toNanos());
    }
    boolean silent = request.untilHeard() && !last.database().fromServer();
    return new Watched(silent ? Came.SILENT : Came.HEARD, last.words(), wrote(request));
  }

  /** Real time passes in it too. */
  @Override
  public Returned awaitReturn(Return request) {
    TryConnection tryConnection =
        new TryConnection(request.call(), request.access(), request.server(), 1);
    for (int look = 0; look < looksOfAWatch; look++) {
      Seen seen = observeConnection(tryConnection).attempts().get(0);
      if (seen.database() == Database.WRITES) {
        return new Returned(true, seen.words());
      }
      LockSupport.parkNanos(A_LOOK.toNanos());
    }
    return new Returned(false, observeConnection(tryConnection).attempts().get(0).words());
  }

  /** It attempts all the time, so that it knows where a primary was to the very end. */
  private List<LastWrite> wrote(Watch request) {
    synchronized (members) {
      FakeMember member = members.member(request.server().instance().id());
      return sawItWrite.stream()
          .filter(before -> !member.standbySignal)
          .map(
              before ->
                  new LastWrite(member.system, member.timeline(), member.end, before.toMillis()))
          .toList();
    }
  }

  private Seen knockOnce(Watch request) {
    return observeConnection(
            new TryConnection(request.call(), request.access(), request.server(), 1))
        .attempts()
        .get(0);
  }

  @Override
  public ConnectionTried observeFromHost(TryFromHost request) {
    synchronized (members) {
      world.host(request.on().host().name()).requireReachable();
      FakeMember from = members.member(request.on().instances().get(0).id());
      FakeMember to = at(request.address());
      Database came = came(to);
      boolean cut = to.running && from.running && !to.frozen && !members.connected(from, to);
      boolean lets = came == Database.WRITES || came == Database.STANDS_BY;
      Database seen = lets ? Database.LETS_IN : came;
      return times(
          cut ? Database.SILENT : seen, request.times(), request.on().host().name().value());
    }
  }

  private FakeMember at(String address) {
    return members.all().stream()
        .filter(
            one -> world.cluster().host(one.instance().host()).access().address().equals(address))
        .findFirst()
        .orElseThrow();
  }

  private Database came(FakeMember member) {
    if (!answers(member)) {
      return Database.SILENT;
    }
    if (!member.running) {
      return Database.CLOSED;
    }
    if (member.frozen) {
      return Database.STALLED;
    }
    return member.standbySignal ? Database.STANDS_BY : Database.WRITES;
  }

  private static ConnectionTried times(Database came, int times, String machine) {
    return new ConnectionTried(
        Collections.nCopies(times, new Seen(came, "it came to " + came)), machine);
  }
}
