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
  void what_a_move_would_refuse_of_endpoints_is_a_warning() {
    assertThat(ofEndpoints()).extracting(CheckRow::verdict).containsOnly(Judged.GOOD);
    bed.world().endpoints().others("pooler", "reports");
    bed.world().endpoints().fileSays("pooler", "; can't be replaced by mooring");
    bed.world().endpoints().away("balancer", true);
    assertThat(ofEndpoints())
        .filteredOn(row -> row.verdict() == Judged.WARNING)
        .extracting(CheckRow::inShort)
        .containsExactly(
            "balancer endpoint: UNKNOWN: balancer does not answer",
            "pooler databases-file: east-0; can't be replaced by mooring",
            "pooler databases-left-behind: reports");
    assertThat(ofEndpoints()).extracting(CheckRow::verdict).doesNotContain(Judged.WRONG);
  }
}
