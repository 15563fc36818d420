package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.ConnectionActivities.Came;
import dev.mooring.port.ConnectionActivities.ConnectionTried;
import dev.mooring.port.ConnectionActivities.Return;
import dev.mooring.port.ConnectionActivities.Seen;
import dev.mooring.port.ConnectionActivities.TryConnection;
import dev.mooring.port.ConnectionActivities.Watch;
import dev.mooring.port.ConnectionActivities.Watched;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.WitnessActivities.Answer;
import dev.mooring.port.WitnessActivities.AskHost;
import dev.mooring.port.WitnessActivities.TryFromHost;
import dev.mooring.port.Witnessed.Database;
import dev.mooring.port.Witnessed.OnHost;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What can be told of a primary from a worker, from its host and from a standby's. */
public abstract class WitnessContract {
  protected static final String EAST = "east-0";
  protected static final String WEST = "west-0";
  protected static final int TIMES = 2;

  /** The world all tests of a class share. */
  protected abstract StreamingWorld world();

  @BeforeEach
  void renew() {
    world().renew();
  }

  protected final RoleSteps steps() {
    return new RoleSteps(world());
  }

  protected final Call call() {
    return new Call(world().cluster().name(), "look", "LOOK", 0, Epoch.NONE);
  }

  /** Waits until it holds. */
  protected static final void until(BooleanSupplier holds) {
    Steps.until(holds);
  }

  /** What attempts from here come to. */
  protected final List<Seen> tried(String id) {
    return world()
        .attempts()
        .observeConnection(
            new TryConnection(
                call(),
                world().cluster().policies().database(),
                new Server(steps().instance(id), steps().host(id).access().address()),
                TIMES))
        .attempts();
  }

  /** What a watch of a second comes to, where half of one counts as silence. */
  protected final Watched watched(String id) {
    return watched(id, Duration.ofSeconds(1), false);
  }

  /** The same of that length, which ends with a word of it where that is asked. */
  protected final Watched watched(String id, Duration atMost, boolean untilHeard) {
    return world()
        .attempts()
        .awaitSilence(
            new Watch(
                call(),
                world().cluster().policies().database(),
                new Server(steps().instance(id), steps().host(id).access().address()),
                Duration.ofMillis(500),
                atMost,
                100,
                untilHeard));
  }

  /** Whether a wait of two seconds finds it back, where half of one is enough. */
  protected final boolean isBack(String id) {
    return world()
        .attempts()
        .awaitReturn(
            new Return(
                call(),
                world().cluster().policies().database(),
                new Server(steps().instance(id), steps().host(id).access().address()),
                Duration.ofMillis(500),
                Duration.ofSeconds(2)))
        .back();
  }

  /** What its own host says. */
  protected final List<Answer> asked(String id) {
    return world().witnesses().observeOnHost(new AskHost(call(), steps().on(id), TIMES)).answers();
  }

  /** What attempts from the host of another come to. */
  protected final ConnectionTried knockedFrom(String from, String at) {
    return world()
        .witnesses()
        .observeFromHost(
            new TryFromHost(
                call(),
                steps().on(from),
                steps().host(at).access().address(),
                steps().instance(at).port(),
                TIMES));
  }

  /** Each of all times came to that. */
  protected final void seen(String id, Database here, Database there, OnHost host) {
    assertThat(tried(id)).hasSize(TIMES).extracting(Seen::database).containsOnly(here);
    assertThat(knockedFrom(WEST, id).attempts())
        .hasSize(TIMES)
        .extracting(Seen::database)
        .containsOnly(there);
    assertThat(asked(id)).hasSize(TIMES).extracting(Answer::host).containsOnly(host);
  }

  @Test
  @Tag("all")
  void one_that_serves_is_seen_to_by_all() {
    seen(EAST, Database.WRITES, Database.LETS_IN, OnHost.RUNS);
    seen("east-1", Database.STANDS_BY, Database.LETS_IN, OnHost.RUNS);
    assertThat(knockedFrom(WEST, EAST).machine())
        .isEqualTo(knockedFrom(WEST, "east-1").machine())
        .isNotIn("", ConnectionTried.NO_MACHINE);
  }

  @Test
  void one_whose_postmaster_was_killed_is_told_from_one_that_stands_still() {
    world().hands().freeze(EAST);
    seen(EAST, Database.STALLED, Database.STALLED, OnHost.FROZEN);
    world().hands().thaw(EAST);
    world().hands().kill(EAST);
    seen(EAST, Database.CLOSED, Database.CLOSED, OnHost.STOPPED);
    assertThat(asked(EAST).get(0).words()).isNotBlank();
    assertThat(tried(EAST).get(0).words()).isNotBlank();
  }

  @Test
  @Tag("all")
  void a_watch_ends_once_nothing_is_heard_or_another_one_is_the_primary() {
    assertThat(watched("east-1").came()).isEqualTo(Came.STANDS_BY);
    assertThat(watched(EAST).came()).isEqualTo(Came.HEARD);
    world().hands().freeze(EAST);
    Watched frozen = watched(EAST);
    assertThat(frozen.came()).isEqualTo(Came.SILENT);
    assertThat(frozen.words()).isNotBlank();
    world().hands().thaw(EAST);
    assertThat(watched(EAST).came()).isEqualTo(Came.HEARD);
    assertThat(watched(EAST, Duration.ofMinutes(5), true).came()).isEqualTo(Came.HEARD);
    world().hands().kill(EAST);
    assertThat(watched(EAST).came()).isEqualTo(Came.SILENT);
  }

  @Test
  @Tag("all")
  void only_one_that_accepts_writes_is_back() {
    assertThat(isBack("east-1")).isFalse();
    world().hands().freeze(EAST);
    assertThat(isBack(EAST)).isFalse();
    world().hands().thaw(EAST);
    assertThat(isBack(EAST)).isTrue();
    world().hands().kill(EAST);
    assertThat(isBack(EAST)).isFalse();
  }
}
