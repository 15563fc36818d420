package dev.mooring.starter.look;

import java.util.Optional;
import java.util.function.Function;

/**
 * What was seen, or why it could not be; nothing unseen ever counts as good.
 *
 * @param <T> what was looked at
 */
public sealed interface Sight<T> {

  /** It was seen. */
  record Seen<T>(T value) implements Sight<T> {
    @Override
    public <R> R match(Function<T, R> seen, Function<Unseen<T>, R> unseen) {
      return seen.apply(value);
    }
  }

  /**
   * It could not be seen.
   *
   * @param why one sentence
   * @param remedy what to do, one sentence without a full stop
   * @param expected true where a healthy system would have answered
   */
  record Unseen<T>(String why, String remedy, boolean expected) implements Sight<T> {
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
