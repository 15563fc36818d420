package dev.mooring.evidence;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.topology.ClusterName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The one document a run leaves: what was asked, what was done, what was seen, how it ended. The
 * store's writer seals it and chains it to the receipt before.
 *
 * @param run which run
 * @param asked what was asked, by whom and why
 * @param ending how it ended
 * @param steps each step with its times
 * @param seen what was seen
 * @param decisions what people decided about it, in their order; none of a run that asks no person
 * @param plans what the run meant to do, each plan of another digest once, in their order; none of
 *     a run that ended before it had looked, or whose receipt is older than this field
 */
public record Receipt(
    RunReference run,
    Asked asked,
    Ending ending,
    List<StepRecord> steps,
    Seen seen,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<DecisionRecord> decisions,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<PlanRecord> plans) {
  public Receipt {
    steps = List.copyOf(steps);
    decisions = List.copyOf(decisions);
    plans = List.copyOf(plans);
  }

  /** Of a run without a plan and without decisions. */
  public Receipt(RunReference run, Asked asked, Ending ending, List<StepRecord> steps, Seen seen) {
    this(run, asked, ending, steps, seen, List.of(), List.of());
  }

  /** How it ended, in a word: of a plan that it was one, and what else became of it. */
  public String endedAs() {
    return asked.planOnly() && !ending.outcome().equals(Ending.PLANNED)
        ? "plan " + ending.outcome()
        : ending.outcome();
  }

  /**
   * A plan. Its digest is that of its request, the digest of the cluster file, its objects and its
   * steps: it can be made again of what stands here.
   *
   * @param digest what an approval binds to
   * @param request in words
   * @param objects who is what and becomes what, and the limits
   * @param steps in their order, each with what it does
   * @param measured what was seen beside, last under the locks if the run read again there
   */
  public record PlanRecord(
      String digest,
      String request,
      List<String> objects,
      List<String> steps,
      List<Fact> measured) {
    public PlanRecord {
      objects = List.copyOf(objects);
      steps = List.copyOf(steps);
      measured = List.copyOf(measured);
    }
  }

  /**
   * What a person decided.
   *
   * @param decision approve, reject, retry, roll-back or give-up; {@code override} for a rule that
   *     was broken by its name
   * @param about of an approval the plan's digest, of an override the rule's name, of what a held
   *     run was given the step
   * @param at when, by workflow time
   */
  public record DecisionRecord(
      String decision, String about, String by, String reason, Instant at) {
    /** The word of a rule that was broken by its name. */
    public static final String OVERRIDE = "override";

    /** Whether a rule was broken by its name. */
    @JsonIgnore
    public boolean isOverride() {
      return decision.equals(OVERRIDE);
    }

    /** Whether this person broke that rule. */
    public boolean isOverrideOf(String rule, String person) {
      return isOverride() && about.equals(rule) && by.equals(person);
    }
  }

  /**
   * What a run saw.
   *
   * @param proofs what was proved, per instance or content
   * @param degraded what is less than wanted, one sentence each, with every ending
   * @param consume what came of consuming a restore point
   */
  public record Seen(List<ProofRecord> proofs, List<String> degraded, ConsumeRecord consume) {
    public Seen {
      proofs = List.copyOf(proofs);
      degraded = List.copyOf(degraded);
    }
  }

  /**
   * A run.
   *
   * @param runbook the workflow type
   * @param scope the site or the instance it ran for; empty of a run for all sites
   * @param originalRun the run id that survives a reset
   */
  public record RunReference(
      String runbook, ClusterName cluster, String scope, String workflowId, String originalRun) {

    /** Where it ran, as the end of a phrase; nothing of a run that was for all sites. */
    public String atScope() {
      return scope.isEmpty() ? "" : " at " + scope;
    }
  }

  /**
   * What was asked.
   *
   * @param requestJson the request as it was bound
   * @param by the requester, as given
   * @param reason why, as given
   * @param clusterFileDigest the file it ran under
   * @param planOnly whether it was to say what it would do and to change nothing; false of a plan
   *     whose receipt is older than this field
   */
  public record Asked(
      String requestJson,
      String by,
      String reason,
      String clusterFileDigest,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean planOnly) {

    /** Of a run that was to act. */
    public Asked(String requestJson, String by, String reason, String clusterFileDigest) {
      this(requestJson, by, reason, clusterFileDigest, false);
    }
  }

  /**
   * How a run ended.
   *
   * @param outcome COMPLETED, PLANNED, FAILED, ROLLED_BACK, REFUSED or STUCK
   * @param code the failure code, or empty
   * @param headline one sentence
   * @param restorePoint the point it was about, or empty
   * @param at when, by workflow time
   */
  public record Ending(
      String outcome, String code, String headline, String restorePoint, Instant at) {
    /** The outcome of a plan that was made. */
    static final String PLANNED = "PLANNED";
  }

  /**
   * A step.
   *
   * @param step its name in the runbook's enum
   * @param verb observe, step, pivot or forward
   * @param startedAt by workflow time
   * @param result done, failed or undone, with one sentence
   */
  public record StepRecord(
      String step, String verb, Instant startedAt, Instant endedAt, String result) {
    /** How long it took, by workflow time. */
    public Duration took() {
      return Duration.between(startedAt, endedAt);
    }
  }

  /**
   * One thing proved.
   *
   * @param subject an instance or a content
   * @param facts name and value of what was seen
   */
  public record ProofRecord(String subject, List<Fact> facts) {
    public ProofRecord {
      facts = List.copyOf(facts);
    }
  }

  /**
   * One value that was seen.
   *
   * @param good whether it was judged as a check, and holds; false of receipts older than this
   *     field
   */
  public record Fact(
      String name, String value, @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean good) {

    /** Of what is no check, or does not hold. */
    public Fact(String name, String value) {
      this(name, value, false);
    }
  }
}
