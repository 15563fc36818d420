package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.runbook.Observed;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Of the four members of strait, each on a host of its name. */
class RehearsalsJudgeTest {
  private static final String REHEARSE = "`mooring rehearse strait`";

  private Cluster cluster = Harbour.straitThatAsks();

  private List<Finding> findings(RehearsalsObserved... seen) {
    StatusFacts facts =
        new StatusFacts(
            cluster,
            Moored.NOW,
            Moored.seenAlike(new Observed.Seen<>(Moored.evidence(0))),
            List.of(),
            Moored.service(List.of(), false),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(seen),
            Optional.empty());
    return new RehearsalsJudge(facts).findings();
  }

  private static RehearsalsObserved on(String host, LastRehearsal... last) {
    return new RehearsalsObserved(new HostName(host), List.of(last), List.of());
  }

  private static LastRehearsal last(String instance, Duration ago, boolean passed) {
    return new LastRehearsal(
        new InstanceId(instance),
        Moored.NOW.minus(ago),
        passed,
        "run",
        passed ? "all refused" : "pg_ctl started it",
        List.of(Proof.FENCE, Proof.CONTROL),
        List.of());
  }

  @Test
  void those_that_passed_are_counted_with_the_oldest() {
    assertThat(
            findings(
                on("e0", last("east-0", Duration.ofDays(2), true)),
                on("w0", last("west-0", Duration.ofDays(40), true))))
        .containsExactly(
            Finding.note(
                "the fences of 2 of the 2 members that were seen passed their last rehearsal, the"
                    + " oldest 40 d ago",
                ""));
  }

  @Test
  void one_that_failed_can_not_be_read_or_was_never_made_is_named() {
    RehearsalsObserved unread =
        new RehearsalsObserved(
            new HostName("e1"),
            List.of(),
            List.of(
                new InstanceFailure(
                    new InstanceId("east-1"), FailureCode.STATE_UNREADABLE, "cut off")));

    assertThat(findings(on("e0", last("east-0", Duration.ofHours(3), false)), unread, on("w0")))
        .containsExactly(
            Finding.warning(
                "the last rehearsal of the fences of east-0, 3 h ago, FAILED: pg_ctl started it",
                "repair what failed, then " + REHEARSE),
            Finding.warning(
                "when the fences of east-1 were rehearsed can't be read: cut off",
                FailureCode.STATE_UNREADABLE.hint()),
            Finding.note(
                "the fences of west-0 were never rehearsed",
                REHEARSE + " tries them while the servers go on"));
  }

  @Test
  void what_a_failover_without_approval_does_not_accept_is_a_warning() {
    cluster = Harbour.strait();

    assertThat(
            findings(
                on("e0", last("east-0", Duration.ofDays(40), true)),
                on("e1", last("east-1", Duration.ofDays(1), true)),
                on("w0")))
        .containsExactly(
            Finding.warning(
                "the fences of east-0 were rehearsed 40 d ago, failover.automatic allows 30 d: a"
                    + " failover would wait for an approval",
                REHEARSE),
            Finding.warning(
                "the fences of east-1 were rehearsed 1 d ago, without launcher: a failover would"
                    + " wait for an approval",
                REHEARSE),
            Finding.warning(
                "the fences of west-0 were never rehearsed: a failover would wait for an approval",
                REHEARSE),
            Finding.note(
                "the fences of 2 of the 3 members that were seen passed their last rehearsal, the"
                    + " oldest 40 d ago",
                ""));
  }

  @Test
  void a_host_that_is_silent_says_nothing_of_its_members() {
    assertThat(findings()).isEmpty();
  }
}
