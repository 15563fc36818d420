package dev.mooring.runbook.switchover;

import dev.mooring.runbook.Mode;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of Switchover: {@code {"cluster":"NAME","to":"INSTANCE"}}.
 *
 * @param cluster which cluster
 * @param to the standby that is to become the primary
 * @param mode plan unless said otherwise
 * @param digest of a plan that was looked at: it is approved by {@code by}; empty to wait for an
 *     approval
 * @param overrides rules that are broken by their names
 * @param by who asks
 * @param reason why; needed where a rule is broken
 */
public record SwitchoverRequest(
    ClusterName cluster,
    InstanceId to,
    Mode mode,
    String digest,
    List<String> overrides,
    String by,
    String reason) {

  public SwitchoverRequest {
    overrides = List.copyOf(overrides);
  }

  /** Binds a typed request; all that is wrong with it is one failure. */
  public static SwitchoverRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    InstanceId to = reader.required("to", InstanceId::new, new InstanceId("none"));
    Mode mode = reader.optional("mode", RequestReader.oneOf(Mode.class), Mode.PLAN);
    String digest = reader.optional("digest", text -> text, "");
    List<String> overrides = reader.optional("overrides", PreflightRule::named, List.of());
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    if (!overrides.isEmpty() && reason.isBlank()) {
      reader.optional("reason", SwitchoverRequest::missing, "");
    }
    reader.finish();
    return new SwitchoverRequest(cluster, to, mode, digest, overrides, by, reason);
  }

  private static String missing(String text) {
    throw new IllegalArgumentException("must say why a rule is overridden, got '" + text + "'");
  }

  /** The request as a receipt keeps it, and as a plan is digested with. */
  public String inWords() {
    return "Switchover of "
        + cluster
        + " to "
        + to
        + (overrides.isEmpty() ? "" : ", overriding " + String.join(", ", overrides));
  }
}
