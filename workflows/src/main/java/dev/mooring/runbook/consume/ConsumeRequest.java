package dev.mooring.runbook.consume;

import dev.mooring.evidence.ManifestChoice;
import dev.mooring.runbook.Mode;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The request of DrConsume: {@code {"cluster":"NAME","site":"NAME"}}.
 *
 * @param site the site to be moored
 * @param target latest by default, safe-forward, or a restore point's name
 * @param mode execute by default
 * @param overrides {@link #TORN}, or nothing; only with a restore point's name, and a reason
 * @param systemIdentifierEnds the last four or more digits of the system identifier of content 0's
 *     copy, by which a person confirms the cluster; empty if no person was asked for them
 * @param patience how long a lock of another run is waited for
 * @param by the requester
 * @param reason the reason
 */
public record ConsumeRequest(
    ClusterName cluster,
    SiteName site,
    ManifestChoice target,
    Mode mode,
    List<String> overrides,
    String systemIdentifierEnds,
    Duration patience,
    String by,
    String reason) {
  /** The rule that a torn point is not consumed, as it is typed to override it. */
  public static final String TORN = "torn";

  private static final Pattern LAST_DIGITS = Pattern.compile("[0-9]{4,20}");

  public ConsumeRequest {
    overrides = List.copyOf(overrides);
  }

  /** Reads a typed request; reports all its errors in one failure. */
  public static ConsumeRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    SiteName site = reader.required("site", SiteName::new, new SiteName("none"));
    ManifestChoice target = reader.optional("target", ManifestChoice::new, ManifestChoice.LATEST);
    Mode mode = reader.optional("mode", RequestReader.oneOf(Mode.class), Mode.EXECUTE);
    List<String> overrides =
        reader.optional("overrides", typed -> RequestReader.rules(List.of(TORN), typed), List.of());
    String ends = reader.optional("systemIdentifierEnds", ConsumeRequest::systemIdentifierEnds, "");
    Duration patience = reader.optional("patience", ConsumeRequest::patience, Duration.ZERO);
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    reader.requireReason(overrides, reason);
    reader.require(
        overrides.isEmpty() || target.isNamed(),
        "overrides: torn is only for a restore point that target names, got '"
            + target.text()
            + "'");
    reader.finish();
    return new ConsumeRequest(cluster, site, target, mode, overrides, ends, patience, by, reason);
  }

  /** The digits as typed; fails unless there are at least four. */
  public static String systemIdentifierEnds(String text) {
    if (!LAST_DIGITS.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "must be the last 4 to 20 digits of a system identifier, got '" + text + "'");
    }
    return text;
  }

  private static Duration patience(String text) {
    Duration patience;
    try {
      patience = Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "must be an ISO duration such as PT30S, got '" + text + "'", e);
    }
    if (patience.isNegative()) {
      throw new IllegalArgumentException("must not be negative, got '" + text + "'");
    }
    return patience;
  }

  /** The request as a receipt records it. */
  public String inWords() {
    return "DrConsume of "
        + cluster
        + " at "
        + site
        + ", target "
        + target.text()
        + ", mode "
        + mode
        + (overrides.isEmpty() ? "" : ", overriding " + String.join(", ", overrides))
        + (systemIdentifierEnds.isEmpty()
            ? ""
            : ", of a system whose identifier ends with " + systemIdentifierEnds);
  }
}
