package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When and how another takes the place of a primary that is gone.
 *
 * @param promoteWithin how long a promotion may take
 * @param endWithin how long what still runs of an old primary may take to end
 * @param maxLossBytes how many bytes the candidate may be behind the furthest standby that was
 *     read; -1 for any number, also an unknown one
 * @param approvals how many persons must approve
 * @param prefer of candidates that are as far as each other, the best first
 * @param exclude who is not promoted unless a person says so
 * @param fences commands that power hosts off, for hosts that do not answer
 * @param automatic when a failover is done without a person: one, or none if never
 * @param waitBeforePromoteSeconds how long it waits between the fence and the last look before the
 *     promotion (S9)
 * @param startsAfterReboot whether servers start as primaries with their hosts, without a permit
 */
public record FailoverPolicy(
    Duration promoteWithin,
    Duration endWithin,
    long maxLossBytes,
    int approvals,
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

  /** What holds if the file does not say it, and in histories of releases that did not ask. */
  public FailoverPolicy() {
    this(
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        1_048_576,
        1,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        0,
        false);
  }

  /** How long it waits between the fence and the last look before the promotion; zero: not. */
  public Duration waitBeforePromote() {
    return Duration.ofSeconds(waitBeforePromoteSeconds);
  }

  /** When it is done without a person, if the file lets it be. */
  public Optional<UnattendedFailover> unattended() {
    return automatic.stream().findFirst();
  }

  /** What powers that host off, if the file names it. */
  public Optional<FenceCommand> fenceOf(HostName host) {
    return fences.stream().filter(fence -> fence.host().equals(host)).findFirst();
  }

  /**
   * Leaves it out of payloads if it has only defaults, so that histories and digests stay as they
   * were before there was one.
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
