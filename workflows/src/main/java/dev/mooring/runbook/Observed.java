package dev.mooring.runbook;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import java.util.Optional;
import java.util.function.Function;

/**
 * What was seen, or why it could not be; nothing unseen ever counts as good.
 *
 * @param <T> what was looked at
 */
public sealed interface Observed<T> {

  /** It was seen. */
  record Seen<T>(T value) implements Observed<T> {
    @Override
    public <R> R match(Function<T, R> seen, Function<Unseen<T>, R> unseen) {
      return seen.apply(value);
    }
  }

  /**
   * It could not be seen.
   *
   * @param code what kind of failure that was
   * @param why one sentence
   */
  record Unseen<T>(FailureCode code, String why) implements Observed<T> {
    /** Of one instance of a host that answered. */
    public Unseen(InstanceFailure failure) {
      this(failure.code(), failure.message());
    }

    /** The same for a part of what was looked at. */
    public <P> Unseen<P> ofPart() {
      return new Unseen<>(code, why);
    }

    /** What to do, one sentence without a full stop. */
    public String remedy() {
      return code.hint();
    }

    @Override
    public <R> R match(Function<T, R> seen, Function<Unseen<T>, R> unseen) {
      return unseen.apply(this);
    }
  }

  /** One answer per variant. */
  <R> R match(Function<T, R> seen, Function<Unseen<T>, R> unseen);

  /** What was seen, if it was. */
  default Optional<T> seen() {
    return match(Optional::of, unseen -> Optional.empty());
  }
}
