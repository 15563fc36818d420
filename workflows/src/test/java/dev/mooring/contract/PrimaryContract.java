package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.Steps.Run;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.PrimaryActivities.PrimarySet;
import dev.mooring.port.PrimaryActivities.Restart;
import dev.mooring.port.PrimaryActivities.SetPrimary;
import dev.mooring.port.PrimaryActivities.Wanted;
import dev.mooring.port.ReplicationActivities.EnsureSlots;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Setting;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A primary that nobody streams from is set and restarted, and taken back: also where a call is
 * repeated, and where its server ended in between.
 */
public abstract class PrimaryContract {
  protected static final String EAST = "east-0";
  protected static final String LEFT = "it was restarted with them";

  /** Takes a start. */
  protected static final String SENDERS = "max_wal_senders";

  /** Takes a reload. */
  protected static final String FEEDBACK = "hot_standby_feedback";

  private static final int SET = 5;
  private static final int RESTART = 6;
  private static final List<Wanted> WANTED =
      List.of(new Wanted(SENDERS, "12"), new Wanted(FEEDBACK, "on"));

  private final Run run = Steps.newRun();
  private String senders = "";

  /** The world all tests of a class share. */
  protected abstract StreamingWorld world();

  @BeforeEach
  void nobodyStreamsFromIt() {
    world().renew();
    world().hands().kill("west-0");
    world().hands().kill("east-1");
    List<String> all = List.of("west_0", "east_1");
    until(
        () -> {
          world()
              .replication()
              .ensureSlots(
                  new EnsureSlots(
                      look(), world().cluster().policies().database(), asked(), List.of(), all));
          return seen().slots().isEmpty();
        });
    senders = live(SENDERS);
  }

  /** The acts of a move. */
  protected final RoleSteps steps() {
    return new RoleSteps(world());
  }

  /** Waits until it holds. */
  protected static void until(BooleanSupplier holds) {
    Steps.until(holds);
  }

  /** The call is refused with that code. */
  protected static void refused(FailureCode code, ThrowingCallable call) {
    Refusals.refused(code, call);
  }

  /** The call of an observation. */
  protected final Call look() {
    return new Call(world().cluster().name(), "look", "LOOK", 0, Epoch.NONE);
  }

  /** The primary, as it is asked over SQL. */
  protected final Server asked() {
    return new Server(steps().instance(EAST), steps().host(EAST).access().address());
  }

  private MemberObserved seen() {
    return world()
        .replication()
        .observeReplication(
            new OnServers(look(), world().cluster().policies().database(), List.of(asked())))
        .members()
        .get(0);
  }

  /** The value its server goes by. */
  protected final String live(String name) {
    return seen().setting(name).orElseThrow();
  }

  private List<String> waiting() {
    return seen().settings().stream().filter(Setting::pendingRestart).map(Setting::name).toList();
  }

  /** What a run sets, and makes. */
  protected final SetPrimary settings(String archive) {
    return new SetPrimary(steps().call(run, SET), steps().on(EAST), WANTED, archive);
  }

  protected final PrimarySet set() {
    return world().primaries(1).ensurePrimarySet(settings(""));
  }

  protected final PrimarySet reverted() {
    return world().primaries(1).revertPrimarySet(settings(""));
  }

  protected final void restarted(long attempt, Duration stopWithin) {
    world()
        .primaries(attempt)
        .ensureRestarted(
            new Restart(steps().call(run, RESTART), steps().on(EAST), stopWithin, RoleSteps.LIMIT));
  }

  protected final void restarted(long attempt) {
    restarted(attempt, RoleSteps.LIMIT);
  }

  /** It accepts writes with the settings of before, or with those that were set. */
  protected final void runsWith(boolean wanted) {
    world().hands().write(EAST);
    until(() -> live(FEEDBACK).equals(wanted ? "on" : "off"));
    assertThat(live(SENDERS)).isEqualTo(wanted ? "12" : senders);
    assertThat(waiting()).isEmpty();
  }

  @Test
  void settings_are_set_once_and_given_back_once() {
    assertThat(set().changed()).containsExactly("settings");
    assertThat(set().changed()).isEmpty();
    until(() -> live(FEEDBACK).equals("on"));
    assertThat(live(SENDERS)).isEqualTo(senders);
    assertThat(waiting()).containsExactly(SENDERS);
    PrimarySet back = reverted();
    assertThat(back.changed()).containsExactly("settings");
    assertThat(back.left()).isEmpty();
    until(() -> waiting().isEmpty());
    runsWith(false);
    assertThat(reverted().changed()).isEmpty();
    runsWith(false);
  }

  /** Of archiving a reload would give the command back and leave the mode: all WAL is kept then. */
  @Test
  @Tag("all")
  void what_it_was_restarted_with_stays() {
    set();
    restarted(1);
    runsWith(true);
    restarted(2);
    for (int undo = 0; undo < 2; undo++) {
      PrimarySet back = reverted();
      assertThat(back.changed()).isEmpty();
      assertThat(back.left()).isEqualTo(LEFT);
      runsWith(true);
    }
  }

  /** It may be down because somebody promoted another one. */
  @Test
  @Tag("all")
  void one_that_ended_after_its_restart_is_started_by_nobody() {
    set();
    restarted(1);
    world().hands().kill(EAST);
    restarted(2);
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
    assertThat(reverted().left()).isEqualTo(LEFT);
    assertThat(reverted().left()).isEqualTo(LEFT);
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
  }

  @Test
  @Tag("all")
  void one_that_ended_by_itself_is_neither_restarted_nor_started() {
    set();
    world().hands().kill(EAST);
    refused(FailureCode.NO_PRIMARY, () -> restarted(1));
    assertThat(reverted().changed()).containsExactly("settings");
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
    world().hands().start(EAST);
    runsWith(false);
  }
}
