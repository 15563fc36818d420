package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When and how another member takes the place of a primary that is gone.
 *
 * @param promoteWithin how long a promotion may take
 * @param endWithin how long processes that still run of an old primary may take to end
 * @param maxLossBytes how many bytes the candidate may be behind the furthest standby that was
 *     read; -1 for any number, also an unknown one
 * @param prefer the order among candidates that are as far as each other, the best first
 * @param exclude members that are not promoted unless a person decides so
 * @param fences commands that power hosts off, for hosts that do not answer
 * @param automatic when a failover acts without a person: one, or none for never
 * @param waitBeforePromoteSeconds how long it waits between the fence and the last observation
 *     before the promotion (S9)
 * @param startsAfterReboot whether servers start as primaries with their hosts, without a permit
 */
public record FailoverPolicy(
    Duration promoteWithin,
    Duration endWithin,
    long maxLossBytes,
    List<InstanceId> prefer,
    List<InstanceId> exclude,
    List<FenceCommand> fences,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<UnattendedFailover> automatic,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) long waitBeforePromoteSeconds,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean startsAfterReboot) {

  public FailoverPolicy {
    prefer = List.copyOf(prefer);
    exclude = List.copyOf(exclude);
    fences = List.copyOf(fences);
    automatic = List.copyOf(automatic);
  }

  /** The defaults, which also hold in histories of releases without this policy. */
  public FailoverPolicy() {
    this(
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        1_048_576,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        0,
        false);
  }

  /**
   * How long it waits between the fence and the last observation before the promotion; zero: no
   * wait.
   */
  public Duration waitBeforePromote() {
    return Duration.ofSeconds(waitBeforePromoteSeconds);
  }

  /** When it acts without a person, if the file permits that. */
  public Optional<UnattendedFailover> unattended() {
    return automatic.stream().findFirst();
  }

  /** The command that powers that host off, if the file has one. */
  public Optional<FenceCommand> fenceOf(HostName host) {
    return fences.stream().filter(fence -> fence.host().equals(host)).findFirst();
  }

  /**
   * Leaves it out of payloads if it has only defaults, so that histories and digests do not change.
   */
  public static final class Unsaid {
    @Override
    public boolean equals(@Nullable Object policy) {
      return policy == null || policy.equals(new FailoverPolicy());
    }

    @Override
    public int hashCode() {
      return new FailoverPolicy().hashCode();
    }
  }
}
