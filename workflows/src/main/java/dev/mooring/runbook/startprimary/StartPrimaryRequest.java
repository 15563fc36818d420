package dev.mooring.runbook.startprimary;

import dev.mooring.runbook.Approval;
import dev.mooring.runbook.MeantSystem;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.consume.ConsumeRequest;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The request of StartPrimary: {@code {"cluster":"NAME","mode":"plan"}}.
 *
 * @param cluster the cluster
 * @param instance the primary, if it can't be found; empty otherwise
 * @param mode plan or execute
 * @param digest of a plan that was read: it is approved by {@code by}; empty to wait for an
 *     approval
 * @param overrides rules that are broken by their names
 * @param systemIdentifierEnds the last four digits or more of the system identifier; empty if no
 *     person was asked
 * @param by the person who asks
 * @param reason why; required if a rule is broken
 */
public record StartPrimaryRequest(
    ClusterName cluster,
    Optional<InstanceId> instance,
    Mode mode,
    String digest,
    List<String> overrides,
    String systemIdentifierEnds,
    String by,
    String reason) {

  public StartPrimaryRequest {
    overrides = List.copyOf(overrides);
  }

  /** Binds a typed request; all its errors are one failure. */
  public static StartPrimaryRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    Optional<InstanceId> instance =
        reader.optional(
            "instance", text -> Optional.of(new InstanceId(text)), Optional.<InstanceId>empty());
    Mode mode = reader.required("mode", Mode.class, Mode.PLAN);
    String digest = reader.optional("digest", Plan::typed, "");
    List<String> overrides = reader.optional("overrides", StartRule::named, List.of());
    String ends = reader.optional("systemIdentifierEnds", ConsumeRequest::systemIdentifierEnds, "");
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    reader.requireReason(overrides, reason);
    reader.requirePerson(mode == Mode.EXECUTE, by);
    reader.finish();
    return new StartPrimaryRequest(cluster, instance, mode, digest, overrides, ends, by, reason);
  }

  boolean overrides(StartRule rule) {
    return overrides.contains(rule.text());
  }

  /** The request as a plan is digested with. */
  public String inWords() {
    return "StartPrimary of "
        + cluster
        + instance.map(id -> ", " + id).orElse("")
        + (overrides.isEmpty() ? "" : ", overriding " + String.join(", ", overrides));
  }

  /** The request as a receipt keeps it: with the system that the requester named. */
  public String asked() {
    return inWords() + MeantSystem.inWords(systemIdentifierEnds);
  }

  /** What it brings towards the approval of its plan. */
  public Approval approval() {
    return new Approval(by, digest, reason, Approval.USUALLY);
  }
}
