package dev.mooring.runbook.startprimary;

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
import java.util.regex.Pattern;
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
 * @param boot of the primary's host, in which a watch starts it without a person; else empty
 */
public record StartPrimaryRequest(
    ClusterName cluster,
    Optional<InstanceId> instance,
    Mode mode,
    String digest,
    List<String> overrides,
    String systemIdentifierEnds,
    String by,
    String reason,
    String boot) {
  private static final Pattern BOOT = Pattern.compile("[0-9A-Za-z-]{1,64}");

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
    String boot = reader.optional("boot", StartPrimaryRequest::bootId, "");
    reader.requireReason(overrides, reason);
    reader.requirePerson(mode == Mode.EXECUTE, by);
    reader.finish();
    return new StartPrimaryRequest(
        cluster, instance, mode, digest, overrides, ends, by, reason, boot);
  }

  private static String bootId(String text) {
    if (!BOOT.matcher(text).matches()) {
      throw new IllegalArgumentException("must be the boot id of a host, got '" + text + "'");
    }
    return text;
  }

  /** Whether no person approves it. */
  boolean isAutomatic() {
    return !boot.isEmpty();
  }

  /** Whether it says what a person alone may say, or comes from a hook. */
  boolean isByPersonOrHook() {
    return instance.isPresent() || !digest.isEmpty() || !overrides.isEmpty() || isByHook();
  }

  boolean isByHook() {
    return by.startsWith(RunContext.BY_HOOK);
  }

  boolean overrides(StartRule rule) {
    return overrides.contains(rule.text());
  }

  /** The request as a plan is digested with. */
  public String inWords() {
    return "StartPrimary of "
        + cluster
        + instance.map(id -> ", " + id).orElse("")
        + (isAutomatic() ? ", automatically in boot " + boot + " of its host" : "")
        + (overrides.isEmpty() ? "" : ", overriding " + String.join(", ", overrides));
  }

  /** The request as a receipt keeps it: with the system that the requester named. */
  public String asked() {
    return inWords() + MeantSystem.inWords(systemIdentifierEnds);
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
