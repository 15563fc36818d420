package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Strait;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.switchover.SwitchoverBed;
import dev.mooring.topology.Cluster;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clocks of hosts that do not agree. */
class ClockChecksTest {
  private static final int EAST_0 = 0;
  private static final int EAST_1 = 1;
  private static final int WEST_0 = 2;

  /** What a standby sends bears its own clock's time, so its silence is measured by that alone. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3600 | 3  | 3603 | ''",
        "-40  | 3  | 0    | ''",
        "-40  | 20 | 0    | east-1 walsender-reply: 20 s ago",
        "0    | 20 | 20   | east-1 walsender-reply: 20 s ago",
      })
  void a_clock_that_is_wrong_is_told_and_makes_no_standby_silent(
      long behind, long silent, long apparently, String words) {
    ObservedMembers all = PreflightTest.observed();
    Sender sender = all.members().get(EAST_0).senders().get(0);
    long clock = 1_700_000_000_000L;
    long theirs = clock - behind * 1000;
    ObservedMembers seen =
        at(
            EAST_1,
            theirs,
            at(
                EAST_0,
                clock,
                Altered.of(
                    all,
                    "members.0.replication.senders.0",
                    new Sender(
                        sender.application(),
                        sender.address(),
                        sender.state(),
                        sender.sync(),
                        sender.lagBytes(),
                        sender.slot(),
                        apparently,
                        theirs - silent * 1000,
                        sender.positions()))));
    List<CheckRow> rows = rows(seen);
    assertThat(CheckRows.against(rows))
        .hasSize(words.isEmpty() ? 0 : 1)
        .allSatisfy(row -> assertThat(row).startsWith(words));
    assertThat(rows)
        .filteredOn(row -> row.is("clock", "east-1"))
        .singleElement()
        .satisfies(
            row ->
                assertThat(row.verdict())
                    .isEqualTo(Math.abs(behind) > 15 ? Judged.WARNING : Judged.GOOD));
  }

  /** As where a site's worker begins anew while it is asked: nobody was silent, no clock wrong. */
  @ParameterizedTest
  @CsvSource({"1, west-0, 1", "1, east-0, 1", "2, west-0, 0", "2, east-0, 0"})
  void answers_that_lie_apart_are_asked_for_again_and_else_not_compared(
      int times, String late, int compared) {
    try (SwitchoverBed strait = new SwitchoverBed(Strait.cluster())) {
      strait.world().replication().answersLate(late, times);
      RoleChangeResult plan = strait.run(SwitchoverBed.TO_WEST);
      assertThat(CheckRows.against(plan.checks())).isEmpty();
      assertThat(plan.checks())
          .filteredOn(row -> row.is("clock", "west-0"))
          .hasSize(compared)
          .allSatisfy(row -> assertThat(row.seen()).isEqualTo("as that of east-0"));
    }
  }

  /** Which of them is asked late, and whose clock is wrong: none of them was silent. */
  @ParameterizedTest
  @CsvSource({
    "west-0, east-0, 3600",
    "west-0, west-0, -3600",
    "east-0, east-0, 3600",
    "east-0, west-0, -3600",
    "west-0, west-0, 3600"
  })
  void answers_that_lie_apart_let_no_clock_make_a_standby_silent(
      String late, String wrong, long ahead) {
    try (SwitchoverBed strait = new SwitchoverBed(Strait.cluster())) {
      strait.world().replication().answersLate(late, 2);
      strait.world().replication().clockAhead(wrong, ahead);
      RoleChangeResult plan = strait.run(SwitchoverBed.TO_WEST);
      assertThat(CheckRows.against(plan.checks())).isEmpty();
    }
  }

  private static List<CheckRow> rows(ObservedMembers seen) {
    Cluster cluster = Strait.cluster();
    Move move = new Move(cluster, cluster.members().get(EAST_0), cluster.members().get(WEST_0));
    return Preflight.of(move, seen, List.of());
  }

  private static ObservedMembers at(int member, long clock, ObservedMembers observed) {
    Standing now = observed.members().get(member).standing();
    return Altered.of(
        observed,
        "members." + member + ".standing",
        new Standing(
            now.inRecovery(), now.timeline(), now.received(), now.replay(), clock, now.more()));
  }
}
