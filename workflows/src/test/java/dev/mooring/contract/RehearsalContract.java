package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.Steps.Run;
import dev.mooring.port.Call;
import dev.mooring.port.FailoverActivities.Power;
import dev.mooring.port.FailoverActivities.PowerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.RehearsalActivities.Ended;
import dev.mooring.port.RehearsalActivities.InstanceRehearsed;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.ObserveRehearsed;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.port.RehearsalActivities.Rehearse;
import dev.mooring.port.RehearsalActivities.Rehearsed;
import dev.mooring.port.RehearsalActivities.Shown;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import dev.mooring.topology.InstanceManager.Kind;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Fences are rehearsed beside a server that runs, which sees nothing of it; and it is recorded. */
public abstract class RehearsalContract {
  protected static final String EAST = "east-0";
  protected static final String WEST = "west-0";
  protected static final Instant FIRST = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant SECOND = Instant.parse("2026-03-08T10:00:00.123Z");

  private final Run before = Steps.newRun();

  /** Waits until it holds. */
  protected static void until(BooleanSupplier holds) {
    Steps.until(holds);
  }

  /** The world all tests of a class share. */
  protected abstract StreamingWorld world();

  @BeforeEach
  void renew() {
    world().renew();
  }

  protected final RoleSteps steps() {
    return new RoleSteps(world());
  }

  /** A run that was over before it. */
  protected final Run before() {
    return before;
  }

  private Call call(String run) {
    return new Call(world().cluster().name(), run, "REHEARSE", 1, Epoch.NONE);
  }

  protected final Rehearse request(HostWork on, Instant at) {
    return new Rehearse(call("run-of-" + at.toEpochMilli()), on, at, List.of());
  }

  protected final InstanceRehearsed rehearsed(HostWork on, Instant at) {
    Rehearsed rehearsed = world().rehearsals().ensureRehearsed(request(on, at));
    assertThat(rehearsed.host()).isEqualTo(on.host().name());
    assertThat(rehearsed.failures()).isEmpty();
    assertThat(rehearsed.rehearsed()).hasSize(1);
    return rehearsed.rehearsed().get(0);
  }

  protected final InstanceRehearsed rehearsed(String id, Instant at) {
    return rehearsed(steps().on(id), at);
  }

  protected final RehearsalsObserved looked(String id) {
    return world()
        .rehearsals()
        .observeRehearsed(new ObserveRehearsed(call("look"), steps().on(id)));
  }

  protected final LastRehearsal last(String id) {
    RehearsalsObserved seen = looked(id);
    assertThat(seen.failures()).isEmpty();
    return seen.of(new InstanceId(id)).orElseThrow();
  }

  /** How each of them ended that is there; none where that was not tried. */
  protected static List<Ended> ended(InstanceRehearsed rehearsed, Proof proof) {
    return rehearsed.shown().stream()
        .filter(shown -> shown.proof() == proof)
        .map(Shown::ended)
        .toList();
  }

  @Test
  @Tag("all")
  void what_was_never_rehearsed_is_in_neither_list() {
    RehearsalsObserved seen = looked(EAST);
    assertThat(seen.last()).isEmpty();
    assertThat(seen.failures()).isEmpty();
  }

  @Test
  @Tag("all")
  void fences_that_hold_pass_and_the_last_rehearsal_is_what_is_seen() {
    InstanceRehearsed first = rehearsed(EAST, FIRST);
    assertThat(first.passed()).as("%s", first.shown()).isTrue();
    assertThat(ended(first, Proof.FENCE)).containsExactly(Ended.SHOWN);
    assertThat(ended(first, Proof.LAUNCHER)).isNotEmpty().containsOnly(Ended.SHOWN);
    assertThat(ended(first, Proof.CONTROL)).isNotEmpty().containsOnly(Ended.SHOWN);
    LastRehearsal last = last(EAST);
    assertThat(last.at()).isEqualTo(FIRST);
    assertThat(last.passed()).isTrue();
    assertThat(last.run()).isEqualTo("run-of-" + FIRST.toEpochMilli());
    assertThat(last.words()).isNotEmpty();
    rehearsed(EAST, SECOND);
    assertThat(last(EAST).at()).isEqualTo(SECOND);
    assertThat(looked(WEST).last()).isEmpty();
  }

  /** What was not rehearsed did not pass. */
  @Test
  void what_was_shown_and_what_was_not_is_recorded_with_it() {
    rehearsed(WEST, FIRST);
    LastRehearsal last = last(WEST);
    assertThat(last.lacking(List.of(Proof.FENCE, Proof.LAUNCHER, Proof.CONTROL))).isEmpty();
    assertThat(last.notRehearsed()).contains(Proof.GUARDED_LAUNCHER);
    assertThat(last.shown()).doesNotContain(Proof.GUARDED_LAUNCHER, Proof.POWER);
  }

  @Test
  @Tag("all")
  void the_check_of_a_power_switch_is_shown_by_what_it_says_of_a_host_that_is_on() {
    assertThat(withPower(Power.ON).passed()).isTrue();
    assertThat(last(WEST).shown()).contains(Proof.POWER);
    for (Power says : List.of(Power.OFF, Power.UNKNOWN)) {
      assertThat(ended(withPower(says), Proof.POWER)).containsExactly(Ended.FAILED);
      assertThat(last(WEST).passed()).isFalse();
      assertThat(last(WEST).shown()).contains(Proof.FENCE).doesNotContain(Proof.POWER);
    }
  }

  private InstanceRehearsed withPower(Power says) {
    HostWork on = steps().on(WEST);
    PowerObserved seen = new PowerObserved(on.host().name(), says, "exit status 1: as it says");
    return world()
        .rehearsals()
        .ensureRehearsed(new Rehearse(call("run-of-power"), on, FIRST, List.of(seen)))
        .rehearsed()
        .get(0);
  }

  /** No token is shown: a rehearsal is no act on who may write. */
  @Test
  @Tag("all")
  void the_primary_goes_on_writing_and_its_authority_is_as_it_was() {
    InstanceRole before = steps().look(EAST);
    rehearsed(EAST, FIRST);
    world().hands().write(EAST);
    assertThat(steps().look(EAST).authority()).isEqualTo(before.authority());
    assertThat(steps().look(EAST).start()).isEqualTo(before.start());
    assertThat(steps().look(EAST).process()).isEqualTo(before.process());
    assertThat(steps().observed(EAST).highestEpoch()).isEqualTo(Epoch.NONE);
  }

  @Test
  @Tag("all")
  void a_server_that_starts_in_spite_of_its_fence_is_told_and_recorded() {
    InstanceRehearsed rehearsed = rehearsed(world().ignoringFences(WEST), FIRST);
    assertThat(rehearsed.passed()).isFalse();
    assertThat(ended(rehearsed, Proof.FENCE)).containsExactly(Ended.FAILED);
    assertThat(ended(rehearsed, Proof.LAUNCHER)).isNotEmpty().containsOnly(Ended.FAILED);
    assertThat(ended(rehearsed, Proof.CONTROL)).containsOnly(Ended.SHOWN);
    assertThat(last(WEST).passed()).isFalse();
    assertThat(last(WEST).words()).contains("FAILED");
  }

  /** Nothing of ours keeps such a server from a start: what ties its promotions to us is tried. */
  @Test
  @Tag("all")
  void where_patroni_runs_it_what_that_asks_before_a_promotion_is_tried_and_no_fence() {
    InstanceRehearsed without = rehearsed(byPatroni(), FIRST);
    assertThat(without.shown()).extracting(Shown::proof).containsExactly(Proof.HOOK);
    assertThat(ended(without, Proof.HOOK)).containsExactly(Ended.NOT_REHEARSED);
    assertThat(last(WEST).notRehearsed()).containsExactly(Proof.HOOK);
    world().asksBeforePromotion(WEST);
    assertThat(ended(rehearsed(byPatroni(), SECOND), Proof.HOOK)).containsExactly(Ended.SHOWN);
    assertThat(last(WEST).shown()).containsExactly(Proof.HOOK);
    assertThat(last(WEST).notRehearsed()).isEmpty();
  }

  private HostWork byPatroni() {
    Instance own = steps().instance(WEST);
    InstanceManager patroni = new InstanceManager(Kind.PATRONI, own.manager().binDirectory());
    return new HostWork(
        steps().host(WEST),
        List.of(
            new Instance(
                own.id(),
                own.site(),
                own.content(),
                own.host(),
                own.port(),
                own.dataDirectory(),
                patroni)));
  }

  /** Its start check was not run: nothing is said of it. */
  @Test
  @Tag("all")
  void a_unit_that_is_not_found_is_not_rehearsed() {
    assertThat(ended(rehearsed(WEST, FIRST), Proof.UNIT)).containsExactly(Ended.NOT_REHEARSED);
  }

  /** Half of a record would say that fences hold which do not. */
  @Test
  @Tag("all")
  void a_record_that_is_not_whole_is_no_rehearsal_until_the_next_one() {
    rehearsed(EAST, FIRST);
    world().tearRehearsal(EAST);
    RehearsalsObserved torn = looked(EAST);
    assertThat(torn.last()).isEmpty();
    assertThat(torn.failures()).hasSize(1);
    assertThat(torn.failures().get(0).code()).isEqualTo(FailureCode.STATE_UNREADABLE);
    rehearsed(EAST, SECOND);
    assertThat(last(EAST).at()).isEqualTo(SECOND);
  }
}
