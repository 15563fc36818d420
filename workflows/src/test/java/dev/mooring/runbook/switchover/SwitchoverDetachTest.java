package dev.mooring.runbook.switchover;

import static dev.mooring.runbook.switchover.SwitchoverBed.TO_WEST;
import static dev.mooring.runbook.switchover.SwitchoverBed.approved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.checks.RoleChangeResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A standby that would hold a move's stop up is taken off by its name. */
class SwitchoverDetachTest {
  private final SwitchoverBed strait = new SwitchoverBed(Strait.cluster());

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  @Test
  void a_standby_that_stands_still_is_taken_off_by_name_and_not_waited_for() {
    strait.world().members().freeze("east-1");
    String json = TO_WEST.replace("}", ",'detach':'east-1'}");
    RoleChangeResult result = strait.execute(json);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .containsExactly(
            "east-1 was detached before the stop and is not waited for: see `mooring status`");
    strait.world().members().thaw("east-1");
    strait.allFollow("west-0");
  }

  @Test
  void what_was_taken_off_is_attached_again_by_the_way_back() {
    strait.world().members().freeze("east-1");
    String json = TO_WEST.replace("}", ",'detach':'east-1'}");
    String digest = strait.run(json).digest();
    strait.before("ensureTakenOver", () -> strait.world().endpoints().restart("pooler"));
    assertThat(strait.ended(approved(json, digest)).type()).isEqualTo("RolledBack");
    strait.world().members().thaw("east-1");
    strait.allFollow("east-0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"west-0", "east-0", "east-7"})
  void only_a_standby_that_stays_one_can_be_taken_off(String who) {
    Ended ended = strait.ended(TO_WEST.replace("}", ",'detach':'" + who + "'}"));
    assertThat(ended.record().code()).isEqualTo("BAD_INPUT");
    assertThat(ended.record().headline()).contains(who + " can't be detached");
  }
}
