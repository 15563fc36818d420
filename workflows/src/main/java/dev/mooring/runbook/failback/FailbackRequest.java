package dev.mooring.runbook.failback;

import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.MeantSystem;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.PreflightRule;
import dev.mooring.runbook.consume.ConsumeRequest;
import dev.mooring.runbook.resilver.SourceRule;
import dev.mooring.runbook.switchover.SwitchoverRequest;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of Failback: {@code {"cluster":"NAME","to":"SITE","mode":"plan"}}.
 *
 * @param cluster which cluster
 * @param to the site, or the instance, that is to have the primary again
 * @param mode plan or execute
 * @param digest of a plan that was reviewed: that plan is approved by {@code by}; empty to wait for
 *     an approval
 * @param catchUpWithin how long those that were resilvered may take to catch up before the run
 *     holds
 * @param overrides rules that are broken by their names: of the source that is resilvered from, and
 *     of the move
 * @param detach standbys that are taken off the old primary before it is stopped
 * @param systemIdentifierEnds the last four digits or more of the system identifier, by which a
 *     person shows that the cluster they named is the one they mean; empty if no person was asked
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
    List<InstanceId> detach,
    String systemIdentifierEnds,
    String by,
    String reason) {
  private static final Duration CATCHES_UP = Duration.ofHours(1);
  private static final Duration AT_MOST = Duration.ofDays(2);
  private static final List<String> RULES =
      Stream.concat(SourceRule.NAMES.stream(), PreflightRule.NAMES.stream()).distinct().toList();

  public FailbackRequest {
    overrides = List.copyOf(overrides);
    detach = List.copyOf(detach);
  }

  /** Binds a typed request; all its errors are one failure. */
  public static FailbackRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    String to = reader.required("to", FailbackRequest::name, "none");
    Mode mode = reader.required("mode", Mode.class, Mode.PLAN);
    String digest = reader.optional("digest", Plan::typed, "");
    Duration within = reader.optional("catchUpWithin", FailbackRequest::within, CATCHES_UP);
    List<String> overrides = reader.optional("overrides", FailbackRequest::rules, List.of());
    List<InstanceId> detach = reader.optional("detach", SwitchoverRequest::standbys, List.of());
    String ends = reader.optional("systemIdentifierEnds", ConsumeRequest::systemIdentifierEnds, "");
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    reader.requireReason(overrides, reason);
    reader.requirePerson(mode == Mode.EXECUTE, by);
    reader.finish();
    return new FailbackRequest(
        cluster, to, mode, digest, within, overrides, detach, ends, by, reason);
  }

  private static List<String> rules(String typed) {
    return RequestReader.rules(RULES, typed);
  }

  /** The overrides of rules about the source of the resilver. */
  List<String> ofSource() {
    return overrides.stream().filter(SourceRule.NAMES::contains).toList();
  }

  /** The overrides that concern the move. */
  List<String> ofMove() {
    return overrides.stream().filter(PreflightRule.NAMES::contains).toList();
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
          "must be more than 0 s and at most " + DurationText.of(AT_MOST) + ", got '" + text + "'");
    }
    return within;
  }

  /** The request as a plan is digested with. */
  public String inWords() {
    return "Failback of "
        + cluster
        + " to "
        + to
        + (detach.isEmpty() ? "" : ", detaching " + names(detach))
        + (overrides.isEmpty() ? "" : ", overriding " + String.join(", ", overrides));
  }

  private static String names(List<InstanceId> instances) {
    return instances.stream().map(InstanceId::value).collect(Collectors.joining(", "));
  }

  /** The request as a receipt keeps it: with the system that the requester named. */
  String asked() {
    return inWords() + MeantSystem.inWords(systemIdentifierEnds);
  }
}
