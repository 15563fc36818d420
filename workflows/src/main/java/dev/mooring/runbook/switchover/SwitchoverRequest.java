package dev.mooring.runbook.switchover;

import dev.mooring.runbook.Approval;
import dev.mooring.runbook.MeantSystem;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.PreflightRule;
import dev.mooring.runbook.consume.ConsumeRequest;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of Switchover: {@code {"cluster":"NAME","to":"INSTANCE","mode":"plan"}}.
 *
 * @param cluster which cluster
 * @param to the standby that is to become the primary
 * @param mode plan or execute
 * @param digest of a plan that was looked at: it is approved by {@code by}; empty to wait for an
 *     approval
 * @param overrides rules that are broken by their names
 * @param detach standbys that are taken off the old primary before it is stopped
 * @param systemIdentifierEnds the last four digits or more of the system identifier, by which a
 *     person shows that the cluster they named is the one they mean; empty if no person was asked
 * @param by who asks
 * @param reason why; needed where a rule is broken
 */
public record SwitchoverRequest(
    ClusterName cluster,
    InstanceId to,
    Mode mode,
    String digest,
    List<String> overrides,
    List<InstanceId> detach,
    String systemIdentifierEnds,
    String by,
    String reason) {

  public SwitchoverRequest {
    overrides = List.copyOf(overrides);
    detach = List.copyOf(detach);
  }

  /** Binds a typed request; all that is wrong with it is one failure. */
  public static SwitchoverRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    InstanceId to = reader.required("to", InstanceId::new, new InstanceId("none"));
    Mode mode = reader.required("mode", Mode.class, Mode.PLAN);
    String digest = reader.optional("digest", Plan::typed, "");
    List<String> overrides = reader.optional("overrides", PreflightRule::named, List.of());
    List<InstanceId> detach = reader.optional("detach", SwitchoverRequest::standbys, List.of());
    String ends = reader.optional("systemIdentifierEnds", ConsumeRequest::systemIdentifierEnds, "");
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    reader.requireReason(overrides, reason);
    reader.requirePerson(mode == Mode.EXECUTE, by);
    reader.finish();
    return new SwitchoverRequest(cluster, to, mode, digest, overrides, detach, ends, by, reason);
  }

  /** Standbys that are typed with commas between. */
  public static List<InstanceId> standbys(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).map(InstanceId::new).toList();
  }

  /** The request as a plan is digested with. */
  public String inWords() {
    return "Switchover of "
        + cluster
        + " to "
        + to
        + (detach.isEmpty() ? "" : ", detaching " + joined(detach))
        + (overrides.isEmpty() ? "" : ", overriding " + joined(overrides));
  }

  /** The request as a receipt keeps it: with the system that the requester named. */
  public String asked() {
    return inWords() + MeantSystem.inWords(systemIdentifierEnds);
  }

  private static String joined(List<?> names) {
    return names.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** What it brings towards the approval of its plan. */
  public Approval approval() {
    return new Approval(by, digest, reason, Approval.USUALLY);
  }
}
