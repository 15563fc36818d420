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
 * The one document of a run: the request, the steps, the observations, the ending. The store's
 * writer seals it and chains it to the receipt before.
 *
 * @param run the run
 * @param asked the request, which person made it, and why
 * @param ending how it ended
 * @param steps each step with its times
 * @param seen proofs, degraded facts, and the attempt to consume a restore point
 * @param decisions people's decisions, in order; none if the run asks no person
 * @param plans the plans, each digest once, in order; none if the run ended before it observed, and
 *     in receipts older than this field
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

  /** The outcome in a word, marked if the run was a plan that did not complete. */
  public String endedAs() {
    return asked.planOnly() && !ending.outcome().equals(Ending.PLANNED)
        ? "plan " + ending.outcome()
        : ending.outcome();
  }

  /**
   * A plan. Its digest is that of its request, the digest of the cluster file, its objects and its
   * steps: it can be computed again from this record.
   *
   * @param digest to which an approval binds
   * @param request in words
   * @param objects the role of each instance before and after, and the limits
   * @param steps in order, each with what it does
   * @param measured the measured facts, last under the locks if the run observed again there
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
   * A person's decision.
   *
   * @param decision approve, reject, retry, roll-back or give-up; {@code override} for a rule that
   *     was overridden by name
   * @param about the plan's digest for an approval, the rule's name for an override, the step for a
   *     hold
   * @param at workflow time
   * @param signed the signature of an approval; one, or none
   * @param unsigned whether it is an approval without a signature, of a cluster that lists
   *     approvers; false in receipts older than this field
   */
  public record DecisionRecord(
      String decision,
      String about,
      String by,
      String reason,
      Instant at,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<ApprovalSignature> signed,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean unsigned) {
    /** The decision word for a rule that was overridden by name. */
    public static final String OVERRIDE = "override";

    public DecisionRecord {
      signed = List.copyOf(signed);
    }

    /** Of a decision that needs no signature. */
    public DecisionRecord(String decision, String about, String by, String reason, Instant at) {
      this(decision, about, by, reason, at, List.of(), false);
    }

    /** The person, and how an approval was signed if its cluster lists approvers. */
    public String byWithSignature() {
      return by
          + (unsigned ? " (unsigned)" : "")
          + signed.stream()
              .map(one -> " (signed with key " + one.keyId() + ")")
              .findFirst()
              .orElse("");
    }

    /** Whether it approves the plan of that digest. */
    public boolean isApprovalOf(String plan) {
      return decision.equals("approve") && about.equals(plan);
    }

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
   * A person's signature of an approval; {@link ApprovalText} is what was signed.
   *
   * @param keyId the first 16 hexadecimal digits of the SHA-256 of the public key
   * @param signature 64 bytes in base64
   * @param at when it was signed, by the person's clock
   */
  public record ApprovalSignature(String keyId, String signature, Instant at) {}

  /**
   * What a run observed.
   *
   * @param proofs what was proved, per instance or content
   * @param degraded what is less than wanted, one sentence each, with every ending
   * @param consume the attempt to consume a restore point
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
   * @param scope the site or the instance it ran for; empty for all sites
   * @param originalRun the run id that survives a reset
   */
  public record RunReference(
      String runbook, ClusterName cluster, String scope, String workflowId, String originalRun) {

    /** The scope as the end of a phrase; empty for all sites. */
    public String atScope() {
      return scope.isEmpty() ? "" : " at " + scope;
    }
  }

  /**
   * The request.
   *
   * @param requestJson the request as it was read
   * @param by the requester, as given
   * @param reason why, as given
   * @param clusterFileDigest the digest of its cluster file
   * @param planOnly whether it was in mode plan; false in receipts older than this field
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
   * @param restorePoint the point of the run, or empty
   * @param at workflow time
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
   * One proof.
   *
   * @param subject an instance or a content
   * @param facts names and values
   */
  public record ProofRecord(String subject, List<Fact> facts) {
    public ProofRecord {
      facts = List.copyOf(facts);
    }
  }

  /**
   * One observed value.
   *
   * @param good whether it is a check that holds; false in receipts older than this field
   */
  public record Fact(
      String name, String value, @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean good) {

    /** A value that is no check, or does not hold. */
    public Fact(String name, String value) {
      this(name, value, false);
    }
  }
}
