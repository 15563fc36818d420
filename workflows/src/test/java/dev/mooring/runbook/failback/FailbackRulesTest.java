package dev.mooring.runbook.failback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.checks.RoleChangeResult;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What whoever asks for a Failback may say beside the place: rules, standbys, the system. */
class FailbackRulesTest {
  private static final String RULES =
      ",'overrides':'other-writer,authority,logical-slots','reason':'east was promoted by hand'}";

  private final FailbackBed strait = new FailbackBed();

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private static String more(String json) {
    return FailbackBed.TO_WEST.replace("}", json);
  }

  @Test
  void a_lock_that_is_lost_before_anything_is_healed_refuses_the_run() {
    strait.lostWest();
    String digest = strait.run(FailbackBed.TO_WEST).digest();
    int sites = strait.world().cluster().sites().size();
    AtomicInteger looks = new AtomicInteger();
    strait
        .bed
        .faults()
        .before(
            call -> call.method().equals("observeLock") && looks.incrementAndGet() > sites,
            strait.bed::closeChildren);
    Ended ended = TestBed.ended(() -> strait.run(FailbackBed.executing(digest)));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().headline()).contains("east lock: no run, must be this run");
    assertThat(strait.bed.faults().calls())
        .extracting(Called::method)
        .doesNotContain("ensureCopying", "ensureSlots");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
  }

  /** Somebody promoted east-0 by hand, and the authority still names west-0. */
  @Test
  void after_a_promotion_by_hand_it_goes_back_once_the_rules_of_both_halves_are_overridden() {
    strait.lostWest().world().members().moved("west-0", 7);
    Ended without = TestBed.ended(() -> strait.run(FailbackBed.TO_WEST));
    assertThat(without.record().code()).isEqualTo("TWO_PRIMARIES");
    assertThat(without.record().headline()).contains("override other-writer with a reason");

    String digest = strait.run(more(RULES)).digest();
    strait.start(
        more(RULES.replace("}", ",'mode':'execute','by':'alice','digest':'" + digest + "'}")));
    strait.until("waits for an approval");
    strait.approve();
    assertThat(strait.result().outcome()).isEqualTo("Completed");
    strait.stands("west-0");
    assertThat(strait.world().lastReceipt().decisions())
        .filteredOn(DecisionRecord::isOverride)
        .extracting(DecisionRecord::about, DecisionRecord::reason)
        .as("those that were broken, and no other")
        .containsExactly(
            tuple(
                "other-writer: east-0 accepts writes, and since epoch 7 (run run-of-the-move) the"
                    + " authority says that west-0 may",
                "east was promoted by hand"),
            tuple("authority", "east was promoted by hand"));
  }

  @ParameterizedTest
  @ValueSource(strings = {",'overrides':'authority'}", ",'overrides':'anything','reason':'so'}"})
  void a_rule_without_a_reason_or_without_a_name_is_refused(String rules) {
    Ended ended = TestBed.ended(() -> strait.run(more(rules)));
    assertThat(ended.message())
        .containsAnyOf("must say why a rule is overridden", "other-writer, newer-timeline");
  }

  @Test
  void a_standby_that_stands_still_is_taken_off_before_the_stop_by_its_name() {
    strait.world().members().freeze("east-1");
    String detaching = ",'detach':'east-1'}";
    String digest = strait.run(more(detaching)).digest();
    RoleChangeResult result =
        strait.run(
            more(
                detaching.replace(
                    "}", ",'mode':'execute','by':'alice','digest':'" + digest + "'}")));
    assertThat(result.degraded())
        .containsExactly(
            "east-1 was detached before the stop and is not waited for: see `mooring status`");
    strait.world().members().thaw("east-1");
    strait.stands("west-0");
    assertThat(strait.world().lastReceipt().asked().requestJson())
        .isEqualTo("Failback of strait to west, detaching east-1");
  }

  @Test
  void a_cluster_that_was_not_meant_is_refused_before_anything_is_healed() {
    strait.lostWest();
    Ended ended = TestBed.ended(() -> strait.run(more(",'systemIdentifierEnds':'4711'}")));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("IDENTITY_DIFFERS");
    assertThat(strait.run(more(",'systemIdentifierEnds':'0001'}")).outcome()).isEqualTo("planned");
    assertThat(strait.world().lastReceipt().asked().requestJson())
        .endsWith(", of a system whose identifier ends with 0001");
  }
}
