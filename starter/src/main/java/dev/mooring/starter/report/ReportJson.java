package dev.mooring.starter.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Receipt;
import dev.mooring.wire.FactsJson;
import java.util.Locale;

/** The report for programs; {@code docs/reference/report.md} describes its fields. */
public final class ReportJson {
  private static final int FORMAT_VERSION = 1;

  private ReportJson() {}

  /** Indented JSON. */
  public static String of(RunReport report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format_version", FORMAT_VERSION);
    who(json.putObject("who"), report);
    what(json.putObject("what"), report.run());
    ArrayNode plans = json.putArray("plans");
    report.run().plans().forEach(plan -> plan(plans.addObject(), plan));
    when(json.putObject("when"), report);
    json.putObject("ending")
        .put("outcome", report.run().ending().outcome())
        .put("code", report.run().ending().code())
        .put("headline", report.run().ending().headline());
    proof(json.putArray("proof"), report.run());
    report.run().seen().degraded().forEach(json.putArray("degraded")::add);
    ArrayNode overrides = json.putArray("overrides");
    report.run().decisions().stream()
        .filter(Receipt.DecisionRecord::isOverride)
        .forEach(
            rule ->
                overrides
                    .addObject()
                    .put("rule", rule.about())
                    .put("by", rule.by())
                    .put("reason", rule.reason()));
    ObjectNode evidence = json.putObject("evidence");
    receipt(evidence.putObject("receipt"), report);
    history(evidence.putObject("history"), report.history());
    return json.toPrettyString();
  }

  private static void who(ObjectNode who, RunReport report) {
    who.put("asked_by", report.run().asked().by())
        .put("reason", report.run().asked().reason())
        .put("started_by", report.history().startedBy());
    ArrayNode decisions = who.putArray("decisions");
    for (Receipt.DecisionRecord decision : report.decisions()) {
      ObjectNode one =
          decisions
              .addObject()
              .put("at", decision.at().toString())
              .put("decision", decision.decision())
              .put("about", decision.about())
              .put("by", decision.by())
              .put("reason", decision.reason());
      decision.signed().forEach(signed -> one.put("signed_with", signed.keyId()));
      if (decision.unsigned()) {
        one.put("unsigned", true);
      }
    }
    ArrayNode messages = who.putArray("messages");
    for (HistoryFacts.Message message : report.history().messages()) {
      messages
          .addObject()
          .put("at", message.at().toString())
          .put("kind", message.kind())
          .put("words", message.words())
          .put("by", message.by())
          .put("reason", message.reason());
    }
  }

  private static void what(ObjectNode what, Receipt run) {
    what.put("runbook", run.run().runbook())
        .put("mode", run.asked().planOnly() ? "plan" : "execute")
        .put("cluster", run.run().cluster().value())
        .put("scope", run.run().scope())
        .put("restore_point", run.ending().restorePoint())
        .put("request", run.asked().requestJson())
        .put("cluster_file_digest", run.asked().clusterFileDigest())
        .put("workflow_id", run.run().workflowId())
        .put("run", run.run().originalRun());
  }

  private static void plan(ObjectNode node, Receipt.PlanRecord plan) {
    node.put("digest", plan.digest()).put("request", plan.request());
    plan.objects().forEach(node.putArray("objects")::add);
    plan.steps().forEach(node.putArray("steps")::add);
    FactsJson.into(node.putArray("measured"), plan.measured());
  }

  private static void when(ObjectNode when, RunReport report) {
    when.put("started_at", report.startedAt().toString())
        .put("ended_at", report.run().ending().at().toString());
    ArrayNode steps = when.putArray("steps");
    for (Receipt.StepRecord step : report.run().steps()) {
      steps
          .addObject()
          .put("step", step.step())
          .put("verb", step.verb())
          .put("started_at", step.startedAt().toString())
          .put("ended_at", step.endedAt().toString())
          .put("millis", step.took().toMillis())
          .put("result", step.result());
    }
  }

  private static void proof(ArrayNode proofs, Receipt run) {
    for (Receipt.ProofRecord proof : run.seen().proofs()) {
      FactsJson.into(
          proofs.addObject().put("subject", proof.subject()).putArray("facts"), proof.facts());
    }
  }

  private static void receipt(ObjectNode node, RunReport report) {
    ChainedReceipt receipt = report.receipt();
    node.put("path", report.seal().path())
        .put("sequence", receipt.sequence())
        .put("written_at", receipt.writtenAt().toString())
        .put("sha256", report.seal().sha256())
        .put("previous_sha256", receipt.previousSha256())
        .put("key_id", report.seal().keyId());
  }

  private static void history(ObjectNode node, HistoryFacts history) {
    node.put("kept", history.source().kept().name().toLowerCase(Locale.ROOT))
        .put("where", history.source().where())
        .put("sha256", history.source().sha256())
        .put("events", history.events());
    ArrayNode again = node.putArray("tried_again");
    for (HistoryFacts.TriedAgain act : history.triedAgain()) {
      again
          .addObject()
          .put("act", act.act())
          .put("attempts", act.attempts())
          .put("last_failure", act.lastFailure());
    }
  }
}
