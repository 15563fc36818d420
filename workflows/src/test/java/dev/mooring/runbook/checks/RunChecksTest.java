package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.Approval;
import dev.mooring.runbook.LockSeen;
import dev.mooring.runbook.LockSeen.By;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.SiteName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of other runs and of the approval, before LOCK and after it. */
class RunChecksTest {
  private static final String PLAN = "4f2a";

  private static LockSeen lock(By by, String what, String whyUnread) {
    String id = what.isEmpty() ? "" : "tuesday";
    return new LockSeen(new SiteName("east"), by, id, what, whyUnread);
  }

  private static void is(CheckRow row, String seen, Judged judged, String remedy) {
    assertThat(row.seen()).isEqualTo(seen);
    assertThat(row.verdict()).isEqualTo(judged);
    assertThat(row.remedy()).isEqualTo(remedy.isEmpty() ? "" : row.remedy()).contains(remedy);
    assertThat(row.rule()).isEmpty();
  }

  private static CheckRow only(List<CheckRow> rows) {
    assertThat(rows).extracting(CheckRow::title).containsExactly("east lock");
    return rows.get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "NOBODY             | ''           | no run    | GOOD   | ''",
        "THIS_RUN           | Switchover   | this run  | GOOD   | ''",
        "A_RUN_THAT_IS_OVER | PublishCycle | PublishCycle (workflow tuesday), which is over | GOOD"
            + " | ''",
        "ANOTHER_RUN        | Resilver     | Resilver (workflow tuesday) | WARNING | `mooring"
            + " follow tuesday` shows it: while it is open, LOCK refuses a move (LOCK_HELD)",
        "ANOTHER_RUN        | DrConsume    | DrConsume (workflow tuesday) | WARNING | `mooring"
            + " follow tuesday` shows it: while it is open, LOCK waits for it, at most 2 min",
        "NOT_SEEN           | ''           | unknown: no worker | WARNING | start a worker that"
            + " reads it",
      })
  void before_the_lock_another_holder_is_told_and_stands_against_no_plan(
      By by, String what, String seen, Judged judged, String remedy) {
    is(only(RunChecks.before(List.of(lock(by, what, "no worker")))), seen, judged, remedy);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "THIS_RUN           | Switchover | this run                    | GOOD   | ''",
        "NOBODY             | ''         | no run                      | WRONG  | the lock was"
            + " lost",
        "ANOTHER_RUN        | Resilver   | Resilver (workflow tuesday) | WRONG  | the lock was"
            + " lost",
        "A_RUN_THAT_IS_OVER | Resilver   | Resilver (workflow tuesday), which is over | WRONG |"
            + " the lock was lost",
        "NOT_SEEN           | ''         | unknown: no worker         | WRONG  | plan again",
      })
  void under_the_lock_it_must_be_this_runs_own(
      By by, String what, String seen, Judged judged, String remedy) {
    is(only(RunChecks.underLock(List.of(lock(by, what, "no worker")))), seen, judged, remedy);
  }

  @Test
  void every_site_has_a_row() {
    LockSeen west = new LockSeen(new SiteName("west"), By.NOBODY, "", "", "");
    assertThat(RunChecks.before(List.of(lock(By.NOBODY, "", ""), west)))
        .extracting(CheckRow::title)
        .containsExactly("east lock", "west lock");
  }

  @Test
  void a_plan_that_nobody_approved_yet_says_how_long_a_run_waits_and_for_whom() {
    CheckRow row =
        RunChecks.approval(new Approval("alice", "", "", Approval.USUALLY, 1), PLAN, false);
    is(row, "none yet: a run waits for `mooring approve`, at most 1 d", Judged.GOOD, "");
    assertThat(row.limit())
        .isEqualTo("by one person other than alice, or by its digest in the request");
    assertThat(
            RunChecks.approval(new Approval("", "", "", Approval.USUALLY, 1), PLAN, false).limit())
        .startsWith("by one person other than who asks");
  }

  @Test
  void the_digest_of_this_plan_approves_it_by_who_asks() {
    is(
        RunChecks.approval(new Approval("alice", PLAN, "", Approval.USUALLY, 1), PLAN, false),
        "its digest, given by alice",
        Judged.GOOD,
        "");
  }

  @Test
  void of_two_persons_the_digest_is_the_word_of_one() {
    CheckRow row =
        RunChecks.approval(new Approval("alice", PLAN, "", Approval.USUALLY, 2), PLAN, false);
    is(row, "its digest, given by alice", Judged.WARNING, "another person must approve it");
    assertThat(row.limit()).isEqualTo("by alice, by its digest, and by another person");
    assertThat(RunChecks.approval(ofTwo("alice"), PLAN, false).limit())
        .isEqualTo("by 2 persons other than alice");
    assertThat(RunChecks.approval(ofTwo(""), PLAN, false).limit()).isEqualTo("by 2 persons");
  }

  private static Approval ofTwo(String by) {
    return new Approval(by, "", "", Approval.USUALLY, 2);
  }

  @Test
  void where_only_a_signature_approves_the_digest_is_no_approval() {
    is(
        RunChecks.approval(new Approval("alice", PLAN, "", Approval.USUALLY, 1), PLAN, true),
        "the digest pins the plan; `mooring approve` signs it",
        Judged.WARNING,
        "sign it with `mooring approve`");
  }

  @Test
  void the_digest_of_another_plan_is_told_as_what_will_be_refused() {
    is(
        RunChecks.approval(new Approval("alice", "77e0", "", Approval.USUALLY, 1), PLAN, false),
        "the digest of plan 77e0",
        Judged.WARNING,
        "APPROVE refuses another (PLAN_CHANGED)");
  }

  @Test
  void once_it_was_approved_it_is_told_by_whom_and_else_stands_against_the_move() {
    is(RunChecks.approved(List.of("bob")), "by bob", Judged.GOOD, "");
    is(RunChecks.approved(List.of()), "none", Judged.WRONG, "plan again");
  }
}
