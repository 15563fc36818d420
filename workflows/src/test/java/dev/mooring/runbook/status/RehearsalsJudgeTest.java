package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CheckRow;
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

  private static final String ASKED = ": a failover would wait for an approval";

  private Cluster cluster = Harbour.straitThatAsks();

  private List<CheckRow> findings(RehearsalsObserved... seen) {
    StatusFacts facts =
        new StatusFacts(
            cluster,
            Moored.NOW,
            Moored.seenAlike(new Observed.Seen<>(Moored.evidence(0))),
            List.of(),
            Moored.service(List.of(), false),
            Optional.empty(),
            new StatusFacts.Streaming(
                List.of(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(seen),
                Optional.empty()));
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

  private static CheckRow row(String instance, String seen, String first) {
    return CheckRow.warning("last-rehearsal", instance, seen, "passed", first + REHEARSE);
  }

  @Test
  void those_that_passed_are_counted_with_the_oldest() {
    assertThat(
            findings(
                on("e0", last("east-0", Duration.ofDays(2), true)),
                on("w0", last("west-0", Duration.ofDays(40), true))))
        .containsExactly(
            CheckRow.good(
                "last-rehearsal",
                "",
                "passed for the fences of 2 of the 2 members that were read, the oldest 40 d ago",
                "passed"));
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
            row("east-0", "3 h ago, and FAILED: pg_ctl started it", "fix what failed, then "),
            CheckRow.warning(
                "last-rehearsal",
                "east-1",
                "UNKNOWN: cut off",
                "readable",
                FailureCode.STATE_UNREADABLE.hint()),
            CheckRow.note(
                "last-rehearsal",
                "west-0",
                "never",
                "passed",
                REHEARSE + " tries them while the servers run"));
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
            row("east-0", "40 d ago, failover.automatic allows 30 d" + ASKED, ""),
            row("east-1", "1 d ago, without launcher" + ASKED, ""),
            row("west-0", "never" + ASKED, ""),
            CheckRow.good(
                "last-rehearsal",
                "",
                "passed for the fences of 2 of the 3 members that were read, the oldest 40 d ago",
                "passed"));
  }

  @Test
  void a_host_that_is_silent_says_nothing_of_its_members() {
    assertThat(findings()).isEmpty();
  }
}
