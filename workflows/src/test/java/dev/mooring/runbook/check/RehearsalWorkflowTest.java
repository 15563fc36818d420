package dev.mooring.runbook.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.StreamingWorld.PowerSwitch;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.wire.RawRequest;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fences are rehearsed when that is asked for, and every check says when they were last. */
class RehearsalWorkflowTest {
  private static final RawRequest CHECK = Typed.json("{'cluster':'harbour'}");
  private static final RawRequest REHEARSE =
      Typed.json("{'cluster':'harbour','fences':'rehearse'}");
  private static final String REHEARSED = "last-rehearsal";
  private static final String IN_PART =
      ", in part, without guarded-launcher, systemd-unit: all refuse";

  private final TestBed bed = new TestBed(Harbour.cluster(2));

  @AfterEach
  void close() {
    bed.close();
  }

  private static CheckRow row(CheckResult result, String id, String subject) {
    List<CheckRow> found = result.rows().stream().filter(row -> row.is(id, subject)).toList();
    assertThat(found).as("%s of %s in %s", id, subject, result.rows()).hasSize(1);
    return found.get(0);
  }

  private static List<CheckRow> rows(CheckResult result, Judged judged) {
    return result.rows().stream().filter(row -> row.verdict() == judged).toList();
  }

  private List<String> rehearsals() {
    return bed.faults().calls().stream()
        .filter(call -> call.method().equals("ensureRehearsed"))
        .map(call -> call.step())
        .toList();
  }

  @Test
  void a_check_that_was_not_asked_to_rehearses_nothing_and_says_never() {
    CheckResult result = bed.check(CHECK);

    assertThat(result.worst()).isEqualTo(Judged.GOOD);
    assertThat(row(result, REHEARSED, "east-0").seen()).isEqualTo("never");
    assertThat(row(result, REHEARSED, "west-0").limit())
        .isEqualTo("`mooring rehearse harbour` rehearses its fences");
    assertThat(rehearsals()).isEmpty();
  }

  @Test
  void every_host_rehearses_and_what_it_could_not_rehearse_is_never_good() {
    CheckResult result = bed.check(REHEARSE);

    assertThat(rehearsals()).hasSize(2).containsOnly("REHEARSE");
    assertThat(result.headline())
        .isEqualTo("harbour: rehearsal passed in part: 20 of 28 proofs hold, 8 not rehearsed");
    for (String member : List.of("east-0", "east-1", "west-0", "west-1")) {
      assertThat(row(result, "configuration-fence", member).verdict()).isEqualTo(Judged.GOOD);
      assertThat(row(result, "control-start", member).verdict()).isEqualTo(Judged.GOOD);
      assertThat(row(result, "guarded-launcher", member).verdict()).isEqualTo(Judged.WARNING);
      assertThat(row(result, "guarded-launcher", member).seen()).startsWith("NOT REHEARSED: ");
      assertThat(row(result, "systemd-unit", member).verdict()).isEqualTo(Judged.WARNING);
      assertThat(row(result, "systemd-unit", member).limit())
          .startsWith("its own start check refuses");
    }
    assertThat(result.worst()).isEqualTo(Judged.WARNING);
    assertThat(rows(result, Judged.WARNING)).hasSize(8);
  }

  @Test
  void a_rehearsal_looks_at_nothing_else() {
    bed.check(REHEARSE);

    assertThat(bed.faults().calls())
        .extracting(Called::step)
        .contains("REHEARSE")
        .doesNotContain("LOOK");
  }

  @Test
  void later_checks_read_its_record() {
    bed.check(REHEARSE);

    CheckResult result = bed.check(CHECK);

    assertThat(result.worst()).isEqualTo(Judged.GOOD);
    assertThat(row(result, REHEARSED, "east-1").seen()).contains(" ago" + IN_PART);
  }

  @Test
  void a_fence_that_does_not_hold_is_wrong_and_stays_told_until_a_rehearsal_passes() {
    Strait.ignoresFences(bed.world(), "w0", true);
    CheckResult broken = bed.check(REHEARSE);
    CheckResult later = bed.check(CHECK);
    Strait.ignoresFences(bed.world(), "w0", false);
    CheckResult fixed = bed.check(REHEARSE);

    assertThat(broken.headline()).startsWith("harbour: rehearsal FAILED: ");
    assertThat(rows(broken, Judged.WRONG))
        .extracting(CheckRow::title)
        .containsExactly(
            "west-0 configuration-fence",
            "west-0 fenced-launcher",
            "west-1 configuration-fence",
            "west-1 fenced-launcher");
    assertThat(rows(later, Judged.WARNING)).hasSize(2);
    assertThat(row(later, REHEARSED, "west-0").seen()).contains("FAILED: the server starts");
    assertThat(row(later, REHEARSED, "west-0").remedy()).contains("`mooring rehearse harbour`");
    assertThat(rows(fixed, Judged.WRONG)).isEmpty();
  }

  @Test
  void a_host_that_does_not_answer_keeps_no_other_from_its_rehearsal() {
    bed.world().trouble().hostAnswers("w0", false);

    CheckResult result = bed.check(REHEARSE);

    assertThat(row(result, "rehearsal", "w0").seen()).startsWith("UNKNOWN: ");
    assertThat(row(result, "configuration-fence", "east-0").verdict()).isEqualTo(Judged.GOOD);
    assertThat(row(result, "configuration-fence", "east-1").verdict()).isEqualTo(Judged.GOOD);
    assertThat(row(bed.check(CHECK), REHEARSED, "east-0").seen()).contains(" ago" + IN_PART);
  }

  @Test
  void one_whose_reply_was_lost_is_rehearsed_anew() {
    bed.faults().plan(call -> call.method().equals("ensureRehearsed"), Fault.LOSES_REPLY);

    CheckResult result = bed.check(REHEARSE);

    assertThat(rows(result, Judged.WRONG)).isEmpty();
    assertThat(row(result, "configuration-fence", "east-0").verdict()).isEqualTo(Judged.GOOD);
  }

  @Test
  void a_record_that_is_not_whole_is_wrong_and_no_age_is_told() {
    bed.check(REHEARSE);
    Strait.tearsRehearsals(bed.world(), "w0");

    CheckResult result = bed.check(CHECK);

    assertThat(row(result, REHEARSED, "west-0").verdict()).isEqualTo(Judged.WRONG);
    assertThat(row(result, REHEARSED, "west-0").seen()).startsWith("UNKNOWN: ");
  }

  @Test
  void a_greenplum_has_no_fences_and_no_rows_about_them() {
    try (TestBed dock = new TestBed(Harbour.dock())) {
      Ended refused =
          TestBed.ended(() -> dock.check(Typed.json("{'cluster':'dock','fences':'rehearse'}")));
      CheckResult usual = dock.check(Typed.json("{'cluster':'dock'}"));

      assertThat(refused.type()).isEqualTo("Refused");
      assertThat(refused.message()).contains("dock has no fences to be rehearsed");
      assertThat(usual.rows()).noneMatch(row -> row.id().equals(REHEARSED));
    }
  }

  @Test
  void what_is_done_about_fences_is_one_of_two_words() {
    Ended refused =
        TestBed.ended(() -> bed.check(Typed.json("{'cluster':'harbour','fences':'burn'}")));

    assertThat(refused.message()).contains("fences: must be one of look, rehearse, got 'burn'");
  }

  /** No fence of a move is written there, so no row says that one holds. */
  @Test
  void where_patroni_runs_the_members_there_are_no_rows_of_fences() {
    try (TestBed strait = new TestBed(Strait.byPatroni())) {
      CheckResult result = strait.check(Typed.json("{'cluster':'strait','fences':'rehearse'}"));
      CheckRow asked = row(result, "mooring-patroni", "east-0");
      assertThat(asked.seen()).startsWith("NOT REHEARSED: ");
      assertThat(asked.remedy()).contains("`mooring adopt` of the leader");
      assertThat(result.rows())
          .filteredOn(row -> row.subject().equals("east-0"))
          .extracting(CheckRow::id)
          .isNotEmpty()
          .doesNotContain(
              "configuration-fence",
              "fenced-launcher",
              "guarded-launcher",
              "guard",
              "guard-after-reboot",
              "systemd-unit",
              "control-start");
    }
  }

  private static CheckRow ofItsPower(PowerSwitch behaves, Consumer<TestBed> trouble) {
    String fences =
        "{fences: [{host: e0, from: west, command: off, check: is-off, within: PT10S}]}";
    try (TestBed strait = new TestBed(Strait.synchronous(fences))) {
      Strait.powerSwitch(strait.world(), "e0", behaves);
      trouble.accept(strait);
      CheckResult result = strait.check(Typed.json("{'cluster':'strait','fences':'rehearse'}"));
      assertThat(result.rows()).noneMatch(row -> row.is("fence-command-check", "west-0"));
      return row(result, "fence-command-check", "east-0");
    }
  }

  /** A check that tells nothing of a host that is on would not tell when it is off. */
  @Test
  void the_check_of_a_fence_command_is_rehearsed_where_the_command_would_be_run() {
    assertThat(ofItsPower(PowerSwitch.WORKS, bed -> {}).verdict()).isEqualTo(Judged.GOOD);
    assertThat(ofItsPower(PowerSwitch.SAYS_OFF, bed -> {}).verdict()).isEqualTo(Judged.WRONG);
    assertThat(ofItsPower(PowerSwitch.TELLS_NOTHING, bed -> {}).verdict()).isEqualTo(Judged.WRONG);
    CheckRow unasked =
        ofItsPower(
            PowerSwitch.WORKS,
            bed -> bed.faults().plan(call -> call.method().equals("observePower"), Fault.FAILS));
    assertThat(unasked.verdict()).isEqualTo(Judged.WRONG);
    assertThat(unasked.remedy()).startsWith("fix failover.fences[].check");
  }
}
