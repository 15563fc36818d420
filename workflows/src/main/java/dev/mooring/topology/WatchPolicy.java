package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the members of a cluster that streams are watched.
 *
 * @param every from the beginning of an observation to that of the next
 * @param beginAfterLooks how many looks in a row must show a change until it counts
 * @param endAfterLooks how many looks in a row without a fault end it
 * @param receiverSilent how long a standby's receiver may receive nothing from its sender
 * @param lag how old the last replayed commit of a standby may be while it has more to replay
 * @param slotBytes how much WAL a slot may keep; 0 for any number
 * @param diskUsed how full the file systems of a member's data and WAL may be, in percent; 0 for
 *     any
 * @param asksAfterReboot whether a person starts a primary whose host started again
 * @param resilver how it reacts to a standby that does not stream: one, or none for not at all
 * @param synchronous how it reacts if commits do not wait for the standbys that stream: the same
 * @param failover how it reacts if no member accepts writes: the same
 */
public record WatchPolicy(
    Duration every,
    int beginAfterLooks,
    int endAfterLooks,
    Duration receiverSilent,
    Duration lag,
    long slotBytes,
    int diskUsed,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean asksAfterReboot,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<ResilverReaction> resilver,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<SynchronousReaction> synchronous,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<FailoverReaction> failover) {
  public WatchPolicy {
    resilver = List.copyOf(resilver);
    synchronous = List.copyOf(synchronous);
    failover = List.copyOf(failover);
  }

  /** The defaults. */
  public WatchPolicy() {
    this(
        Duration.ofSeconds(10),
        3,
        3,
        Duration.ofSeconds(45),
        Duration.ofSeconds(60),
        0,
        90,
        false,
        List.of(),
        List.of(),
        List.of());
  }

  /** How it reacts to a standby that does not stream, if it does. */
  public Optional<ResilverReaction> resilvers() {
    return resilver.stream().findFirst();
  }

  /** How it reacts if commits do not wait for the standbys that stream, if it does. */
  public Optional<SynchronousReaction> setsSynchronous() {
    return synchronous.stream().findFirst();
  }

  /** How it reacts if no member accepts writes, if it does. */
  public Optional<FailoverReaction> failsOver() {
    return failover.stream().findFirst();
  }

  /** What it may do without a person, with each threshold at its default. */
  WatchPolicy consents() {
    WatchPolicy usual = new WatchPolicy();
    return new WatchPolicy(
        usual.every,
        usual.beginAfterLooks,
        usual.endAfterLooks,
        usual.receiverSilent,
        usual.lag,
        usual.slotBytes,
        usual.diskUsed,
        asksAfterReboot,
        resilver,
        synchronous,
        failover);
  }

  /** Leaves it out of payloads if it has only defaults. */
  public static final class Unsaid {
    @Override
    public boolean equals(@Nullable Object policy) {
      return policy == null || policy.equals(new WatchPolicy());
    }

    @Override
    public int hashCode() {
      return new WatchPolicy().hashCode();
    }
  }
}
