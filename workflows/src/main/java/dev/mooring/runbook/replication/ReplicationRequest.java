package dev.mooring.runbook.replication;

import dev.mooring.runbook.Approval;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.resilver.SourceRule;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of ReplicationSetup: {@code {"cluster":"NAME"}}.
 *
 * @param cluster which cluster
 * @param act what is done; verify unless said otherwise
 * @param instances the standbys it is done for, their ids with commas between them; all unless said
 *     otherwise
 * @param mode plan or execute; may be left out to verify, which looks in either
 * @param digest of a plan that was reviewed, whose approval it is; or empty
 * @param overrides names of the rules about the member that accepts writes that are overridden;
 *     {@code restart} allows a setup to restart that member, {@code unrecorded} to relax where too
 *     few hosts record it
 * @param relax whether commits may wait for no standby, if none of the cluster file streams; with
 *     {@code synchronous} alone
 * @param by who asks
 * @param reason why; needed where a rule is broken
 * @param incident when the watch saw it, if a watch asks; else empty
 */
public record ReplicationRequest(
    ClusterName cluster,
    Act act,
    List<InstanceId> instances,
    Mode mode,
    String digest,
    List<String> overrides,
    boolean relax,
    String by,
    String reason,
    Optional<Instant> incident) {
  private static final Duration APPROVED_WITHIN = Duration.ofHours(1);

  public ReplicationRequest {
    instances = List.copyOf(instances);
    overrides = List.copyOf(overrides);
  }

  /** What is done. */
  public enum Act {
    /** It is seen who streams and how far behind; nothing is changed. */
    VERIFY,
    /** Standbys are made to stream, where they don't. */
    SETUP,
    /** What setup made on the primary is removed again. */
    REMOVE,
    /** The primary's synchronous_standby_names is set, and nothing else. */
    SYNCHRONOUS,
    /** The authority names the member that accepts writes, as a person made it so by hand. */
    ADOPT
  }

  /** Binds a typed request; all that is wrong with it is one failure. */
  public static ReplicationRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    Act act = reader.optional("act", RequestReader.oneOf(Act.class), Act.VERIFY);
    List<InstanceId> instances =
        reader.optional("instances", ReplicationRequest::ids, List.<InstanceId>of());
    Mode mode =
        act == Act.VERIFY
            ? reader.optional("mode", RequestReader.oneOf(Mode.class), Mode.EXECUTE)
            : reader.required("mode", Mode.class, Mode.PLAN);
    String digest = reader.optional("digest", Plan::typed, "");
    List<String> overrides =
        reader.optional("overrides", ReplicationRequest::rules, List.<String>of());
    boolean relax = reader.optional("relax", ReplicationRequest::isTrue, false);
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    Optional<Instant> incident =
        reader.optional(
            "incident", text -> Optional.of(RequestReader.instant(text)), Optional.empty());
    reader.requireReason(overrides, reason);
    reader.requirePerson(act != Act.VERIFY && mode == Mode.EXECUTE, by);
    reader.require(
        !relax || act == Act.SYNCHRONOUS, "relax: only act synchronous relaxes, got act " + act);
    reader.require(
        relax || !overrides.contains(SynchronousPlan.UNRECORDED),
        "overrides: unrecorded is a rule of relax alone");
    reader.require(
        instances.isEmpty() || act != Act.SYNCHRONOUS,
        "instances: act synchronous is about the standbys of replication.synchronous");
    reader.finish();
    return new ReplicationRequest(
        cluster, act, instances, mode, digest, overrides, relax, by, reason, incident);
  }

  private static boolean isTrue(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("must be true or false, got '" + text + "'");
    }
    return text.equals("true");
  }

  private static List<String> rules(String typed) {
    List<String> known = new ArrayList<>(SourceRule.NAMES);
    known.add(PrimaryCheck.RESTART);
    known.add(SynchronousPlan.UNRECORDED);
    return RequestReader.rules(known, typed);
  }

  /** Whether it has what a watch asks for, and nothing that a person alone may say. */
  boolean isAsOfWatch() {
    return act == Act.SYNCHRONOUS
        && mode == Mode.EXECUTE
        && digest.isEmpty()
        && overrides.isEmpty()
        && !by.startsWith(RunContext.BY_HOOK);
  }

  /** Whether the primary may be restarted for a setting that only a start takes. */
  boolean mayRestart() {
    return overrides.contains(PrimaryCheck.RESTART);
  }

  private static List<InstanceId> ids(String text) {
    return text.isBlank()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(String::strip).map(InstanceId::new).toList();
  }

  /** The request as a receipt keeps it; with which mode and digest it came is not part of it. */
  public String inWords() {
    return "ReplicationSetup of "
        + cluster
        + ", "
        + act
        + " "
        + (instances.isEmpty()
            ? "all standbys"
            : String.join(", ", instances.stream().map(InstanceId::value).toList()))
        + (relax ? ", relaxing" : "")
        + incident.map(since -> ", for the watch, since " + since).orElse("")
        + (overrides.isEmpty() ? "" : ", overriding " + String.join(", ", overrides));
  }

  /**
   * The approval that the request itself brings.
   *
   * @param persons how many persons must approve by the cluster file
   */
  public Approval approval(int persons) {
    return new Approval(by, digest, reason, APPROVED_WITHIN, persons);
  }

  /** The same for a plan that no person needs to approve: it must be that of the digest. */
  Approval ofThatPlan() {
    return approval(0);
  }
}
