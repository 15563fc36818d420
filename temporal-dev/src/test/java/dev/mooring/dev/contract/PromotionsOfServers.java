package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Limit;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.lab.SlowPromotion;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.RoleActivities.HandedOver;
import dev.mooring.port.RoleActivities.TakeOver;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.TimelineId;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of a promotion that was begun and did not come to its end. */
abstract class PromotionsOfServers extends RolesOfServers {

  /** The authority names it, and it was not told yet. */
  private HandedOver handedOverToWest() throws IOException {
    HandedOver end = steps().handedOver(run(), EAST);
    HandedOver beyond =
        new HandedOver(end.instance(), end.system(), end.timeline(), end.checkpoint().plus(8));
    refused(FailureCode.NOT_CAUGHT_UP, () -> steps().takenOver(run(), WEST, beyond));
    authoritySays(WEST, WEST);
    return end;
  }

  private TakeOver soon(HandedOver end) {
    TakeOver usual = steps().takeOver(run(), WEST, end);
    return new TakeOver(usual.call(), usual.on(), end, usual.pauses(), Duration.ofSeconds(1));
  }

  private void isThePrimary(TakenOver taken) {
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
    assertThat(steps().look(WEST).control().state()).isEqualTo(InstanceState.IN_PRODUCTION);
    assertThat(steps().look(WEST).authority().writer()).isEqualTo(WEST);
    world().hands().write(WEST);
    assertThat(ask(WEST, "SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)"))
        .isEqualTo(taken.timeline().hex());
  }

  /** Its time is over, and it may promote at any moment: only the look at it tells. */
  @Test
  @Tag("all")
  void one_that_was_told_and_stands_still_is_of_unknown_outcome_until_it_goes_on()
      throws IOException {
    HandedOver end = handedOverToWest();
    world().hands().startup(WEST, Signal.STOP);
    try {
      refused(FailureCode.OUTCOME_UNKNOWN, () -> world().roles(2).ensureTakenOver(soon(end)));
      refused(FailureCode.OUTCOME_UNKNOWN, () -> world().roles(1).revertTakenOver(soon(end)));
      assertThat(steps().look(WEST).control().state()).isEqualTo(InstanceState.IN_ARCHIVE_RECOVERY);
    } finally {
      world().hands().startup(WEST, Signal.CONT);
    }
    List<TakenOver> taken =
        world().roles(2).revertTakenOver(steps().takeOver(run(), WEST, end)).taken();
    assertThat(taken).hasSize(1);
    isThePrimary(taken.get(0));
  }

  /** Nobody waits for a server that is dead; the timeline that it began is the one it goes on. */
  @Test
  @Tag("all")
  void one_that_is_killed_once_its_timeline_began_goes_on_with_that() {
    HandedOver end = steps().handedOver(run(), EAST);
    SlowPromotion promotion = SlowPromotion.of(world().lab(), server(WEST));
    CompletableFuture<TakenOver> first =
        CompletableFuture.supplyAsync(() -> steps().takenOver(run(), WEST, end));
    until(promotion::hasBegun);
    world().hands().kill(WEST);
    assertThat(first)
        .failsWithin(Limit.seconds(20))
        .withThrowableOfType(ExecutionException.class)
        .havingCause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> assertThat(failure.getType()).isEqualTo(FailureCode.OUTCOME_UNKNOWN.name()));
    List<TakenOver> taken =
        world().roles(1).revertTakenOver(steps().takeOver(run(), WEST, end)).taken();
    assertThat(taken).hasSize(1);
    isThePrimary(taken.get(0));
    assertThat(world().roles(2).revertTakenOver(steps().takeOver(run(), WEST, end)).taken())
        .isEqualTo(taken);
  }

  /** Between the two a server has no more signal file, and would write on the old timeline. */
  @Test
  @Tag("all")
  void one_that_is_killed_after_its_history_and_before_its_wal_names_a_timeline_begins_another()
      throws IOException {
    HandedOver end = handedOverToWest();
    world().hands().kill(WEST);
    Path data = server(WEST).dataDirectory();
    Files.delete(data.resolve("standby.signal"));
    Files.writeString(
        data.resolve("pg_wal/00000002.history"),
        "1\t" + end.checkpoint().plus(0x78) + "\tno recovery target specified\n");
    TakenOver taken = world().roles(2).ensureTakenOver(steps().takeOver(run(), WEST, end));
    assertThat(taken.timeline()).isEqualTo(new TimelineId(3));
    isThePrimary(taken);
  }
}
