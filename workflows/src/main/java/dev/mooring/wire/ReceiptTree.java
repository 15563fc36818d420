package dev.mooring.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.ConsumeRecord.ContentAttempt;
import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.Receipt;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A receipt as a tree of JSON: our fields, and the reference tool's fields derived from them. That
 * tool knows no plans, and would read a plan as an attempt.
 */
final class ReceiptTree {
  /** Of a run that was only to plan; others have no such field. */
  static final String MODE = "mode";

  static final String PLAN = "plan";

  /** Of an approval that was signed, and of one that was not though approvers are listed. */
  static final String SIGNED = "signed";

  static final String UNSIGNED = "unsigned";

  /** What it carries on of earlier receipts; without any there is no such field. */
  static final String FOUND_BAD = "found_bad";

  private ReceiptTree() {}

  static ObjectNode of(ChainedReceipt chained) {
    Receipt receipt = chained.receipt();
    ObjectNode tree = SealedJson.object();
    tree.put(SealedJson.VERSION, ChainedReceipt.FORMAT_VERSION)
        .put("sequence", chained.sequence())
        .put("previous_sha256", orNull(chained.previousSha256()))
        .put("written_at", chained.writtenAt().toString());
    run(tree, receipt.run());
    asked(tree.putObject("asked"), receipt.asked());
    ending(tree.putObject("ending"), receipt.ending());
    if (receipt.seen().consume() instanceof ConsumeRecord.Attempt attempt) {
      if (!receipt.asked().planOnly()) {
        reference(tree, receipt.ending(), attempt);
      }
      consume(tree.putObject("consume"), attempt);
    } else {
      tree.putNull("consume");
    }
    ArrayNode steps = tree.putArray("steps");
    receipt.steps().forEach(step -> step(steps.addObject(), step));
    receipt.seen().degraded().forEach(tree.putArray("degraded")::add);
    ArrayNode proofs = tree.putArray("proofs");
    receipt.seen().proofs().forEach(proof -> proof(proofs.addObject(), proof));
    if (!receipt.decisions().isEmpty()) {
      ArrayNode decisions = tree.putArray("decisions");
      receipt.decisions().forEach(decision -> decision(decisions.addObject(), decision));
    }
    if (!receipt.plans().isEmpty()) {
      ArrayNode plans = tree.putArray("plans");
      receipt.plans().forEach(plan -> plan(plans.addObject(), plan));
    }
    if (!chained.foundBad().isEmpty()) {
      ArrayNode bad = tree.putArray(FOUND_BAD);
      chained.foundBad().forEach(one -> found(bad.addObject(), one));
    }
    return tree;
  }

  private static void found(ObjectNode node, ContentWal.Found found) {
    node.put("content", found.wal().content().value())
        .put("file", found.wal().file().text())
        .put("damaged", found.damaged())
        .put("points", found.points());
  }

  private static void decision(ObjectNode node, Receipt.DecisionRecord decision) {
    node.put("decision", decision.decision())
        .put("about", decision.about())
        .put("by", decision.by())
        .put("reason", decision.reason())
        .put("at", decision.at().toString());
    for (Receipt.ApprovalSignature one : decision.signed()) {
      node.putObject(SIGNED)
          .put("key_id", one.keyId())
          .put("signature", one.signature())
          .put("at", one.at().toString());
    }
    if (decision.unsigned()) {
      node.put(UNSIGNED, true);
    }
  }

  private static void plan(ObjectNode node, Receipt.PlanRecord plan) {
    node.put("digest", plan.digest()).put("request", plan.request());
    plan.objects().forEach(node.putArray("objects")::add);
    plan.steps().forEach(node.putArray("steps")::add);
    FactsJson.into(node.putArray("measured"), plan.measured());
  }

  private static void run(ObjectNode node, Receipt.RunReference run) {
    node.put("runbook", run.runbook())
        .put("cluster", run.cluster().value())
        .put("scope", run.scope())
        .put("workflow_id", run.workflowId())
        .put("run", run.originalRun());
  }

  private static void asked(ObjectNode node, Receipt.Asked asked) {
    node.put("request", asked.requestJson())
        .put("by", asked.by())
        .put("reason", asked.reason())
        .put("cluster_file_digest", asked.clusterFileDigest());
    if (asked.planOnly()) {
      node.put(MODE, PLAN);
    }
  }

  private static void ending(ObjectNode node, Receipt.Ending ending) {
    node.put("outcome", ending.outcome())
        .put("code", ending.code())
        .put("headline", ending.headline())
        .put("restore_point", ending.restorePoint())
        .put("at", ending.at().toString());
  }

  private static void step(ObjectNode node, Receipt.StepRecord step) {
    node.put("step", step.step())
        .put("verb", step.verb())
        .put("started_at", step.startedAt().toString())
        .put("ended_at", step.endedAt().toString())
        .put("result", step.result());
  }

  private static void proof(ObjectNode node, Receipt.ProofRecord proof) {
    node.put("subject", proof.subject());
    FactsJson.into(node.putArray("facts"), proof.facts());
  }

  private static void consume(ObjectNode node, ConsumeRecord.Attempt attempt) {
    node.put("current", orNull(attempt.current()))
        .put("target", attempt.target().value())
        .put("status", attempt.status().text())
        .put("waited_secs", attempt.waited().toSeconds());
    ArrayNode contents = node.putArray("contents");
    for (ContentAttempt content : attempt.contents()) {
      ArrayNode missing =
          contents
              .addObject()
              .put("content", content.content().value())
              .put("target_lsn", content.target().toString())
              .put("reached", orNull(content.reached()))
              .putArray("missing_wal");
      content.missingWal().forEach(missing::add);
    }
  }

  /** Exactly the fields that the reference tool writes for that status. */
  private static void reference(
      ObjectNode node, Receipt.Ending ending, ConsumeRecord.Attempt attempt) {
    node.put("status", attempt.status().text())
        .put("current_restore_point", orNull(attempt.current()))
        .put("target_restore_point", attempt.target().value())
        .put("checked_at_utc", ManifestTree.seconds(ending.at()));
    switch (attempt.status()) {
      case MISSING_WAL ->
          each(
              node.putObject("missing_wals_by_segment"),
              attempt,
              content -> !content.missingWal().isEmpty(),
              (map, content) ->
                  content.missingWal().forEach(map.putArray(content.content().toString())::add));
      case TIMEOUT -> waited(node, attempt);
      case SUCCESS -> {
        waited(node, attempt);
        reached(node.putObject("recovery_points"), attempt);
      }
      case MISMATCH -> {
        waited(node, attempt);
        reached(node.putObject("actual_recovery_points"), attempt);
      }
    }
  }

  private static void waited(ObjectNode node, ConsumeRecord.Attempt attempt) {
    node.put("mode", "shutdown").put("waited_secs", attempt.waited().toSeconds());
    each(
        node.putObject("target_lsns"),
        attempt,
        content -> true,
        (map, content) -> map.put(content.content().toString(), content.target().toString()));
  }

  private static void reached(ObjectNode node, ConsumeRecord.Attempt attempt) {
    each(
        node,
        attempt,
        content -> true,
        (map, content) -> map.put(content.content().toString(), orNull(content.reached())));
  }

  private static void each(
      ObjectNode map,
      ConsumeRecord.Attempt attempt,
      Predicate<ContentAttempt> wanted,
      BiConsumer<ObjectNode, ContentAttempt> put) {
    attempt.contents().stream().filter(wanted).forEach(content -> put.accept(map, content));
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
