package dev.mooring.fake;

import dev.mooring.contract.PatroniWorld;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities;
import dev.mooring.port.PatroniHooks;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PatroniPolicy;
import dev.mooring.topology.PatroniPolicy.Login;
import dev.mooring.topology.PatroniPolicy.Member;
import dev.mooring.topology.SecretReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Patroni in memory: who leads, who is away, and what the store holds. Over members in memory it
 * stops, promotes and starts them as it says.
 */
public final class FakePatroni implements PatroniActivities, PatroniWorld {
  private static final SecretReference WRONG = new SecretReference("env:WRONG");

  private final PatroniPolicy policy;
  private final Map<InstanceId, Integer> starts = new TreeMap<>();
  private final Map<InstanceId, List<Fact>> tags = new TreeMap<>();
  private final Set<InstanceId> away = new TreeSet<>();
  private final List<LeaderChange> history = new ArrayList<>();
  private PatroniSettings settings;
  private InstanceId leader;
  private boolean storeAway;
  private Optional<PatroniServers> servers = Optional.empty();
  private Optional<InstanceId> promotes = Optional.empty();
  private boolean idle;
  private Optional<InstanceId> leadsToo = Optional.empty();
  private Optional<InstanceId> waitedFor = Optional.empty();

  /** Over the members of that cluster, the first of which leads. */
  FakePatroni(PatroniPolicy policy, FakeCluster world) {
    this(policy);
    servers = Optional.of(new PatroniServers(world));
    for (Member member : policy.members()) {
      calls(
          member.instance().value(), new PatroniHooks(false, "", List.of(), List.of(), List.of()));
    }
  }

  /** The first of the members leads. */
  public FakePatroni(PatroniPolicy policy) {
    this.policy = policy;
    this.leader = policy.members().get(0).instance();
    this.settings =
        new PatroniSettings(
            new LockTimes(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(10)),
            1 << 20,
            Synchronous.OFF,
            Failsafe.OFF,
            false);
    change(leader);
  }

  // ---- what tests do

  /** Whoever is asked for, Patroni lets that one lead. */
  public synchronized void promotesInstead(String instance) {
    promotes = Optional.of(new InstanceId(instance));
  }

  /** It takes what it is told, and does nothing. */
  public synchronized void staysIdle() {
    idle = true;
  }

  /** By synchronous_mode commits wait for that one. */
  public synchronized void commitsWaitFor(String instance) {
    waitedFor = Optional.of(new InstanceId(instance));
    settings =
        new PatroniSettings(
            settings.times(),
            settings.maximumLagBytes(),
            Synchronous.ON,
            settings.failsafe(),
            settings.paused());
  }

  /** Somebody pauses it. */
  public synchronized void pauses() {
    pauses(true);
  }

  /** It promotes that one by itself. */
  public synchronized void promote(String instance) {
    change(new InstanceId(instance));
  }

  /** The authority of a member's host says that this one may write there. */
  public synchronized void authoritySays(String instance, String writer) {
    servers.ifPresent(all -> all.mayWrite(new InstanceId(instance), writer));
  }

  /** What Patroni calls on a member's host. */
  public synchronized void calls(String instance, PatroniHooks hooks) {
    servers.ifPresent(all -> all.calls(new InstanceId(instance), hooks));
  }

  /** Its server is a primary too, by its own Patroni. */
  public synchronized void leadsToo(String instance) {
    leadsToo = Optional.of(new InstanceId(instance));
  }

  /** By its tag a member streams from that one until the leader is moved. */
  public synchronized void replicatesFrom(String member, String upstream) {
    servers.ifPresent(all -> all.follows(new InstanceId(member), new InstanceId(upstream)));
  }

  /** A member's host is gone: its server is, and its Patroni is silent. */
  public synchronized void loses(String instance) {
    stop(instance);
    servers.ifPresent(all -> all.kill(new InstanceId(instance)));
  }

  @Override
  public PatroniPolicy policy() {
    return policy;
  }

  @Override
  public PatroniActivities patroni() {
    return this;
  }

  @Override
  public PatroniPolicy withWrongPassword() {
    return new PatroniPolicy(
        policy.scope(),
        policy.members(),
        List.of(new Login("rest", WRONG)),
        policy.rootCertificates());
  }

  @Override
  public synchronized void stop(String instance) {
    away.add(new InstanceId(instance));
  }

  @Override
  public synchronized void start(String instance) {
    away.remove(new InstanceId(instance));
    starts.merge(new InstanceId(instance), 1, Integer::sum);
    servers.ifPresent(all -> all.start(new InstanceId(instance), leader));
  }

  @Override
  public synchronized void storeAway(boolean isAway) {
    storeAway = isAway;
    if (isAway) {
      servers.ifPresent(all -> all.demote(leader));
    }
  }

  /** What the dynamic configuration says from now on. */
  public synchronized void settings(PatroniSettings changed) {
    settings = changed;
  }

  /** The tags and other facts of a member from now on. */
  public synchronized void tagged(String instance, Fact... facts) {
    tags.put(new InstanceId(instance), List.of(facts));
  }

  // ---- the port

  private void change(InstanceId next) {
    history.add(
        new LeaderChange(
            new TimelineId(history.size() + 1L), "", "", policy.member(next).orElseThrow().name()));
    starts.merge(next, 1, Integer::sum);
    leader = next;
    servers.ifPresent(all -> all.promote(next));
  }

  private TimelineId timeline() {
    return servers
        .map(all -> all.timelineOf(leader))
        .orElseGet(() -> new TimelineId(history.size() + 1L));
  }

  private TimelineId timeline(InstanceId instance) {
    return servers
        .filter(all -> all.replaysFirst(instance))
        .map(all -> all.timelineOf(instance))
        .orElseGet(this::timeline);
  }

  private MemberSeen seen(InstanceId instance) {
    List<Fact> facts = new ArrayList<>();
    if (settings.paused()) {
      facts.add(Fact.PAUSED);
    }
    if (storeAway) {
      facts.add(Fact.UNLOCKED);
    }
    facts.addAll(tags.getOrDefault(instance, List.of()));
    boolean runs = servers.filter(all -> !all.runs(instance)).isEmpty();
    boolean leads = instance.equals(leader) && !storeAway && runs;
    return new MemberSeen(
        instance,
        leads || leadsToo.filter(instance::equals).isPresent() ? Role.LEADER : Role.REPLICA,
        runs ? "running" : "stopped",
        runs ? List.of(timeline(instance)) : List.of(),
        "start " + starts.getOrDefault(instance, 0),
        facts,
        "3.0.2");
  }

  @Override
  public synchronized PatroniObserved observePatroni(AskPatroni request) {
    List<MemberSeen> members = new ArrayList<>();
    List<PatroniFailure> failures = new ArrayList<>();
    for (Member member : request.policy().members()) {
      if (away.contains(member.instance())) {
        failures.add(
            failure(List.of(member.instance()), FailureCode.PATRONI_UNREACHABLE, "is silent"));
      } else if (!request.policy().scope().equals(policy.scope())) {
        failures.add(
            failure(List.of(member.instance()), FailureCode.IDENTITY_DIFFERS, "another scope"));
      } else {
        members.add(seen(member.instance()));
      }
    }
    if (members.isEmpty() || !storeAway) {
      return new PatroniObserved(
          members, members.isEmpty() ? List.of() : List.of(cluster()), failures);
    }
    failures.add(failure(List.of(), FailureCode.PATRONI_STORE_SILENT, "the store is silent"));
    return new PatroniObserved(members, List.of(), failures);
  }

  private static PatroniFailure failure(List<InstanceId> member, FailureCode code, String words) {
    return new PatroniFailure(member, code, words);
  }

  private ClusterSeen cluster() {
    return new ClusterSeen(
        policy.members().stream()
            .filter(m -> !away.contains(m.instance()) || m.instance().equals(leader))
            .map(
                m ->
                    m.instance().equals(leader)
                        ? listed(m, Role.LEADER, List.of())
                        : listed(m, standbyRole(m.instance()), List.of(new Lag(0))))
            .toList(),
        settings,
        history);
  }

  private Role standbyRole(InstanceId instance) {
    return waitedFor.filter(instance::equals).isPresent() ? Role.SYNC_STANDBY : Role.REPLICA;
  }

  private static ListedMember listed(Member member, Role role, List<Lag> lag) {
    return new ListedMember(member.name(), List.of(member.instance()), role, "running", lag);
  }

  @Override
  public synchronized PatroniMoved ensureSwitchedOver(MovePatroni request) {
    return moved(request);
  }

  @Override
  public synchronized PatroniMoved ensureFailedOver(MovePatroni request) {
    return moved(request);
  }

  private PatroniMoved moved(MovePatroni request) {
    requireLogin(request.policy());
    if (request.to().equals(leader)) {
      return new PatroniMoved(leader, timeline(), false);
    }
    if (!request.from().equals(leader)) {
      throw refused(request.from() + " does not lead");
    }
    if (policy.member(request.to()).isEmpty() || away.contains(request.to())) {
      throw refused(request.to() + " is no candidate");
    }
    if (idle) {
      throw FakeHost.failure(FailureCode.OUTCOME_UNKNOWN, request.to() + " does not lead in time");
    }
    change(promotes.orElse(request.to()));
    if (!leader.equals(request.to())) {
      throw FakeHost.failure(FailureCode.OUTCOME_UNKNOWN, request.to() + " does not lead in time");
    }
    return new PatroniMoved(leader, timeline(), true);
  }

  @Override
  public synchronized PatroniReinitializing ensureReinitializing(AboutMember request) {
    requireLogin(request.policy());
    requireThere(request.instance());
    if (request.instance().equals(leader)) {
      throw refused(request.instance() + " leads");
    }
    String before = seen(request.instance()).serverStarted();
    starts.merge(request.instance(), 1, Integer::sum);
    servers.ifPresent(all -> all.start(request.instance(), leader));
    return new PatroniReinitializing(request.instance(), before);
  }

  @Override
  public synchronized MemberSeen awaitFollowing(AwaitMember request) {
    InstanceId instance = request.about().instance();
    MemberSeen seen = seen(instance);
    if (away.contains(instance)
        || instance.equals(leader)
        || !seen.timeline().equals(List.of(timeline()))
        || seen.serverStarted().equals(request.serverStartedBefore())) {
      throw FakeHost.failure(FailureCode.START_FAILED, instance + " does not follow the leader");
    }
    return seen;
  }

  @Override
  public synchronized void pauses(boolean isPaused) {
    settings =
        new PatroniSettings(
            settings.times(),
            settings.maximumLagBytes(),
            settings.synchronous(),
            settings.failsafe(),
            isPaused);
  }

  private void requireThere(InstanceId instance) {
    if (away.contains(instance)) {
      throw FakeHost.failure(FailureCode.PATRONI_UNREACHABLE, instance + " is silent");
    }
  }

  private static void requireLogin(PatroniPolicy asked) {
    if (asked.logins().stream().anyMatch(login -> login.password().equals(WRONG))) {
      throw FakeHost.failure(FailureCode.AUTHENTICATION_REFUSED, "another password");
    }
  }

  private static RuntimeException refused(String words) {
    return FakeHost.failure(FailureCode.PATRONI_REFUSED, words);
  }
}
