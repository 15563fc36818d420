package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.RunActivities.ConsumerStarted;
import dev.mooring.port.RunActivities.EnsureConsumer;
import dev.mooring.port.RunActivities.EnsureReaction;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.port.RunActivities.LockObserved;
import dev.mooring.port.RunActivities.LockReleased;
import dev.mooring.port.RunActivities.LockState;
import dev.mooring.port.RunActivities.ObserveLock;
import dev.mooring.port.RunActivities.ObserveService;
import dev.mooring.port.RunActivities.OpenRun;
import dev.mooring.port.RunActivities.ReleaseLock;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.port.RunActivities.StopRun;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A lock is what its holder's run is, and a site has one consumer. */
public abstract class RunsContract {
  private static final SiteName WEST = new SiteName("west");
  private static final Duration LISTED_WITHIN = Limit.seconds(30);

  /** A cluster of its own for every test: the runs of the others go on. */
  private final ClusterName cluster =
      new ClusterName("harbour-" + UUID.randomUUID().toString().substring(0, 8));

  private final String lockId = LockWorkflow.idOf(cluster, WEST);

  /** The world all tests of a class share. */
  protected abstract RunsWorld world();

  private String id(String name) {
    return cluster + ":" + name;
  }

  private Holder holder(String name, String runbook) {
    String run = world().open(cluster, id(name), runbook);
    return new Holder(id(name), run, runbook);
  }

  private LockObserved lock() {
    return world().runs().observeLock(new ObserveLock(lockId));
  }

  private LockReleased release(String lockRun) {
    return world().runs().releaseLock(new ReleaseLock(lockId, lockRun));
  }

  private ConsumerStarted consumer(String name, String ending) {
    return world()
        .runs()
        .ensureConsumer(new EnsureConsumer(cluster, WEST, id(name), "the publish", ending));
  }

  @Test
  @Tag("all")
  void a_lock_that_nobody_took_is_free() {
    assertThat(lock().state()).isEqualTo(LockState.FREE);
  }

  @Test
  void a_lock_is_held_as_long_as_its_holder_runs() {
    Holder holder = holder("tuesday", "DrConsume");
    String run = world().lock(lockId, holder);

    assertThat(lock()).isEqualTo(new LockObserved(LockState.HELD, run, holder));

    world().end(holder.workflowId());
    assertThat(lock()).isEqualTo(new LockObserved(LockState.ABANDONED, run, holder));
  }

  @Test
  @Tag("all")
  void a_lock_says_nothing_of_that_at_another_site() {
    Holder holder = holder("tuesday", "Switchover");
    world().lock(LockWorkflow.idOf(cluster, new SiteName("east")), holder);

    assertThat(lock().state()).isEqualTo(LockState.FREE);
  }

  @Test
  @Tag("all")
  void a_lock_is_not_held_by_a_later_run_of_its_holders_id() {
    Holder holder = holder("tuesday", "DrConsume");
    world().lock(lockId, holder);
    world().end(holder.workflowId());
    world().open(cluster, holder.workflowId(), "DrConsume");

    assertThat(lock().state()).isEqualTo(LockState.ABANDONED);
  }

  @Test
  void a_lock_is_released_by_the_very_run_described_and_once() {
    String run = world().lock(lockId, new Holder(id("gone"), "run of gone", "DrConsume"));

    assertThat(release(UUID.randomUUID().toString()).terminated()).isFalse();
    assertThat(lock().state()).isEqualTo(LockState.ABANDONED);
    assertThat(release(run).terminated()).isTrue();
    assertThat(lock().state()).isEqualTo(LockState.FREE);
    assertThat(release(run).terminated()).isFalse();
  }

  private boolean stop(Holder holder, boolean atOnce) {
    return world()
        .runs()
        .ensureRunStopped(new StopRun(holder, "the primary is gone", atOnce))
        .wasOpen();
  }

  /** Nobody works on these runs: one that is asked to end stays open. */
  @Test
  @Tag("all")
  void a_holder_is_asked_to_end_or_ended_and_nobody_who_took_its_id_later() {
    Holder holder = holder("tuesday", "PublishCycle");
    String run = world().lock(lockId, holder);

    assertThat(stop(holder, false)).isTrue();
    assertThat(lock().state()).isEqualTo(LockState.HELD);
    assertThat(stop(holder, true)).isTrue();
    assertThat(lock()).isEqualTo(new LockObserved(LockState.ABANDONED, run, holder));
    assertThat(stop(holder, true)).isFalse();

    Holder later = holder("tuesday", "PublishCycle");
    assertThat(stop(holder, true)).isFalse();
    assertThat(stop(later, false)).isTrue();
  }

  @Test
  @Tag("all")
  void a_site_without_a_consumer_gets_one_and_is_told_from_then_on() {
    ConsumerStarted first = consumer("consume", "");
    ConsumerStarted second = consumer("consume", "");

    assertThat(first.started()).isTrue();
    assertThat(first.workflowId()).isEqualTo(id("consume"));
    assertThat(second.started()).isFalse();
    assertThat(second.runId()).isEqualTo(first.runId());
    assertThat(world().reported(id("consume"))).containsExactly("the publish");
  }

  @Test
  @Tag("all")
  void a_consumer_that_was_started_under_another_id_is_told() {
    Holder holder = holder("by-hand", "DrConsume");
    world().lock(lockId, holder);

    ConsumerStarted reported = consumer("consume", "");

    assertThat(reported).isEqualTo(new ConsumerStarted(id("by-hand"), holder.originalRun(), false));
    assertThat(world().reported(id("by-hand"))).containsExactly("the publish");
  }

  @Test
  @Tag("all")
  void a_consumer_that_ends_is_not_told_itself() {
    world().lock(lockId, holder("ending", "DrConsume"));

    assertThat(consumer("next", id("ending")).started()).isTrue();
    assertThat(world().reported(id("ending"))).isEmpty();
  }

  @Test
  @Tag("all")
  void a_site_that_another_runbook_holds_gets_a_consumer_that_waits() {
    world().lock(lockId, holder("publish", "PublishCycle"));

    assertThat(consumer("consume", "").started()).isTrue();
    assertThat(world().reported(id("publish"))).isEmpty();
  }

  @Test
  @Tag("all")
  void a_boot_has_one_start_whether_that_is_open_or_has_ended() {
    assertThat(startedIn("b2")).isTrue();
    assertThat(startedIn("b2")).isFalse();
    world().end(id("boot-b2"));
    assertThat(startedIn("b2")).isFalse();
    assertThat(startedIn("b3")).isTrue();
  }

  private boolean startedIn(String boot) {
    return world()
        .runs()
        .ensureReaction(
            new EnsureReaction(
                cluster,
                Runbook.START_PRIMARY,
                new InstanceId("east-0"),
                boot,
                "its host started again",
                id("boot-" + boot),
                false))
        .started();
  }

  @Test
  @Tag("all")
  void what_is_open_of_a_cluster_is_listed_newest_first_and_nothing_else() {
    world().open(new ClusterName(cluster + "-other"), id("other"), "DrConsume");
    world().open(cluster, id("ended"), "DrConsume");
    world().open(cluster, id("publish"), "PublishCycle");
    world().open(cluster, id("consume"), "DrConsume");
    world().end(id("ended"));

    ServiceObserved seen = listed(List.of(id("consume"), id("publish")));

    assertThat(seen.open())
        .extracting(OpenRun::workflowId)
        .containsExactly(id("consume"), id("publish"));
    assertThat(seen.open())
        .extracting(OpenRun::runbook)
        .containsExactly("DrConsume", "PublishCycle");
    assertThat(seen.open()).extracting(OpenRun::step).containsOnly("");
    assertThat(seen.schedules()).isEmpty();
  }

  /** A server's list lags behind what it is asked about. */
  private ServiceObserved listed(List<String> ids) {
    ObserveService asked = new ObserveService(cluster, List.of(id("never-made")));
    Instant givenUpAt = Instant.now().plus(LISTED_WITHIN);
    ServiceObserved seen = world().runs().observeService(asked);
    while (!seen.open().stream().map(OpenRun::workflowId).toList().equals(ids)
        && Instant.now().isBefore(givenUpAt)) {
      seen = world().runs().observeService(asked);
    }
    return seen;
  }
}
