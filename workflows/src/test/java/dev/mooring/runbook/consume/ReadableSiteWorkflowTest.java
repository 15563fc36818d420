package dev.mooring.runbook.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.SiteState;
import dev.mooring.fake.FakeTrouble;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.check.CheckResult;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.ParkMode;
import dev.mooring.wire.RawRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A site that is read where it is moored, and what becomes of it when somebody resumes replay. */
class ReadableSiteWorkflowTest {
  private static final RawRequest HARBOUR = Typed.json("{'cluster':'harbour'}");
  private static final RawRequest CONSUME = Typed.json("{'cluster':'harbour','site':'west'}");

  private static final InstanceId WEST_1 = new InstanceId("west-1");

  private final TestBed bed =
      new TestBed(Harbour.cluster(2, "consume: onPublish,", "parkMode: readable,")).keepTime();
  private final FakeTrouble trouble = bed.world().trouble();

  @AfterEach
  void close() {
    bed.close();
  }

  private String publish() {
    return bed.publish(HARBOUR).restorePoint();
  }

  private SiteState state() {
    return bed.world().state(Harbour.WEST).orElseThrow();
  }

  private static List<String> facts(StatusResult result) {
    return result.findings().stream()
        .filter(finding -> finding.verdict() == Judged.WRONG)
        .map(CheckRow::inShort)
        .toList();
  }

  @Test
  void is_moored_once_every_server_says_that_it_is_paused_at_the_point() {
    String point = publish();

    ConsumeResult consumed = bed.consume(CONSUME);

    assertThat(consumed.headline())
        .isEqualTo("west is moored at " + point + ": 2 of 2 instances proved");
    assertThat(bed.world().copies().observed())
        .extracting(InstanceObserved::process)
        .containsOnly(ServerProcess.RUNNING);
    assertThat(state().instances())
        .allMatch(one -> one.parkMode() == ParkMode.READABLE)
        .extracting(SiteState.ParkedInstance::point)
        .containsExactlyElementsOf(
            bed.world().latest().orElseThrow().contents().stream()
                .map(content -> content.target().lsn().toString())
                .toList());
    assertThat(consumed.proof())
        .allSatisfy(
            proof ->
                assertThat(proof.facts())
                    .extracting(fact -> fact.value())
                    .contains("in recovery, replay paused"));
    assertThat(bed.consume(CONSUME).headline())
        .isEqualTo(
            "west is moored at "
                + point
                + " already: every instance is in recovery and paused there since it was proved");
    StatusResult status = bed.status(HARBOUR);
    assertThat(status.headline()).startsWith("west is moored at " + point);
    assertThat(facts(status)).isEmpty();
    assertThat(status.instances())
        .filteredOn(row -> row.site().equals(Harbour.WEST))
        .allSatisfy(row -> assertThat(row.state()).isEqualTo("parked, readable"));
  }

  @Test
  void waits_for_a_server_that_does_not_answer_at_once_and_asks_no_other_again() {
    publish();
    bed.world().silence(WEST_1, 3);

    assertThat(bed.consume(CONSUME).headline()).endsWith("2 of 2 instances proved");

    assertThat(bed.world().asked(WEST_1)).isEqualTo(4);
    assertThat(bed.world().asked(new InstanceId("west-0"))).isEqualTo(1);
  }

  @Test
  void says_why_a_server_does_not_answer_where_that_does_not_pass() {
    publish();
    bed.world().silence(WEST_1, 1000);

    Ended ended = TestBed.ended(() -> bed.consume(CONSUME));

    assertThat(ended.record().code()).isEqualTo("TARGET_MISMATCH");
    assertThat(ended.record().headline())
        .contains("west-1 is not paused at ", "it does not answer over SQL: connection to ");
    assertThat(bed.world().asked(WEST_1)).isLessThan(10);
  }

  @Test
  void goes_on_to_the_next_point() {
    publish();
    bed.consume(CONSUME);
    bed.world().writeEverywhere(40 << 20);
    String second = publish();

    assertThat(bed.consume(CONSUME).restorePoint()).isEqualTo(second);
    assertThat(bed.world().copies().writable()).isEmpty();
  }

  @Test
  void is_refused_before_anything_is_touched_where_a_setting_is_too_low() {
    publish();
    trouble.limitedTo(1, new StandbyLimits(40, 8, 10, 10, 32));
    List<String> story = bed.world().story();

    Ended ended = TestBed.ended(() -> bed.consume(CONSUME));

    assertThat(ended.record().outcome()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("SETTINGS_TOO_LOW");
    assertThat(ended.record().headline())
        .contains(
            "west-1: max_connections is 40, must be at least 100; west-1:"
                + " max_locks_per_transaction is 32, must be at least 64");
    assertThat(bed.world().story()).isEqualTo(story);
    assertThat(bed.check(HARBOUR).rows())
        .filteredOn(row -> row.is("hot-standby-settings", "west-1"))
        .allSatisfy(row -> assertThat(row.verdict()).isEqualTo(Judged.WRONG));
  }

  @Test
  void a_check_warns_of_it() {
    CheckResult check = bed.check(HARBOUR);

    assertThat(check.rows())
        .filteredOn(row -> row.verdict() != Judged.GOOD)
        .singleElement()
        .satisfies(row -> assertThat(row.title()).isEqualTo("west park-mode"))
        .satisfies(row -> assertThat(row.seen()).contains("pg_wal_replay_resume()"));
  }

  @Test
  void a_resume_that_the_gate_ended_is_named_and_the_next_consume_parks_it_again() {
    String point = publish();
    bed.consume(CONSUME);
    trouble.resume(1);

    StatusResult status = bed.status(HARBOUR);

    assertThat(facts(status))
        .singleElement()
        .satisfies(
            fact ->
                assertThat(fact)
                    .startsWith(
                        "west-1 parked-state: replay of west-1 was resumed by hand, or it was"
                            + " promoted: its restore gate ended it at "));
    assertThat(status.headline())
        .startsWith("west is at " + point)
        .contains("1 of 2 proved, 1 changed since");
    assertThat(bed.check(HARBOUR).rows())
        .filteredOn(row -> row.verdict() == Judged.WRONG)
        .singleElement()
        .satisfies(row -> assertThat(row.title()).isEqualTo("west-1 parked-replay"));
    ConsumeResult again = bed.consume(CONSUME);
    assertThat(again.degraded())
        .anySatisfy(one -> assertThat(one).contains("replay of west-1 was resumed by hand"));
    assertThat(again.headline()).endsWith("2 of 2 instances proved");
    assertThat(bed.world().copies().writable()).isEmpty();
  }

  /** The note of it outlives a start by hand, and nobody but a consume takes it away. */
  @Test
  void a_resume_that_the_gate_ended_is_told_by_the_next_consume_also_after_a_start_by_hand() {
    publish();
    bed.consume(CONSUME);
    trouble.resume(1);
    trouble.startByHand(1);

    String named = "replay of west-1 was resumed by hand, or it was promoted: its restore gate";
    assertThat(facts(bed.status(HARBOUR)))
        .singleElement()
        .satisfies(
            fact ->
                assertThat(fact)
                    .startsWith("west-1 parked-state: " + named)
                    .endsWith("started by hand since"));
    ConsumeResult again = bed.consume(CONSUME);
    assertThat(again.headline()).endsWith("2 of 2 instances proved");
    assertThat(again.degraded()).singleElement().asString().startsWith(named);
    assertThat(bed.check(HARBOUR).rows()).noneMatch(row -> row.verdict() == Judged.WRONG);
    assertThat(bed.consume(CONSUME).headline()).contains("already");
  }

  @Test
  void a_resume_without_the_gate_promotes_and_is_named_by_all_and_never_overwritten() {
    String point = publish();
    bed.consume(CONSUME);
    trouble.withoutGate(1);
    trouble.resume(1);

    StatusResult status = bed.status(HARBOUR);

    assertThat(facts(status))
        .contains(
            "west-1 parked-replay: replay of west-1 was resumed by hand: promoted, it accepts"
                + " writes on timeline 2 and is no longer moored",
            "content 1 primaries: 2 instances accept writes: east-1, west-1");
    assertThat(status.headline()).startsWith("west is at " + point);
    List<String> story = bed.world().story();
    Ended ended = TestBed.ended(() -> bed.consume(CONSUME));
    assertThat(ended.record().code()).isEqualTo("PROMOTED");
    assertThat(ended.record().headline())
        .contains("west-1 is 'in production' on timeline 2")
        .contains("it was parked readable, and its replay was resumed by hand");
    assertThat(bed.world().story()).isEqualTo(story);
    assertThat(state().restorePoint().value()).isEqualTo(point);
  }
}
