package dev.mooring.runbook.publish;

import dev.mooring.runbook.Mode;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import org.jspecify.annotations.Nullable;

/**
 * The request of PublishCycle: {@code {"cluster":"NAME"}}.
 *
 * @param mode execute by default: an outdated restore point is harmless
 * @param switchWal whether the WAL file is ended after the point; by default the cluster file's
 *     policy
 * @param by the requester
 * @param reason the reason
 */
public record PublishRequest(
    ClusterName cluster, Mode mode, SwitchWal switchWal, String by, String reason) {

  /** Whether the WAL file is ended after the point. */
  public enum SwitchWal {
    POLICY,
    ON,
    OFF
  }

  /** Reads a typed request; reports all its errors in one failure. */
  public static PublishRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    Mode mode = reader.optional("mode", RequestReader.oneOf(Mode.class), Mode.EXECUTE);
    SwitchWal switchWal =
        reader.optional("switchWal", RequestReader.oneOf(SwitchWal.class), SwitchWal.POLICY);
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    reader.finish();
    return new PublishRequest(cluster, mode, switchWal, by, reason);
  }

  /** The request as a receipt records it. */
  public String inWords() {
    return "PublishCycle of " + cluster + ", mode " + mode + ", switch WAL " + switchWal;
  }
}
