package dev.mooring.runbook.members;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.ObserveSurroundings;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.ArchiveObservations;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Observes the surroundings of members: over SQL, then on their hosts, in parallel. */
public final class SurroundingsObservations {
  private final Cluster cluster;

  /** Of that cluster's members. */
  public SurroundingsObservations(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Begins one observation for each site with members. */
  public List<Promise<ReadinessObserved>> ask(Call call) {
    List<Promise<ReadinessObserved>> answers = new ArrayList<>();
    for (Site site : cluster.sites()) {
      List<Instance> here = cluster.membersAt(site.name());
      if (!here.isEmpty()) {
        answers.add(overSql(call, site.name(), here));
      }
    }
    return answers;
  }

  private Promise<ReadinessObserved> overSql(Call call, SiteName site, List<Instance> here) {
    ReplicationActivities port =
        Workflow.newActivityStub(
            ReplicationActivities.class,
            ActivityPolicies.OBSERVE.options(
                ActivityPolicies.queueOf(site), "ask the members at " + site + " anew"));
    return Async.function(
            port::observeReadiness, new MemberObservations(cluster).request(call, here))
        .exceptionally(failure -> new ReadinessObserved(List.of(), FanOut.silent(here, failure)));
  }

  /** Observes the hosts that were read; the others are already reported. */
  public MemberSurroundings look(Call call, Move move, ObservedMembers observed) {
    MemberSurroundings said = observed.around();
    HostNeeds needs = said.ready(move.from()).map(MemberReadiness::needs).orElse(HostNeeds.NONE);
    List<Surroundings> surroundings = new ArrayList<>();
    List<InstanceFailure> unseen = new ArrayList<>();
    List<Instance> asked =
        cluster.members().stream().filter(member -> isAsked(member, move, observed)).toList();
    List<Promise<Surroundings>> answers =
        asked.stream().map(member -> onHost(call, move, member, said, needs)).toList();
    ArchiveObservations archives = archives(call, move, observed);
    for (int i = 0; i < asked.size(); i++) {
      try {
        surroundings.add(answers.get(i).get());
      } catch (TemporalFailure failure) {
        unseen.addAll(FanOut.silent(List.of(asked.get(i)), failure));
      }
    }
    ArchiveObservations.Seen archived = archives.heard();
    return new MemberSurroundings(
        said.ready(), said.silent(), surroundings, unseen, archived.archives(), archived.unread());
  }

  /** Also the target's host if its data directory can't be read: a resilver only brings data. */
  private static boolean isAsked(Instance member, Move move, ObservedMembers observed) {
    return observed.role(member).isPresent() || member.equals(move.to());
  }

  /** Observes the hosts of these members alone; an unread one fails the run. */
  public List<Surroundings> alone(Call call, List<Instance> members) {
    List<Promise<Surroundings>> answers =
        members.stream()
            .map(
                one ->
                    onHost(
                        one,
                        new ObserveSurroundings(
                            call,
                            WorkLists.on(cluster, one),
                            HostNeeds.NONE,
                            List.of(),
                            List.of())))
            .toList();
    List<Surroundings> seen = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      try {
        seen.add(answers.get(i).get());
      } catch (TemporalFailure failure) {
        FanOut.failOn(FanOut.silent(List.of(members.get(i)), failure));
      }
    }
    return seen;
  }

  private Promise<Surroundings> onHost(
      Call call, Move move, Instance member, MemberSurroundings said, HostNeeds needs) {
    return onHost(
        member,
        new ObserveSurroundings(
            call,
            WorkLists.on(cluster, member),
            member.equals(move.to()) ? needs : HostNeeds.NONE,
            said.ready(member).map(MemberReadiness::files).orElse(List.of()),
            move.streamsFromTarget(member)
                ? List.of(new MemberActs(cluster).upstream(move.to(), member))
                : List.of()));
  }

  private static Promise<Surroundings> onHost(Instance member, ObserveSurroundings request) {
    RoleActivities port =
        Workflow.newActivityStub(
            RoleActivities.class,
            ActivityPolicies.OBSERVE.options(
                ActivityPolicies.queueOf(member.site()), "look around " + member.id()));
    return Async.function(port::observeSurroundings, request);
  }

  /**
   * Begins to read the archives of the old and the new primary, if host and server both answered;
   * otherwise there are rows.
   */
  private ArchiveObservations archives(Call call, Move move, ObservedMembers observed) {
    ArchiveObservations looks = new ArchiveObservations(cluster, call);
    for (Instance one : List.of(move.from(), move.to())) {
      Optional<MemberObserved> seen = observed.member(one);
      Optional<InstanceRole> role = observed.role(one);
      if (seen.isPresent() && role.isPresent()) {
        looks.begin(
            one,
            "look at what " + one.id() + " archived last",
            seen.get(),
            role.get().control().identity().layout().walSegmentSize(),
            one.equals(move.from()) ? lastOf(observed, one, seen.get()) : List.of());
      }
    }
    return looks;
  }

  /** Only a complete file of its own timeline shows where its chain of WAL files ends. */
  private static List<WalFileName> lastOf(
      ObservedMembers observed, Instance one, MemberObserved seen) {
    return observed.around().ready(one).map(said -> said.archiver().archived()).stream()
        .flatMap(name -> WalFileName.ofArchived(name).stream())
        .filter(file -> file.timeline().equals(seen.standing().timeline()))
        .toList();
  }
}
