package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakePatroni;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.status.ClusterStatusImpl;
import dev.mooring.runbook.status.StatusResult;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Patroni promotes by itself: status tells of it, until a person says that it is well. */
class AdoptionByPatroniTest {
  private final TestBed bed =
      new TestBed(
          new FakeCluster(Strait.byPatroni()), ReplicationSetupImpl.class, ClusterStatusImpl.class);
  private final FakePatroni patroni = bed.patroni();

  @AfterEach
  void close() {
    bed.close();
  }

  private ReplicationResult asked(String more) {
    try {
      return bed.client()
          .newWorkflowStub(ReplicationSetupWorkflow.class, TestBed.options("adopt"))
          .setUp(Typed.run("{'cluster':'strait','act':'adopt','by':'alice'," + more + "}"));
    } finally {
      bed.closeChildren();
    }
  }

  private ReplicationResult adopted(String id) {
    asked("'instances':'" + id + "'");
    Plan plan = bed.client().newUntypedWorkflowStub("adopt").query("plan", Plan.class);
    return asked("'instances':'" + id + "','mode':'execute','digest':'" + plan.digest() + "'");
  }

  private StatusResult status() {
    return bed.status(Typed.json("{'cluster':'strait'}"));
  }

  private List<String> reported() {
    return status().findings().stream()
        .filter(finding -> finding.verdict() != Judged.GOOD)
        .map(finding -> finding.inShort() + ": " + finding.remedy())
        .filter(line -> line.contains("Patroni"))
        .toList();
  }

  @Test
  void whom_it_let_lead_is_named_and_all_others_it_may_promote() {
    patroni.authoritySays("west-0", "none");
    assertThat(adopted("east-0").changed())
        .containsExactly(
            "the authority names east-0",
            "the host of east-1 lets Patroni promote it",
            "the host of west-0 lets Patroni promote it");
    assertThat(bed.world().members().authorityOf("east-0")).isEqualTo("east-0");
    assertThat(bed.world().members().authorityOf("east-1")).isEqualTo("patroni");
    assertThat(bed.world().members().authorityOf("west-0")).isEqualTo("patroni");
    assertThat(reported()).isEmpty();
  }

  @Test
  void a_promotion_of_its_own_is_told_with_the_command_that_adopts_it() {
    adopted("east-0");
    patroni.promote("west-0");
    assertThat(reported())
        .singleElement()
        .asString()
        .startsWith(
            "Patroni promotions: Patroni's leader is west-0, and Mooring's authority names east-0"
                + " since epoch ")
        .endsWith(": `mooring adopt strait west-0`, if it is to be the leader");
    adopted("west-0");
    assertThat(reported()).isEmpty();
    assertThat(bed.world().members().authorityOf("east-0")).isEqualTo("patroni");
  }

  /** Patroni may move its leader after the look that the plan was made of. */
  @Test
  void one_that_does_not_accept_writes_any_more_on_its_host_is_not_named() {
    AtomicBoolean moved = new AtomicBoolean();
    bed.faults()
        .before(
            call -> call.method().equals("ensureAdopted") && moved.compareAndSet(false, true),
            () -> patroni.promote("west-0"));
    assertThatThrownBy(() -> adopted("east-0"))
        .hasStackTraceContaining("east-0 does not accept writes");
    assertThat(bed.world().members().authorityOf("east-0")).isNotEqualTo("east-0");
  }

  /** That Patroni decides names no member: whoever it promoted there is the one. */
  @Test
  void whom_patroni_may_promote_by_the_latest_authority_is_adopted_without_an_override() {
    patroni.authoritySays("east-1", "none");
    patroni.authoritySays("west-0", "none");
    adopted("east-0");
    assertThat(bed.world().members().authorityOf("east-1")).isEqualTo("patroni");
    patroni.promote("east-1");
    assertThat(adopted("east-1").outcome()).isEqualTo("Completed");
    assertThat(bed.world().members().authorityOf("east-1")).isEqualTo("east-1");
  }

  @Test
  void two_leaders_are_a_split_brain_before_anything_else() {
    adopted("east-0");
    patroni.leadsToo("west-0");
    patroni.stop("east-1");
    StatusResult status = status();
    assertThat(status.headline()).startsWith("Patroni leader: [east-0, west-0] accept writes; ");
    assertThat(status.findings().get(0).remedy()).contains("docs/operations/split-brain.md");
    assertThat(status.findings().stream().skip(1))
        .isNotEmpty()
        .allMatch(row -> row.remedy().startsWith("first end the split brain, then "));
  }

  @Test
  void a_store_that_is_silent_stands_in_the_first_line() {
    adopted("east-0");
    patroni.storeAway(true);
    StatusResult status = status();
    assertThat(status.headline())
        .contains("PATRONI'S STORE IS SILENT, so Patroni promotes no member");
    assertThat(status.findings())
        .filteredOn(finding -> finding.verdict() == Judged.WRONG)
        .filteredOn(finding -> finding.is("dcs", "Patroni"))
        .singleElement()
        .extracting(CheckRow::seen)
        .asString()
        .endsWith("; its leader stops");
  }
}
