package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EndpointActivities.AboutEndpoints;
import dev.mooring.port.EndpointActivities.CutOffEndpoints;
import dev.mooring.port.EndpointActivities.EndpointFact;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.port.EndpointActivities.EndpointsCut;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.EndpointActivities.EndpointsPaused;
import dev.mooring.port.EndpointActivities.EndpointsSet;
import dev.mooring.port.EndpointActivities.PauseEndpoints;
import dev.mooring.port.EndpointActivities.RouteEndpoints;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** Calls about the endpoints of a world, as runs that move them make them. */
public abstract class EndpointMoves {
  protected static final InstanceId PRIMARY = new InstanceId("east-0");
  protected static final InstanceId NEXT = new InstanceId("west-0");
  protected static final Duration WITHIN = Limit.seconds(5);
  protected static final Duration BUDGET = Duration.ofMinutes(2);

  private static final int CUT_OFF = 0;
  private static final int PREPARE = 1;
  private static final int PAUSE = 2;
  private static final int ROUTE = 3;

  /**
   * A run that moves endpoints.
   *
   * @param id its original run id
   */
  protected record Move(String id, Epoch epoch) {}

  /** A run whose epoch is higher than that of every run before. */
  protected static Move newMove() {
    Steps.Run run = Steps.newRun();
    return new Move(run.id(), run.epoch());
  }

  protected static void until(BooleanSupplier holds) {
    Steps.until(holds);
  }

  /** The world all tests of a class share: one with a PgBouncer at least. */
  protected abstract StreamingWorld world();

  /** The endpoints of the world, and what a call about them must say. */
  protected AboutEndpoints about(Call call) {
    Cluster cluster = world().cluster();
    return new AboutEndpoints(
        call,
        cluster.streaming().orElseThrow().endpoints(),
        cluster.hosts(),
        cluster.members().stream()
            .map(m -> new Server(m, cluster.host(m.host()).access().address()))
            .toList());
  }

  @AfterEach
  void asInTheBeginning() {
    Move run = newMove();
    prepare(run, PRIMARY);
    route(run, PRIMARY);
  }

  /** A budget that is spent within a few looks. */
  protected Duration aShortBudget() {
    return Duration.ofSeconds(1);
  }

  /** How long clients are cut off where that is to be over soon: it takes a while to be made. */
  protected Duration aShortCut() {
    return aShortBudget().plusSeconds(2);
  }

  protected EndpointsObserved observe() {
    return world().endpoints().observeEndpoints(about(call(newMove(), "LOOK", 0)));
  }

  protected EndpointsSet prepare(Move run, InstanceId primary) {
    return world().endpoints().ensurePrepared(to(run, "PREPARE", PREPARE, primary));
  }

  protected EndpointsSet revertPrepared(Move run, InstanceId primary) {
    return world().endpoints().revertPrepared(to(run, "PREPARE", PREPARE, primary));
  }

  protected EndpointsPaused pause(Move run, Duration within, Duration budget) {
    return world().endpoints().ensurePaused(pausing(run, within, budget));
  }

  protected EndpointsSet resume(Move run) {
    return world().endpoints().revertPaused(pausing(run, WITHIN, BUDGET));
  }

  protected EndpointsSet route(Move run, InstanceId primary) {
    return world().endpoints().ensureRouted(to(run, "ROUTE", ROUTE, primary));
  }

  protected EndpointsSet lead(Move run, InstanceId primary) {
    return world().endpoints().ensurePointed(to(run, "ROUTE", ROUTE, primary));
  }

  protected EndpointsCut cutOff(Move run, InstanceId old, Duration heldAtMost) {
    return world().endpoints().ensureCutOff(cutting(run, old, heldAtMost));
  }

  protected EndpointsSet admit(Move run, InstanceId old) {
    return world().endpoints().revertCutOff(cutting(run, old, BUDGET));
  }

  private CutOffEndpoints cutting(Move run, InstanceId old, Duration heldAtMost) {
    return new CutOffEndpoints(about(call(run, "CUT_OFF", CUT_OFF)), old, heldAtMost);
  }

  private PauseEndpoints pausing(Move run, Duration within, Duration budget) {
    return new PauseEndpoints(about(call(run, "PAUSE", PAUSE)), within, budget);
  }

  private RouteEndpoints to(Move run, String step, int ordinal, InstanceId primary) {
    return new RouteEndpoints(about(call(run, step, ordinal)), primary);
  }

  private Call call(Move run, String step, int ordinal) {
    return new Call(world().cluster().name(), run.id(), step, ordinal, run.epoch());
  }

  /** The names of all endpoints, in their order. */
  protected List<String> names() {
    return about(call(newMove(), "LOOK", 0)).endpoints().stream().map(Endpoint::name).toList();
  }

  /** A fact of every PgBouncer. */
  protected String fact(String name) {
    return observe().seen().stream()
        .flatMap(seen -> seen.facts().stream())
        .filter(fact -> fact.name().equals(name))
        .map(EndpointFact::value)
        .findFirst()
        .orElseThrow();
  }

  protected void assertLead(InstanceId primary) {
    EndpointsObserved seen = observe();
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.seen()).extracting(EndpointSeen::name).containsExactlyElementsOf(names());
    assertThat(seen.seen()).allMatch(one -> one.pointsAt().equals(List.of(primary)));
  }
}
