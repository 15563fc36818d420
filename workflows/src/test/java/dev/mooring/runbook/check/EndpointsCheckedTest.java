package dev.mooring.runbook.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A check warns of what the plan of a move would refuse. */
class EndpointsCheckedTest {
  private final TestBed bed = new TestBed(Strait.cluster());

  @AfterEach
  void close() {
    bed.close();
  }

  private List<CheckRow> ofEndpoints() {
    return bed.check(Typed.json("{'cluster':'strait'}")).rows().stream()
        .filter(row -> List.of("pooler", "balancer").contains(row.subject()))
        .toList();
  }

  @Test
  void databases_that_a_move_leaves_behind_and_silent_endpoints_are_warnings() {
    assertThat(ofEndpoints()).extracting(CheckRow::verdict).containsExactly(Judged.GOOD);
    bed.world().endpoints().others("pooler", "reports");
    bed.world().endpoints().away("balancer", true);
    assertThat(ofEndpoints()).extracting(CheckRow::verdict).containsOnly(Judged.WARNING);
    assertThat(ofEndpoints())
        .extracting(CheckRow::inShort)
        .containsExactly(
            "balancer endpoint: UNKNOWN: balancer does not answer",
            "pooler databases-left-behind: reports");
  }
}
