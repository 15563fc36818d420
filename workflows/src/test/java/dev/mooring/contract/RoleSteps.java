package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.Steps.Run;
import dev.mooring.port.Call;
import dev.mooring.port.HostWork;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.Adopt;
import dev.mooring.port.RoleActivities.Adopted;
import dev.mooring.port.RoleActivities.Follow;
import dev.mooring.port.RoleActivities.GivenBack;
import dev.mooring.port.RoleActivities.HandOver;
import dev.mooring.port.RoleActivities.HandedOver;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.RoleActivities.ObserveSurroundings;
import dev.mooring.port.RoleActivities.PauseToSee;
import dev.mooring.port.RoleActivities.RaiseEpoch;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.port.RoleActivities.SetRelaxation;
import dev.mooring.port.RoleActivities.SetSynchronous;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.port.RoleActivities.TakeOver;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy.Replication;
import java.time.Duration;
import java.util.List;

/** The acts of a planned move over the port to roles, as the runbooks take them. */
public final class RoleSteps {
  static final Duration LIMIT = Limit.seconds(60);

  private static final int RAISE_EPOCH = 4;
  private static final int HAND_OVER = 5;
  private static final int TAKE_OVER = 6;
  private static final int FOLLOW = 7;
  private static final int SYNCHRONOUS = 8;
  private static final int ADOPT = 9;
  private static final int RELAX = 10;

  private final StreamingWorld world;

  public RoleSteps(StreamingWorld world) {
    this.world = world;
  }

  private RoleActivities roles() {
    return world.roles(1);
  }

  public Instance instance(String id) {
    return world.cluster().instances().stream()
        .filter(one -> one.id().value().equals(id))
        .findFirst()
        .orElseThrow();
  }

  public Host host(String id) {
    return world.cluster().host(instance(id).host());
  }

  public HostWork on(String id) {
    return new HostWork(host(id), List.of(instance(id)));
  }

  public Call call(Run run, int ordinal) {
    return new Call(world.cluster().name(), run.id(), "STEP_" + ordinal, ordinal, run.epoch());
  }

  public RolesObserved observed(String id) {
    return roles()
        .observeRoles(
            new ObserveRoles(
                new Call(world.cluster().name(), "look", "LOOK", 0, Epoch.NONE), on(id)));
  }

  public InstanceRole look(String id) {
    RolesObserved seen = observed(id);
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.roles()).hasSize(1);
    return seen.roles().get(0);
  }

  public RolesObserved epochRaised(Run run, String id) {
    return roles().ensureEpochRaised(new RaiseEpoch(call(run, RAISE_EPOCH), on(id)));
  }

  /** What is around one that would stream from another. */
  public Surroundings around(String id, String upstream, HostNeeds needs) {
    return roles()
        .observeSurroundings(
            new ObserveSurroundings(
                new Call(world.cluster().name(), "look", "LOOK", 0, Epoch.NONE),
                on(id),
                needs,
                List.of(instance(id).dataDirectory() + "/PG_VERSION"),
                List.of(upstream(id, upstream))));
  }

  public HandOver handOver(Run run, String id, Duration within) {
    return new HandOver(call(run, HAND_OVER), on(id), within);
  }

  public HandedOver handedOver(Run run, String id) {
    return roles().ensureHandedOver(handOver(run, id, LIMIT));
  }

  /** Records at a member's host who accepts writes. */
  public Adopted adopted(Run run, String id, String writer) {
    return adopted(run, on(id), writer);
  }

  /** The same of an instance that may be in no cluster file. */
  public Adopted adopted(Run run, HostWork on, String writer) {
    return roles().ensureAdopted(new Adopt(call(run, ADOPT), on, new InstanceId(writer)));
  }

  /** That commits of a primary may have waited for no standby, on the host of one member. */
  public SetRelaxation relaxation(Run run, String id, String primary) {
    return new SetRelaxation(call(run, RELAX), on(id), new InstanceId(primary), new TimelineId(1));
  }

  public GivenBack givenBack(Run run, String id) {
    return roles().revertHandedOver(handOver(run, id, LIMIT));
  }

  public TakeOver takeOver(Run run, String id, HandedOver end, PauseToSee... pauses) {
    return new TakeOver(call(run, TAKE_OVER), on(id), end, List.of(pauses), LIMIT);
  }

  public TakenOver takenOver(Run run, String id, HandedOver end) {
    return roles().ensureTakenOver(takeOver(run, id, end));
  }

  public Follow follow(Run run, String id, String upstream) {
    return new Follow(
        call(run, FOLLOW),
        on(id),
        List.of(upstream(id, upstream)),
        "",
        List.of(new InstanceId(id)),
        world.cluster().policies().database().database());
  }

  /** Without a slot: making one is another port's. */
  private Upstream upstream(String id, String of) {
    Replication how = world.cluster().streaming().orElseThrow().replication();
    return new Upstream(
        instance(of).id(),
        host(of).access().address(),
        instance(of).port(),
        how.login(),
        Instance.replicationName(id),
        "");
  }

  public SetSynchronous synchronous(Run run, String id, String names, String commit) {
    return new SetSynchronous(call(run, SYNCHRONOUS), on(id), names, commit);
  }
}
