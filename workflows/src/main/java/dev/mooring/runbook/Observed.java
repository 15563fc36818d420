package dev.mooring.runbook;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import java.util.Optional;
import java.util.function.Function;

/**
 * What was observed, or why it could not be; nothing unseen ever counts as good.
 *
 * @param <T> what was observed
 */
public sealed interface Observed<T> {

  /** It was observed. */
  record Seen<T>(T value) implements Observed<T> {
    @Override
    public <R> R match(Function<T, R> seen, Function<Unseen<T>, R> unseen) {
      return seen.apply(value);
    }
  }

  /**
   * It could not be observed.
   *
   * @param code the failure code
   * @param why one sentence
   */
  record Unseen<T>(FailureCode code, String why) implements Observed<T> {
    /** For one instance of a host that answered. */
    public Unseen(InstanceFailure failure) {
      this(failure.code(), failure.message());
    }

    /** The same for a part of it. */
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

  /** One result per variant. */
  <R> R match(Function<T, R> seen, Function<Unseen<T>, R> unseen);

  /** The observation, if there is one. */
  default Optional<T> seen() {
    return match(Optional::of, unseen -> Optional.empty());
  }
}
