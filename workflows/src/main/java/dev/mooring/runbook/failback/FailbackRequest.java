package dev.mooring.runbook.failback;

import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Span;
import dev.mooring.runbook.switchover.PreflightRule;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of Failback: {@code {"cluster":"NAME","to":"SITE"}}.
 *
 * @param cluster which cluster
 * @param to the site, or the instance, that is to have the primary again
 * @param mode plan unless said otherwise
 * @param digest of a plan that was looked at: that plan is approved by {@code by}; empty to wait
 *     for an approval
 * @param catchUpWithin how long those that were healed may take to catch up before the run holds
 * @param overrides rules of the switchover that are broken by their names
 * @param by who asks
 * @param reason why; needed where a rule is broken
 */
public record FailbackRequest(
    ClusterName cluster,
    String to,
    Mode mode,
    String digest,
    Duration catchUpWithin,
    List<String> overrides,
    String by,
    String reason) {
  private static final Duration CATCHES_UP = Duration.ofHours(1);
  private static final Duration AT_MOST = Duration.ofDays(2);

  public FailbackRequest {
    overrides = List.copyOf(overrides);
  }

  /** Binds a typed request; all that is wrong with it is one failure. */
  public static FailbackRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    String to = reader.required("to", FailbackRequest::name, "none");
    Mode mode = reader.optional("mode", RequestReader.oneOf(Mode.class), Mode.PLAN);
    String digest = reader.optional("digest", text -> text, "");
    Duration within = reader.optional("catchUpWithin", FailbackRequest::within, CATCHES_UP);
    List<String> overrides = reader.optional("overrides", PreflightRule::named, List.of());
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    if (!overrides.isEmpty() && reason.isBlank()) {
      reader.optional("reason", FailbackRequest::missing, "");
    }
    reader.finish();
    return new FailbackRequest(cluster, to, mode, digest, within, overrides, by, reason);
  }

  private static String name(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("must name a site or an instance, got '" + text + "'");
    }
    return text.strip();
  }

  private static Duration within(String text) {
    Duration within;
    try {
      within = Duration.parse(text);
    } catch (java.time.format.DateTimeParseException e) {
      throw new IllegalArgumentException("must be like PT30M, got '" + text + "'", e);
    }
    if (within.isNegative() || within.isZero() || within.compareTo(AT_MOST) > 0) {
      throw new IllegalArgumentException(
          "must be more than 0 s and at most " + Span.of(AT_MOST) + ", got '" + text + "'");
    }
    return within;
  }

  private static String missing(String text) {
    throw new IllegalArgumentException("must say why a rule is overridden, got '" + text + "'");
  }

  /** The request as a receipt keeps it, and as a plan is digested with. */
  public String inWords() {
    return "Failback of "
        + cluster
        + " to "
        + to
        + (overrides.isEmpty() ? "" : ", overriding " + String.join(", ", overrides));
  }
}
