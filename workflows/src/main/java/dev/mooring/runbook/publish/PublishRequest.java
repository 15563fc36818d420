package dev.mooring.runbook.publish;

import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Mode;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request of PublishCycle: {@code {"cluster":"NAME"}}.
 *
 * @param mode execute by default: an outdated restore point is harmless
 * @param switchWal whether the WAL file is ended after the point; by default the cluster file's
 *     policy
 * @param overrides {@link #WAL_GAP}, or nothing; only with a reason
 * @param by the requester
 * @param reason the reason
 */
public record PublishRequest(
    ClusterName cluster,
    Mode mode,
    SwitchWal switchWal,
    List<String> overrides,
    String by,
    String reason) {
  /**
   * The rule that no WAL file since the last READY point is missing or found undecodable, as it is
   * typed to override it.
   */
  public static final String WAL_GAP = "wal-gap";

  public PublishRequest {
    overrides = List.copyOf(overrides);
  }

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
    List<String> overrides =
        reader.optional(
            "overrides", typed -> RequestReader.rules(List.of(WAL_GAP), typed), List.of());
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    reader.requireReason(overrides, reason);
    reader.finish();
    return new PublishRequest(cluster, mode, switchWal, overrides, by, reason);
  }

  /** The request as a receipt records it. */
  public String inWords() {
    return "PublishCycle of "
        + cluster
        + ", mode "
        + mode
        + ", switch WAL "
        + switchWal
        + (overridesGap() ? ", overriding " + WAL_GAP : "");
  }

  /** What is reported of a gap although it is overridden. */
  static String overridden(String gap) {
    return gap + "; overridden: a copy that stands before it can't reach this point";
  }

  /** The way out of a gap. */
  static String fileBack(ClusterName cluster) {
    return String.format(
        "bring the file back, then %s; if it is lost for good,"
            + " `mooring publish %s --override wal-gap --reason WHY`: copies that stand before it"
            + " must be made anew",
        Commands.publish(cluster), cluster);
  }

  boolean overridesGap() {
    return overrides.contains(WAL_GAP);
  }
}
