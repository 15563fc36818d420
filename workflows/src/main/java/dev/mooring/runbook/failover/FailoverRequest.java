package dev.mooring.runbook.failover;

import dev.mooring.runbook.Approval;
import dev.mooring.runbook.MeantSystem;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.consume.ConsumeRequest;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The request of Failover: {@code {"cluster":"NAME","mode":"plan"}}.
 *
 * @param to the standby to promote; empty for the best one
 * @param from the primary that is gone, if nothing that answers shows which one it was; otherwise
 *     empty
 * @param when now by default; a run that waits for the primary to be gone promotes without an
 *     approval if {@code failover.automatic} of the cluster file allows it
 * @param digest the digest of an earlier plan, which {@code by} approves; empty to wait for an
 *     approval
 * @param overrides rules that are overridden, by name
 * @param lost the requester's attestation of why the primary can never write again, if its host is
 *     silent and no command can power it off; empty if there is none
 * @param systemIdentifierEnds the last four or more digits of the system identifier; empty if no
 *     person was asked for them
 * @param by the requester
 * @param reason the reason; required if a rule is overridden
 */
public record FailoverRequest(
    ClusterName cluster,
    Optional<InstanceId> to,
    Optional<InstanceId> from,
    When when,
    Mode mode,
    String digest,
    List<String> overrides,
    String lost,
    String systemIdentifierEnds,
    String by,
    String reason) {

  private static final String OVERRIDING = ", overriding ";

  /** When the failover is done. */
  public enum When {
    NOW,
    /** Once the primary is gone; the run waits for that. */
    PRIMARY_DOWN
  }

  public FailoverRequest {
    overrides = List.copyOf(overrides);
  }

  /** Reads a typed request; reports all its errors in one failure. */
  public static FailoverRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    Optional<InstanceId> to = reader.optional("to", FailoverRequest::instance, Optional.empty());
    Optional<InstanceId> from =
        reader.optional("from", FailoverRequest::instance, Optional.empty());
    When when = reader.optional("when", RequestReader.oneOf(When.class), When.NOW);
    Mode mode = reader.required("mode", Mode.class, Mode.PLAN);
    String digest = reader.optional("digest", Plan::typed, "");
    List<String> overrides = reader.optional("overrides", FailoverRule::named, List.of());
    String lost = reader.optional("lost", text -> text, "");
    String ends = reader.optional("systemIdentifierEnds", ConsumeRequest::systemIdentifierEnds, "");
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    reader.requireReason(overrides, reason);
    if (when == When.PRIMARY_DOWN) {
      reader.require(mode == Mode.EXECUTE, "when: primary-down is for mode execute, got plan");
      reader.require(
          digest.isEmpty() && overrides.isEmpty() && lost.isBlank() && from.isEmpty(),
          "when: primary-down takes no digest, overrides, lost and from: they refer to what is"
              + " observed when they are typed");
    }
    reader.require(
        !RunContext.isByNoPerson(by)
            || (digest.isEmpty() && overrides.isEmpty() && lost.isBlank() && from.isEmpty()),
        "by: '" + by + "' is no person, and takes no digest, overrides, lost and from");
    reader.require(
        !(by + lost).contains(OVERRIDING),
        "by, lost: may not contain '" + OVERRIDING + "'. HINT: name rules in overrides");
    reader.requirePerson(mode == Mode.EXECUTE || !lost.isBlank(), by);
    reader.finish();
    return new FailoverRequest(
        cluster, to, from, when, mode, digest, overrides, lost.strip(), ends, by, reason);
  }

  private static Optional<InstanceId> instance(String text) {
    return Optional.of(new InstanceId(text));
  }

  /** Whether the run waits until the primary is gone. */
  boolean waits() {
    return when == When.PRIMARY_DOWN;
  }

  /**
   * Whether the approver of the plan overrides rules that could not be overridden before: a watch
   * and a hook don't know of a dead host in advance, and bring no person's override.
   */
  boolean isOverriddenByApproval() {
    return digest.isEmpty() && overrides.isEmpty() && (waits() || RunContext.isByNoPerson(by));
  }

  boolean overrides(FailoverRule rule) {
    return overrides.contains(rule.text());
  }

  /** The request as the digest of a plan covers it. */
  public String inWords() {
    return "Failover of "
        + cluster
        + from.map(id -> " from " + id).orElse("")
        + to.map(id -> " to " + id).orElse("")
        + (waits() ? ", once the primary is gone" : "")
        + (lost.isEmpty() ? "" : ", its loss attested by " + by + ": " + lost)
        + (overrides.isEmpty() ? "" : OVERRIDING + String.join(", ", overrides));
  }

  /** The request as a receipt records it, with the system identifier that the requester named. */
  public String asked() {
    return inWords() + MeantSystem.inWords(systemIdentifierEnds);
  }

  /**
   * The approval that the request itself brings.
   *
   * @param persons how many persons must approve by the cluster file
   * @param overriding rules that the approver overrides
   */
  public Approval approval(int persons, List<String> overriding) {
    return new Approval(
        by,
        digest,
        reason,
        Approval.USUALLY,
        overrides(FailoverRule.SECOND_PERSON) ? 1 : persons,
        overriding,
        false);
  }
}
