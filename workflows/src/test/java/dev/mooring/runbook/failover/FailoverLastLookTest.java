package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.ALONE;
import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.RoleChangeResult;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was claimed of a candidate is judged again right before it is promoted. */
class FailoverLastLookTest {
  private static final String ALIVE =
      "{'cluster':'strait','to':'west-0','overrides':'primary-gone','by':'alice','reason':'it"
          + " corrupts'}";

  private FailoverBed strait = with("{}");

  private static FailoverBed with(String failover) {
    return new FailoverBed(Strait.synchronous(failover));
  }

  private void settles(String failover) {
    strait.close();
    strait = with(failover);
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private FakeMembers members() {
    return strait.world().members();
  }

  private void beforeFirst(String step, Runnable happens) {
    strait.bed.faults().beforeFirst(call -> call.step().equals(step), happens);
  }

  /** Between the look under the locks and its fence it sends to east-1 alone. */
  private void sendsToTheOtherAlone() {
    Strait.unreadableWal(members(), "east-0");
    beforeFirst(
        "FENCE",
        () -> {
          members().cut("west-0", true);
          members().write("east-0");
        });
    beforeFirst("LAST_LOOK", () -> members().cut("west-0", false));
  }

  private void isNotPromoted(Ended ended, String why) {
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("NOT_CAUGHT_UP");
    assertThat(ended.record().headline()).contains("since the old primary was fenced", why);
    assertThat(members().writers()).isEmpty();
  }

  /** Its worker was lost in the midst of the look: that is no silence of what it asked. */
  @ParameterizedTest
  @CsvSource({
    "OBSERVE_AGAIN, observeReplication, 2",
    "OBSERVE_AGAIN, observeRoles, 2",
    "LAST_LOOK, observeReplication, 4" // who writes is asked by three of them
  })
  void one_that_answered_before_is_asked_once_more(String step, String method, int lost) {
    members().commitsWaitFor("east-0", "FIRST 1 (west_0, east_1)");
    members().kill("east-0");
    String request = approved(OVER, strait.run(OVER).digest());
    AtomicInteger left = new AtomicInteger(lost);
    strait
        .bed
        .faults()
        .plan(
            call ->
                call.step().equals(step)
                    && call.method().equals(method)
                    && left.getAndDecrement() > 0,
            Fault.FAILS);
    assertThat(strait.run(request).outcome()).isEqualTo("Completed");
    assertThat(left).hasValueLessThan(1);
    strait.isPrimary("west-0", "east-1");
  }

  /** What a worker does that is lost is no answer of theirs, whichever site's it was. */
  @Test
  void endpoints_whose_looks_lost_their_workers_are_looked_at_again_and_cut_off() {
    members().kill("east-0");
    String request = approved(OVER, strait.run(OVER).digest());
    AtomicInteger lost = new AtomicInteger();
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.step().equals("OBSERVE_AGAIN") && call.method().equals("observeEndpoints"),
            () -> {
              lost.incrementAndGet();
              throw new IllegalStateException("in place of a worker that is lost");
            });
    assertThat(strait.run(request).degraded()).noneMatch(line -> line.contains("cut off"));
    assertThat(lost).hasPositiveValue();
  }

  /** It took its place by having all that the other has, and nobody knows that any more. */
  @Test
  void a_potential_standby_is_not_promoted_where_the_other_fell_silent() {
    members().commitsWaitFor("east-0", "FIRST 1 (east_1, west_0)");
    members().kill("east-0");
    String request = approved(OVER, strait.run(OVER).digest());
    beforeFirst("LAST_LOOK", () -> members().kill("east-1"));
    isNotPromoted(strait.ended(request), "west-0 waited-for: it has a place in FIRST n");
  }

  @Test
  void whoever_overrides_that_is_told_what_is_not_known() {
    Strait.unreadableWal(members(), "east-0");
    members().commitsWaitFor("east-0", "FIRST 1 (east_1, west_0)");
    members().kill("east-0");
    String over =
        "{'cluster':'strait','to':'west-0','overrides':'waited-for,fetch-wal','by':'alice',"
            + "'reason':'at once'}";
    String request = approved(over, strait.run(over).digest());
    beforeFirst("LAST_LOOK", () -> members().kill("east-1"));
    assertThat(strait.run(request).headline())
        .endsWith(
            "lost: unknown: 1 of the 2 standbys of which commits waited for 1 were read, 2 are"
                + " needed");
    assertThat(strait.world().lastReceipt().decisions().toString()).contains("waited-for");
  }

  /** The primary said for whom its commits waited, and went on. */
  @Test
  void one_that_commits_waited_for_then_is_not_promoted_where_another_confirmed_since() {
    members().commitsWaitFor("east-0", "FIRST 1 (west_0, east_1)");
    String request = approved(ALIVE, strait.run(ALIVE).digest());
    sendsToTheOtherAlone();
    isNotPromoted(strait.ended(request), "west-0 waited-for: it has a place in FIRST n");
  }

  /** Commits waited for it when the plan was made, and who confirmed since is not read any more. */
  @Test
  void no_more_is_lost_than_the_plan_says_that_was_approved() {
    members().commitsWaitFor("east-0", "FIRST 1 (west_0, east_1)");
    String request = approved(ALIVE, strait.run(ALIVE).digest());
    beforeFirst("LAST_LOOK", () -> members().kill("east-1"));
    isNotPromoted(
        strait.ended(request),
        "west-0 lost-commits: unknown: 1 of the 2 standbys of which commits waited for 1 were"
            + " read");
  }

  /** It ended in an orderly way, and its last WAL came to nobody. */
  @Test
  void what_the_old_disk_is_known_to_have_more_counts_as_lost_too() {
    settles("{maxLossBytes: 0}");
    members().commitsWaitFor("east-0", "");
    String without = ALIVE.replace("primary-gone", "primary-gone,fetch-wal");
    String request = approved(without, strait.run(without).digest());
    beforeFirst(
        "FENCE",
        () -> {
          members().cut("east-0", true);
          members().write("east-0");
          Strait.unreadableWal(members(), "east-0");
        });
    beforeFirst("LAST_LOOK", () -> members().cut("east-0", false));
    isNotPromoted(
        strait.ended(request),
        "west-0 loss-limit: 0 bytes behind the furthest standby that was read, at least 156 bytes"
            + " behind the disk of east-0");
  }

  /** Its host is silent, its server is not: it follows nobody, and may have more all the same. */
  @Test
  void a_standby_that_can_not_follow_is_asked_what_it_has_too() {
    settles("{maxLossBytes: 0}");
    strait.world().trouble().hostAnswers("e1", false);
    String request = approved(ALIVE, strait.run(ALIVE).digest());
    sendsToTheOtherAlone();
    isNotPromoted(strait.ended(request), " bytes behind the furthest standby that was read");
  }

  /** Whoever is set apart in the catalogue was told of commits that no standby has. */
  @Test
  void who_waits_for_nobody_is_told_beside_the_claim_of_zero_loss() {
    Strait.unwaited(members(), "role batch in database shop: off");
    members().kill("east-0");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.checks())
        .filteredOn(row -> row.verdict() == CheckRow.Judged.WARNING)
        .singleElement()
        .extracting(CheckRow::inWords)
        .asString()
        .startsWith("asynchronous-commits: role batch in database shop: off");
    assertThat(strait.run(approved(OVER, plan.digest())).headline())
        .endsWith(
            "lost: no commit that was acknowledged, if commits waited as its host's configuration"
                + " has it; but commits of these roles or databases wait for no standby, and what"
                + " is lost of them is unknown: role batch in database shop: off");
  }

  /** What it says now was not so all the time. */
  @Test
  void a_set_that_differs_from_that_of_the_plan_says_nothing_sure() {
    members().commitsWaitFor("east-0", "");
    Strait.unreadableWal(members(), "east-0");
    members().kill("east-0");
    String request = approved(ALONE, strait.run(ALONE).digest());
    beforeFirst(
        "OBSERVE_AGAIN", () -> members().commitsWaitFor("east-0", "ANY 1 (east_1, west_0)"));
    assertThat(strait.run(request).headline())
        .endsWith(
            "lost: unknown: commits waited for no standby when the plan was made, and for ANY 1"
                + " (east_1, west_0) right before it was done");
  }
}
