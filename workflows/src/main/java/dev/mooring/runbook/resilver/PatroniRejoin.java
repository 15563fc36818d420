package dev.mooring.runbook.resilver;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities.WalKept;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities.MemberSeen;
import dev.mooring.port.PatroniActivities.PatroniFailure;
import dev.mooring.port.PatroniActivities.PatroniReinitializing;
import dev.mooring.port.PatroniActivities.PatroniSettings;
import dev.mooring.port.PatroniActivities.Role;
import dev.mooring.port.PatroniHooks;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Hold;
import dev.mooring.runbook.MeantSystem;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.members.ActOrder;
import dev.mooring.runbook.members.BriefLook;
import dev.mooring.runbook.members.CopyActs;
import dev.mooring.runbook.members.Links;
import dev.mooring.runbook.members.MemberWrites;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.patroni.ObservedPatroni;
import dev.mooring.runbook.patroni.PatroniAuthority;
import dev.mooring.runbook.patroni.PatroniCalls;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Patroni that makes members anew: it removes what is in their data directories and copies the
 * leader. Mooring chooses them, asks for an approval, keeps WAL that only they may have, and sees
 * that they follow.
 */
final class PatroniRejoin implements RejoinMeans {
  private static final Duration ANSWERED = Duration.ofSeconds(8);

  /** A copy may take long; when it is over the wait begins anew, and a person is notified. */
  private static final Duration MADE_WITHIN = Duration.ofHours(1);

  private final Cluster cluster;
  private final Steps run;
  private final Wanted wanted;
  private final PatroniCalls patroni;
  private final CopyActs copies;
  private final SortedMap<InstanceId, List<Fact>> proofs = new TreeMap<>();
  private final List<String> degraded = new ArrayList<>();
  private @Nullable Seen seen;

  PatroniRejoin(Cluster cluster, Steps run, Wanted wanted) {
    this.cluster = cluster;
    this.run = run;
    this.wanted = wanted;
    this.patroni = new PatroniCalls(cluster);
    this.copies = new CopyActs(cluster, new ActOrder());
  }

  /**
   * One observation.
   *
   * @param leader that accepts writes
   * @param anew those that are to be made anew
   */
  private record Seen(
      ObservedMembers members,
      ObservedPatroni patroni,
      MemberObserved leader,
      List<Instance> anew) {}

  private Seen seen() {
    return Objects.requireNonNull(seen, "nothing was observed yet");
  }

  @Override
  public void look() {
    Call call = run.call(ResilverStep.OBSERVE);
    Seen now = run.observe(ResilverStep.OBSERVE, () -> looked(call));
    seen = now;
    run.observe(ResilverStep.PLAN, this::objects);
    run.note(ResilverStep.PLAN, String.join("; ", objects()));
  }

  @Override
  public void lookAgain() {
    seen = looked(run.call(ResilverStep.LOCK));
  }

  private Seen looked(Call call) {
    ObservedPatroni now = patroni.observe(call, cluster.policies().publish().site());
    if (now.storeSilent().isPresent()) {
      PatroniFailure silent = now.storeSilent().get();
      throw RunbookStop.refused(
          silent.code(), "Patroni reinitializes no member without its store: " + silent.message());
    }
    if (now.settings().filter(PatroniSettings::paused).isPresent()) {
      throw RunbookStop.refused(
          FailureCode.PREFLIGHT,
          "Patroni is paused, and reinitializes no member: `patronictl resume`");
    }
    ObservedMembers members = new BriefLook(cluster, ANSWERED).all(call);
    MemberObserved leader =
        RunContext.refuseUnless(OneWriter.of(cluster, members.members(), members.silent()));
    MeantSystem.refuseUnless(cluster.name(), leader.system(), wanted.systemIdentifierEnds());
    if (now.lock().filter(leader.instance()::equals).isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.TWO_PRIMARIES,
          String.format(
              "%s accepts writes, and Patroni's leader lock is with %s",
              leader.instance(), now.lock().map(InstanceId::value).orElse("no member")));
    }
    return new Seen(members, now, leader, anew(now, members, leader.instance()));
  }

  /** Without names, of those that don't follow, the ones that do not come by themselves. */
  private List<Instance> anew(ObservedPatroni now, ObservedMembers seen, InstanceId leader) {
    for (InstanceId name : wanted.named()) {
      if (cluster.member(name).isEmpty() || name.equals(leader)) {
        throw RunbookStop.refused(
            FailureCode.BAD_INPUT,
            name.equals(leader)
                ? name + " is the leader: the others are made from it"
                : name + " is no member of " + cluster.name());
      }
    }
    Links links = new Links(cluster, seen.members());
    List<Instance> all =
        wanted.among(
            cluster.members().stream()
                .filter(
                    member ->
                        wanted.named().isEmpty()
                            ? !member.id().equals(leader)
                                && !follows(now, member.id(), leader)
                                && links.standbysTo(member).stream()
                                    .noneMatch(MemberObserved::replaysFirst)
                            : wanted.named().contains(member.id()))
                .toList());
    for (Instance one : all) {
      if (now.member(one.id()).isEmpty()) {
        throw RunbookStop.refused(
            FailureCode.PATRONI_UNREACHABLE,
            one.id() + "'s own Patroni makes it anew: " + now.whySilent(one.id()));
      }
    }
    return all;
  }

  /** A running standby on the leader's timeline has nothing that the leader lacks. */
  private static boolean follows(ObservedPatroni now, InstanceId member, InstanceId leader) {
    Optional<List<TimelineId>> timeline = now.member(leader).map(MemberSeen::timeline);
    return now.member(member)
        .filter(one -> one.role() == Role.REPLICA && ObservedPatroni.runs(one))
        .map(MemberSeen::timeline)
        .equals(timeline);
  }

  @Override
  public void holdEpoch() {
    run.holdEpoch(Epoch.after(seen().members().hosts().highest(), Workflow.currentTimeMillis()));
  }

  @Override
  public int size() {
    return seen().anew().size();
  }

  @Override
  public List<InstanceId> instances() {
    return seen().anew().stream().map(Instance::id).toList();
  }

  @Override
  public Members members() {
    ObservedMembers answered = seen().members();
    return new Members(cluster, answered.members(), answered.silent());
  }

  @Override
  public boolean takesDataAway() {
    return size() > 0;
  }

  @Override
  public List<String> objects() {
    Seen now = seen();
    List<String> objects = new ArrayList<>();
    objects.add(
        String.format(
            "%s: the leader, system %s, timeline %s",
            now.leader().instance(), now.leader().system(), now.leader().standing().timeline()));
    for (Instance one : now.anew()) {
      objects.add(
          String.format(
              "%s: Patroni removes its data and copies the leader (/reinitialize); its WAL is %s; %s",
              one.id(),
              keeps(one) ? "kept aside first" : "the leader's too: none is kept aside",
              freed(one)));
    }
    return objects;
  }

  private boolean keeps(Instance one) {
    return !follows(seen().patroni(), one.id(), seen().leader().instance());
  }

  @Override
  public List<Fact> measured() {
    return seen().anew().stream()
        .map(
            one ->
                new Fact(
                    one.id().value(),
                    seen()
                        .patroni()
                        .member(one.id())
                        .map(m -> "'" + m.state() + "', " + m.role() + " on " + m.timeline())
                        .orElse("unknown")))
        .toList();
  }

  @Override
  public String inWords() {
    return seen().anew().stream()
        .map(one -> one.id() + " by Patroni's reinitialize")
        .collect(Collectors.joining(", "));
  }

  @Override
  public List<String> broken() {
    return List.of();
  }

  @Override
  public List<String> unread() {
    return List.of();
  }

  @Override
  public void resilver() {
    run.step(
        ResilverStep.KEEP_WAL,
        this::keepWal,
        Undo.nothing("WAL that is kept aside disturbs nothing"));
    run.onlyForward(
        ResilverStep.REPLACE,
        () -> {
          List<PatroniReinitializing> begun = run.pivot(ResilverStep.REPLACE, this::begun);
          run.forward(ResilverStep.STREAMING, () -> follow(begun));
          run.forward(ResilverStep.VERIFY, this::verified);
        });
  }

  private void keepWal() {
    List<Instance> kept = seen().anew().stream().filter(this::keeps).toList();
    for (Instance one : kept) {
      WalKept wal = copies.keepWal(run.call(ResilverStep.KEEP_WAL), one, List.of());
      proof(one, "WAL kept", wal.directory() + ", sealed by SHA-256 " + wal.digest());
    }
  }

  private List<PatroniReinitializing> begun() {
    List<PatroniReinitializing> begun = new ArrayList<>();
    for (Instance one : seen().anew()) {
      begun.add(
          untilDone(
              ResilverStep.REPLACE,
              () -> patroni.reinitialize(run.call(ResilverStep.REPLACE), one, one.site())));
    }
    return begun;
  }

  private void follow(List<PatroniReinitializing> begun) {
    for (PatroniReinitializing one : begun) {
      Instance instance = cluster.member(one.instance()).orElseThrow();
      MemberSeen now =
          untilDone(
              ResilverStep.STREAMING,
              () ->
                  patroni.follows(
                      run.call(ResilverStep.STREAMING),
                      one.instance(),
                      one.serverStartedBefore(),
                      MADE_WITHIN,
                      instance.site()));
      proof(
          instance,
          "follows",
          String.format(
              "%s, %s on %s, its server started %s",
              now.role(), now.state(), now.timeline(), now.serverStarted()));
    }
  }

  private void verified() {
    for (Instance one : seen().anew()) {
      proof(
          one,
          "refuses writes",
          untilDone(
                  ResilverStep.VERIFY,
                  () ->
                      new MemberWrites(cluster)
                          .refused(run.call(ResilverStep.VERIFY), one, Rejoin.REFUSES_WITHIN))
              .sqlState());
    }
    seen().anew().forEach(this::free);
  }

  /** Its host may have been silent when others were adopted, and may name another since. */
  private void free(Instance one) {
    new PatroniAuthority(cluster)
        .leave(run.call(ResilverStep.VERIFY), one, leader())
        .ifPresent(degraded::add);
  }

  private Instance leader() {
    return cluster.member(seen().leader().instance()).orElseThrow();
  }

  /** Which promotions the file of its host allows then: one file is for all members there. */
  private String freed(Instance one) {
    if (address(one).equals(address(leader())) && isNamed(leader(), List.of())) {
      return String.format(
          "its host's authority file still names %s: only a move by Mooring promotes it",
          leader().id());
    }
    return cluster.members().stream()
        .filter(other -> address(other).equals(address(one)) && !other.equals(leader()))
        .filter(other -> other.equals(one) || !isNamed(other, List.of(PatroniHooks.DECIDES)))
        .map(other -> other.id().value())
        .collect(Collectors.joining(" and ", "once it follows, Patroni may promote ", ""));
  }

  private String address(Instance member) {
    return cluster.host(member.host()).access().address();
  }

  private boolean isNamed(Instance member, List<String> orAs) {
    return seen()
        .members()
        .role(member)
        .map(role -> role.authority().writer())
        .filter(writer -> writer.equals(member.id().value()) || orAs.contains(writer))
        .isPresent();
  }

  private <T> T untilDone(ResilverStep step, Supplier<T> act) {
    return run.untilDone(
        step,
        () -> "Patroni makes members anew; what was in their data directories is gone or goes",
        () -> new Hold(true, ""),
        act);
  }

  private void proof(Instance one, String name, String value) {
    proofs.computeIfAbsent(one.id(), id -> new ArrayList<>()).add(new Fact(name, value));
  }

  @Override
  public List<Receipt.ProofRecord> proofs() {
    List<Receipt.ProofRecord> all = new ArrayList<>();
    proofs.forEach((id, facts) -> all.add(new Receipt.ProofRecord(id.value(), facts)));
    return all;
  }

  @Override
  public List<String> degraded() {
    return List.copyOf(degraded);
  }
}
