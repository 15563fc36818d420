package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.FailoverContract;
import dev.mooring.dev.lab.SlowPromotion;
import dev.mooring.port.FailoverActivities.Fenced;
import dev.mooring.port.FailoverActivities.Promote;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.port.RoleActivities.TakenOver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What real servers leave when they are gone, and what becomes of a promotion without them. */
abstract class FailoversOfServers extends FailoverContract {
  @Override
  protected abstract StreamingRealWorld world();

  /** It has no postmaster that could be told to stop, and would commit once it goes on. */
  @Test
  @Tag("all")
  void processes_that_outlived_their_postmaster_are_ended_by_the_fence() {
    world().hands().orphan(EAST);
    Fenced end = fenced(run(), EAST);
    assertThat(end.found()).isEqualTo(ServerProcess.ORPHANED);
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
    promoted(run(), WEST);
  }

  @Test
  @Tag("all")
  void one_whose_promotion_stands_still_is_of_unknown_outcome_until_it_goes_on() {
    world().hands().kill(EAST);
    fenced(run(), EAST);
    Promote usual = promote(run(), WEST);
    Promote soon =
        new Promote(
            usual.call(), usual.on(), usual.system(), usual.timeline(), Duration.ofSeconds(1));
    SlowPromotion promotion = SlowPromotion.of(world().lab(), world().lab().instance(WEST));
    refused(FailureCode.OUTCOME_UNKNOWN, () -> world().failovers(1).ensurePromoted(soon));
    promotion.goOn();
    List<TakenOver> taken = world().failovers(1).revertPromoted(usual).taken();
    assertThat(taken).hasSize(1);
    world().hands().write(WEST);
  }

  @Test
  @Tag("all")
  void nobody_is_fenced_or_promoted_where_another_may_write() throws IOException {
    world().roles(1).ensureSynchronousSet(steps().synchronous(before(), WEST, "", ""));
    world().hands().kill(EAST);
    fenced(run(), EAST);
    world().hands().authoritySays(WEST, EAST, before());
    refused(FailureCode.TWO_PRIMARIES, () -> promoted(run(), WEST));
    world().hands().authoritySays(EAST, WEST, before());
    refused(FailureCode.TWO_PRIMARIES, () -> fenced(run(), EAST));
    refused(FailureCode.TWO_PRIMARIES, () -> world().failovers(1).revertFenced(fence(run(), EAST)));
  }

  /** What it is told by then to have received last lies at the start of a WAL file. */
  @Test
  @Tag("all")
  void a_standby_that_was_started_anew_tells_no_less_than_it_had() {
    world().hands().write(EAST);
    Standing had = standing(WEST);
    world().hands().kill(EAST);
    world().hands().kill(WEST);
    world().hands().start(WEST);
    until(() -> !standing(WEST).more());
    Standing now = standing(WEST);
    assertThat(now.received()).isEqualTo(now.replayed());
    assertThat(now.received().isBefore(had.received())).isFalse();
  }
}
