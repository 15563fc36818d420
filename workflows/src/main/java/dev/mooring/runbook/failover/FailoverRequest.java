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
 * What is asked of Failover: {@code {"cluster":"NAME","mode":"plan"}}.
 *
 * @param cluster which cluster
 * @param to the standby that is to become the primary; empty for the best
 * @param from the primary that is gone, where nothing that is left tells who it was; empty
 *     otherwise
 * @param when now unless said otherwise; a run that waits goes on without a person where {@code
 *     failover.automatic} of the cluster file lets it
 * @param mode plan or execute
 * @param digest of a plan that was looked at: it is approved by {@code by}; empty to wait for an
 *     approval
 * @param overrides rules that are broken by their names
 * @param lost why the primary can never write again where its host is silent and nothing can power
 *     it off, as the requester attests; empty if that is not attested
 * @param systemIdentifierEnds the last four digits or more of the system identifier; empty where no
 *     person was asked
 * @param by who asks
 * @param reason why; needed where a rule is broken
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

  /** When it is done. */
  public enum When {
    NOW,
    /** Once the primary is gone, which the run waits for. */
    PRIMARY_DOWN
  }

  public FailoverRequest {
    overrides = List.copyOf(overrides);
  }

  /** Binds a typed request; all that is wrong with it is one failure. */
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
    reader.requirePerson(mode == Mode.EXECUTE || !lost.isBlank(), by);
    reader.finish();
    return new FailoverRequest(
        cluster, to, from, when, mode, digest, overrides, lost.strip(), ends, by, reason);
  }

  private static Optional<InstanceId> instance(String text) {
    return Optional.of(new InstanceId(text));
  }

  /** Whether it waits until the primary is gone. */
  boolean waits() {
    return when == When.PRIMARY_DOWN;
  }

  /**
   * Whether the approver of its plan overrides what could not be overridden before: a watch and a
   * hook know no dead host beforehand, and bring no person's word.
   */
  boolean isOverriddenByApproval() {
    return digest.isEmpty()
        && overrides.isEmpty()
        && (waits() || by.startsWith(RunContext.BY_HOOK));
  }

  boolean overrides(FailoverRule rule) {
    return overrides.contains(rule.text());
  }

  /** The request as a plan is digested with. */
  public String inWords() {
    return "Failover of "
        + cluster
        + from.map(id -> " from " + id).orElse("")
        + to.map(id -> " to " + id).orElse("")
        + (waits() ? ", once the primary is gone" : "")
        + (lost.isEmpty() ? "" : ", its loss attested by " + by + ": " + lost)
        + (overrides.isEmpty() ? "" : ", overriding " + String.join(", ", overrides));
  }

  /** The request as a receipt keeps it: with the system that the requester named. */
  public String asked() {
    return inWords() + MeantSystem.inWords(systemIdentifierEnds);
  }

  /**
   * What it brings towards the approval of its plan.
   *
   * @param persons how many must approve by the cluster file
   * @param overriding rules that the approver overrides
   */
  public Approval approval(int persons, List<String> overriding) {
    return new Approval(
        by,
        digest,
        reason,
        Approval.USUALLY,
        overrides(FailoverRule.SECOND_PERSON) ? 1 : persons,
        overriding);
  }
}
