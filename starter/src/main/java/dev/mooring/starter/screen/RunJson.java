package dev.mooring.starter.screen;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.PlanTable;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.starter.temporal.RunEnding;
import dev.mooring.starter.temporal.RunReference;
import dev.mooring.wire.FactsJson;
import java.util.List;

/** A run's ending and plan for programs; see {@code docs/reference/run-json.md}. */
public final class RunJson {
  private static final int FORMAT_VERSION = 1;

  private RunJson() {}

  /**
   * Indented JSON.
   *
   * @param plan the plan of a run in mode plan; {@link Plan#UNKNOWN} for a run that acted
   */
  public static String of(RunReference run, RunEnding ending, Plan plan) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format_version", FORMAT_VERSION)
        .put("workflow_id", run.workflowId())
        .put("run", run.runId());
    ending(json, ending);
    if (!plan.digest().isEmpty()) {
      plan(json.putObject("plan"), plan);
    }
    return json.toPrettyString();
  }

  private static void ending(ObjectNode json, RunEnding ending) {
    if (ending instanceof RunEnding.Completed completed) {
      json.put("outcome", completed.outcome()).put("headline", completed.headline());
      checks(json.putArray("checks"), completed.checks());
      completed.degraded().forEach(json.putArray("degraded")::add);
      ArrayNode proof = json.putArray("proof");
      for (Receipt.ProofRecord one : completed.proof()) {
        FactsJson.into(
            proof.addObject().put("subject", one.subject()).putArray("facts"), one.facts());
      }
    } else if (ending instanceof RunEnding.Ended ended) {
      EndingRecord record = ended.record();
      json.put("outcome", record.outcome())
          .put("code", record.code())
          .put("headline", record.headline())
          .put("hint", record.hint())
          .put("receipt", record.receipt());
    } else if (ending instanceof RunEnding.Closed closed) {
      json.put("outcome", "closed").put("headline", closed.how());
    }
  }

  private static void checks(ArrayNode json, List<CheckRow> rows) {
    for (CheckRow row : rows) {
      json.addObject()
          .put("id", row.id())
          .put("subject", row.subject())
          .put("seen", row.seen())
          .put("limit", row.limit())
          .put("verdict", row.verdict().name())
          .put("rule", row.rule())
          .put("remedy", row.remedy());
    }
  }

  private static void plan(ObjectNode json, Plan plan) {
    json.put("digest", plan.digest());
    plan.objects().forEach(json.putArray("objects")::add);
    plan.steps().forEach(json.putArray("steps")::add);
    FactsJson.into(json.putArray("measured"), plan.measured());
    for (PlanTable table : plan.tables()) {
      ArrayNode rows = json.putArray(table.title());
      for (PlanTable.Row row : table.rows()) {
        ObjectNode object = rows.addObject();
        for (int at = 0; at < row.cells().size(); at++) {
          object.put(table.headings().get(at).replace(' ', '_'), row.cells().get(at));
        }
      }
    }
    plan.byHand().forEach(json.putArray("byHand")::add);
  }
}
