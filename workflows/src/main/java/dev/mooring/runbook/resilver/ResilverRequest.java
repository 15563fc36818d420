package dev.mooring.runbook.resilver;

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
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of Resilver: {@code {"cluster":"NAME","instances":"west-0,east-1","mode":"plan"}}.
 *
 * @param cluster which cluster
 * @param instances which of its members; none for every one that does not stream
 * @param mode plan or execute
 * @param digest of a plan that was reviewed, as its approval; empty to wait for one
 * @param overrides rules about the source that are broken by their names
 * @param systemIdentifierEnds the last four digits or more of the system identifier, by which a
 *     person shows that the cluster they named is the one they mean; empty if no person was asked
 * @param by who asks
 * @param reason why; needed where a rule is broken
 * @param incident when the failure of the standby began, if a watch asks; else empty
 */
public record ResilverRequest(
    ClusterName cluster,
    List<InstanceId> instances,
    Mode mode,
    String digest,
    List<String> overrides,
    String systemIdentifierEnds,
    String by,
    String reason,
    Optional<Instant> incident) {
  public ResilverRequest {
    instances = List.copyOf(instances);
    overrides = List.copyOf(overrides);
  }

  /** Binds a typed request; all that is wrong with it is one failure. */
  public static ResilverRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    List<InstanceId> instances =
        reader.optional("instances", ResilverRequest::instances, List.of());
    Mode mode = reader.required("mode", Mode.class, Mode.PLAN);
    String digest = reader.optional("digest", Plan::typed, "");
    List<String> overrides = reader.optional("overrides", SourceRule::named, List.of());
    String ends = reader.optional("systemIdentifierEnds", ConsumeRequest::systemIdentifierEnds, "");
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    Optional<Instant> incident =
        reader.optional(
            "incident", text -> Optional.of(RequestReader.instant(text)), Optional.empty());
    reader.requireReason(overrides, reason);
    reader.requirePerson(mode == Mode.EXECUTE, by);
    reader.finish();
    return new ResilverRequest(
        cluster, instances, mode, digest, overrides, ends, by, reason, incident);
  }

  private static List<InstanceId> instances(String names) {
    return Arrays.stream(names.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .map(InstanceId::new)
        .distinct()
        .sorted()
        .toList();
  }

  /** Whether it has what a watch asks for, and nothing that a person alone may say. */
  public boolean isAsOfWatch() {
    return mode == Mode.EXECUTE
        && instances.size() == 1
        && digest.isEmpty()
        && overrides.isEmpty()
        && systemIdentifierEnds.isEmpty()
        && !isByHook();
  }

  /** Whether a hook started it, so that no person has asked for it yet. */
  boolean isByHook() {
    return by.startsWith(RunContext.BY_HOOK);
  }

  /** The request as an approval binds to it: plan and execution are one. */
  public String inWords() {
    String which =
        instances.isEmpty()
            ? "every member that does not stream"
            : instances.stream().map(InstanceId::value).collect(Collectors.joining(", "));
    return "Resilver of "
        + cluster
        + ": "
        + which
        + incident.map(since -> ", for the watch, which saw it fail since " + since).orElse("")
        + (overrides.isEmpty() ? "" : ", overriding " + String.join(", ", overrides));
  }

  /** The request as a receipt keeps it: with the system that the requester named. */
  String asked() {
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
