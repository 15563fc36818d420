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
 * The request of Switchover: {@code {"cluster":"NAME","to":"INSTANCE","mode":"plan"}}.
 *
 * @param to the standby to promote
 * @param digest the digest of an earlier plan, which {@code by} approves; empty to wait for an
 *     approval
 * @param overrides rules that are overridden, by name
 * @param detach standbys that are detached from the old primary before it is stopped
 * @param systemIdentifierEnds the last four or more digits of the system identifier, by which a
 *     person confirms the cluster; empty if no person was asked for them
 * @param by the requester
 * @param reason the reason; required if a rule is overridden
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

  /** Reads a typed request; reports all its errors in one failure. */
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

  /** Reads standbys separated by commas. */
  public static List<InstanceId> standbys(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).map(InstanceId::new).toList();
  }

  /** The request as the digest of a plan covers it. */
  public String inWords() {
    return "Switchover of "
        + cluster
        + " to "
        + to
        + (detach.isEmpty() ? "" : ", detaching " + joined(detach))
        + (overrides.isEmpty() ? "" : ", overriding " + joined(overrides));
  }

  /** The request as a receipt records it, with the system identifier that the requester named. */
  public String asked() {
    return inWords() + MeantSystem.inWords(systemIdentifierEnds);
  }

  private static String joined(List<?> names) {
    return names.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /**
   * The approval that the request itself brings.
   *
   * @param persons how many persons must approve by the cluster file
   */
  public Approval approval(int persons) {
    return new Approval(by, digest, reason, Approval.USUALLY, persons);
  }
}
