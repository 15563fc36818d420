package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static dev.mooring.runbook.failover.FailoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.StreamingWorld.PowerSwitch;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.topology.Cluster;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A person's word beside a fence command counts only where nothing at all answers. */
class FailoverAttestedTest {
  private static final Cluster CLUSTER =
      Strait.synchronous(
          "{fences: [{host: e0, from: west, command: off, check: is-off, within: PT10S}]}");

  private final FailoverBed strait = new FailoverBed(CLUSTER);

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  /** SSH is silent and the kernel says that nothing listens: that host is not lost. */
  @Test
  void an_attested_loss_does_not_count_while_something_answers_at_its_host() {
    strait.world().members().kill("east-0");
    strait.bed.faults().plan(call -> call.method().equals("observeOnHost"), Fault.FAILS);
    Strait.powerSwitch(strait.world(), "e0", PowerSwitch.TELLS_NOTHING);
    String over =
        OVER.replace(
            "}",
            ",'by':'alice','lost':'east-0 is lost: its disks"
                + " burnt','overrides':'primary-gone,waited-for,after-reboot','reason':'its site"
                + " burnt'}");
    RoleChangeResult plan = strait.run(over);
    assertThat(plan.checks().toString())
        .contains("something answers at its host or is heard from there: that does not count");
    WorkflowStub run =
        strait.start(approved(over, plan.digest()), headline -> headline.contains("can't go on"));
    assertThat(strait.headline())
        .contains("east-0 is not known to be fenced and may accept writes");
    assertThat(strait.world().members().writers()).isEmpty();
    decide(run, "{'decision':'roll-back','by':'bob','reason':'somebody goes there'}");
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("RolledBack");
  }

  @Test
  void a_host_is_not_powered_off_under_the_candidate() {
    try (FailoverBed shared = new FailoverBed(Strait.onOneHost(CLUSTER))) {
      shared.primaryDiesWithItsHost();
      assertThat(shared.run(OVER).checks().toString())
          .contains("none: its host is silent, the candidate is on it");
    }
  }

  /** Clients of an address come to the old port: the plan names the new one. */
  @Test
  void an_address_of_one_host_for_both_is_reported() {
    Cluster byAddress =
        Strait.cluster(
            "endpoints:\n",
            "endpoints:\n  - {name: vip, virtualIp: {address: 192.0.2.10/24, device: eth0}}\n");
    try (FailoverBed shared = new FailoverBed(Strait.onOneHost(byAddress))) {
      shared.world().members().kill("east-0");
      assertThat(shared.run(OVER).checks().toString()).contains("shared-hosts");
      assertThat(shared.execute(OVER).degraded())
          .contains(
              "vip points at host e0, as before, and at no other port: connect clients to port"
                  + " 7002 of west-0");
    }
  }

  private String lostBy(String overrides) {
    Strait.powerSwitch(strait.world(), "e0", PowerSwitch.TELLS_NOTHING);
    strait.primaryDiesWithItsHost();
    return OVER.replace(
        "}",
        ",'by':'alice','lost':'east-0 is lost: its disks burnt','overrides':'"
            + overrides
            + "','reason':'its site burnt'}");
  }

  /** All that look do so from one machine, and a person knows more. */
  @Test
  void an_attested_loss_counts_where_too_few_looked_and_a_person_overrides_that() {
    String over = lostBy("after-reboot");
    strait.bed.faults().plan(call -> call.method().equals("observeFromHost"), Fault.UNSERVED);
    RoleChangeResult plan = strait.run(over);
    assertThat(plan.outcome()).isEqualTo("would-refuse");
    assertThat(plan.checks().toString())
        .contains("UNKNOWN: its host does not answer, and only 1 of at least 2 machines")
        .contains("plan with `--override primary-gone --reason WHY`");
    RoleChangeResult result = strait.execute(over.replace("'after", "'primary-gone,after"));
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.proof().toString()).contains("attested, value=alice: east-0 is lost");
    strait.isPrimary("west-0", "east-1");
  }

  /** By then it is not lost. */
  @Test
  void an_attested_loss_is_judged_again_under_the_locks() {
    String over = lostBy("after-reboot");
    RoleChangeResult plan = strait.run(over);
    assertThat(plan.outcome()).isEqualTo("planned");
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.step().equals("OBSERVE_AGAIN"),
            () -> strait.world().trouble().hostAnswers("e0", true));
    Ended ended = strait.ended(approved(over, plan.digest()));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(strait.world().members().writers()).isEmpty();
  }

  /** Whoever means another cluster, or another primary, attests nothing of this one. */
  @ParameterizedTest
  @ValueSource(strings = {"burnt", "east-1 is lost: burnt", "east-0 is lost: "})
  void an_attested_loss_names_the_primary_and_says_why(String lost) {
    strait.world().members().kill("east-0");
    Ended ended = strait.ended("{'cluster':'strait','by':'alice','lost':'" + lost + "'}");
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("BAD_INPUT");
    assertThat(ended.record().headline())
        .startsWith("lost: must be 'east-0 is lost: WHY', for east-0 was the primary; got '");
  }

  /** It would say so again and again, whatever became of the host since. */
  @Test
  void a_schedule_attests_no_loss() {
    strait.world().members().kill("east-0");
    WorkflowStub run =
        strait
            .bed
            .client()
            .newUntypedWorkflowStub(
                "Failover",
                WorkflowOptions.newBuilder(strait.options())
                    .setTypedSearchAttributes(
                        SearchAttributes.newBuilder()
                            .set(SearchAttributeKey.forKeyword("TemporalScheduledById"), "nightly")
                            .build())
                    .build());
    run.start(Typed.run("{'cluster':'strait','by':'alice','lost':'east-0 is lost: burnt'}"));
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.record().headline()).startsWith("lost: a schedule attests no loss");
  }
}
