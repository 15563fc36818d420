package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a run does to directories beside those that it makes, over the cluster in memory. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ResilverDirectoriesTest {
  private static final String OLD = "/data/west-0.mooring-old-2025010100000";

  private final TestBed bed = new TestBed(new FakeCluster(Harbour.strait()), ResilverImpl.class);

  @AfterEach
  void close() {
    assertThat(bed.world().members().twoWriters()).isEmpty();
    bed.close();
  }

  private ResilverWorkflow stub(String id) {
    return bed.client().newWorkflowStub(ResilverWorkflow.class, TestBed.options(id));
  }

  private static String request(String more) {
    return "{'cluster':'strait','by':'alice'" + more + "}";
  }

  private Plan planned(String more) {
    stub("plan").resilver(Typed.json(request(",'mode':'plan'" + more)));
    return bed.client().newUntypedWorkflowStub("plan").query("plan", Plan.class);
  }

  private String approved(String more) {
    return request(more + ",'mode':'execute','digest':'" + planned(more).digest() + "'");
  }

  private ResilverResult executed(String json) {
    try {
      return stub("resilver").resilver(Typed.json(json));
    } finally {
      bed.closeChildren();
    }
  }

  @Test
  void old_directories_of_earlier_runs_go_and_what_others_kept_stays() {
    bed.world().members().kill("west-0");
    bed.world().directories().spoil("west-0");
    bed.world().directories().keptByHand("west-0", OLD + 1);
    bed.world().directories().keptByARun("west-0", OLD + 2);
    bed.world().directories().keptByARun("west-0", OLD + 3);
    bed.world().directories().keptByHand("west-0", OLD + 4);
    assertThat(executed(approved("")).headline()).contains("west-0 by BASE_BACKUP");
    assertThat(bed.world().directories().aside("west-0"))
        .contains(OLD + 1, OLD + 4)
        .doesNotContain(OLD + 2);
  }

  @Test
  void of_one_that_only_follows_nothing_is_removed_for_nobody_approved_it() {
    bed.world().members().kill("west-0");
    bed.world().members().write("east-0");
    bed.world().directories().keptByARun("west-0", OLD + 1);
    bed.world().directories().keptByARun("west-0", OLD + 2);
    assertThat(executed(request(",'mode':'execute'")).headline())
        .startsWith("good standbys again: west-0 by FOLLOW");
    assertThat(bed.world().directories().aside("west-0")).containsExactly(OLD + 1, OLD + 2);
  }
}
