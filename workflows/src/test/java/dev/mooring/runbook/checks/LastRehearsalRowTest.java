package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LastRehearsalRowTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final InstanceId EAST = new InstanceId("east-0");

  @Test
  void it_says_how_long_ago_and_what_was_left_out() {
    LastRehearsal inPart =
        new LastRehearsal(
            EAST,
            NOW.minus(Duration.ofDays(3)),
            true,
            "run",
            "all refuse",
            List.of(Proof.FENCE),
            List.of(Proof.UNIT));

    assertThat(
            LastRehearsalRow.of(
                new ClusterName("strait"),
                EAST,
                new RehearsalsObserved(new HostName("e0"), List.of(inPart), List.of()),
                NOW))
        .isEqualTo(
            CheckRow.good(
                "last-rehearsal",
                EAST,
                "3 d ago, in part, without systemd-unit: all refuse",
                "passed"));
  }
}
