package dev.mooring.starter.screen;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.PlanTable;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.starter.temporal.RunEnding;
import dev.mooring.starter.temporal.RunReference;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunJsonTest {
  private static final CheckRow LAG =
      CheckRow.must(false, "walsender-lag", "east-1", "20 MB", "at most 16 MB", "wait");

  private static final RunReference RUN =
      new RunReference("mooring:harbour:switchover:plan", "01a1", "Switchover");

  @Test
  void a_plan_is_told_with_its_digest_and_what_was_measured() throws JsonProcessingException {
    Plan plan =
        new Plan(
            "c4534a",
            new Plan.Origin("Switchover", "file"),
            List.of("west-0: standby, becomes primary"),
            List.of("PAUSE: hold the clients"),
            List.of(new Fact("lag of west_0", "0 bytes; must be at most 16777216: good", true)),
            List.of(
                new PlanTable(
                    "candidates",
                    List.of("candidate", "bytes lost"),
                    List.of(new PlanTable.Row(List.of("west-0", "0"))),
                    List.of())),
            List.of("of what was seen at noon"));

    JsonNode json =
        json(
            new RunEnding.Completed(
                "planned", "all is well", "", List.of(LAG), List.of(), List.of(), List.of()),
            plan);

    assertThat(json.at("/workflow_id").asText()).isEqualTo("mooring:harbour:switchover:plan");
    assertThat(json.at("/run").asText()).isEqualTo("01a1");
    assertThat(json.at("/outcome").asText()).isEqualTo("planned");
    assertThat(json.at("/checks/0/id").asText()).isEqualTo("walsender-lag");
    assertThat(json.at("/checks/0/subject").asText()).isEqualTo("east-1");
    assertThat(json.at("/checks/0/verdict").asText()).isEqualTo("WRONG");
    assertThat(json.at("/plan/digest").asText()).isEqualTo("c4534a");
    assertThat(json.at("/plan/objects/0").asText()).isEqualTo("west-0: standby, becomes primary");
    assertThat(json.at("/plan/steps/0").asText()).isEqualTo("PAUSE: hold the clients");
    assertThat(json.at("/plan/measured/0/name").asText()).isEqualTo("lag of west_0");
    assertThat(json.at("/plan/measured/0/good").asBoolean()).isTrue();
    assertThat(json.at("/plan/candidates/0/bytes_lost").asText()).isEqualTo("0");
    assertThat(json.at("/plan/byHand/0").asText()).isEqualTo("of what was seen at noon");
  }

  @Test
  void what_was_done_is_told_with_its_proof_and_without_a_plan() throws JsonProcessingException {
    RunEnding done =
        new RunEnding.Completed(
            "Completed",
            "moved",
            "",
            List.of(),
            List.of("east-1 does not follow"),
            List.of(new ProofRecord("writes", List.of(new Fact("written", "0/50072E0")))),
            List.of());

    JsonNode json = json(done, Plan.UNKNOWN);

    assertThat(json.at("/degraded/0").asText()).isEqualTo("east-1 does not follow");
    assertThat(json.at("/proof/0/subject").asText()).isEqualTo("writes");
    assertThat(json.at("/proof/0/facts/0/value").asText()).isEqualTo("0/50072E0");
    assertThat(json.has("plan")).isFalse();
  }

  @Test
  void what_was_refused_is_told_with_its_code_and_its_hint() throws JsonProcessingException {
    RunEnding refused =
        new RunEnding.Ended(
            new EndingRecord("Refused", "PREFLIGHT", "west-0 lags", "see the plan", "none"));

    JsonNode json = json(refused, Plan.UNKNOWN);

    assertThat(json.at("/outcome").asText()).isEqualTo("Refused");
    assertThat(json.at("/code").asText()).isEqualTo("PREFLIGHT");
    assertThat(json.at("/hint").asText()).isEqualTo("see the plan");
  }

  @Test
  void what_temporal_closed_is_told_as_that() throws JsonProcessingException {
    JsonNode json = json(new RunEnding.Closed("terminated"), Plan.UNKNOWN);

    assertThat(json.at("/outcome").asText()).isEqualTo("closed");
    assertThat(json.at("/headline").asText()).isEqualTo("terminated");
  }

  private static JsonNode json(RunEnding ending, Plan plan) throws JsonProcessingException {
    return new ObjectMapper().readTree(RunJson.of(RUN, ending, plan));
  }
}
