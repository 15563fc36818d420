package dev.mooring.runbook;

import dev.mooring.port.FailureCode;
import java.util.function.Function;

/**
 * The result of a decision: proceed with a conclusion, not yet, or never.
 *
 * @param <T> the conclusion if it proceeds
 */
public sealed interface Verdict<T> {

  /** One result per variant. */
  <R> R match(
      Function<Proceed<T>, R> proceed, Function<NotYet<T>, R> notYet, Function<Never<T>, R> never);

  /** The next verdict if this one proceeds; otherwise this one. */
  default <R> Verdict<R> then(Function<? super T, Verdict<R>> next) {
    return match(
        proceed -> next.apply(proceed.conclusion()),
        notYet -> notYet(notYet.awaiting()),
        never -> never(never.code(), never.reason()));
  }

  /** Proceeds, with the conclusion. */
  static <T> Verdict<T> proceed(T conclusion) {
    return new Proceed<>(conclusion);
  }

  /** Waits for what is named. */
  static <T> Verdict<T> notYet(String awaiting) {
    return new NotYet<>(awaiting);
  }

  /** Not allowed, for the reason given. */
  static <T> Verdict<T> never(FailureCode code, String reason) {
    return new Never<>(code, reason);
  }

  /** Proceeds, with the conclusion. */
  record Proceed<T>(T conclusion) implements Verdict<T> {
    @Override
    public <R> R match(
        Function<Proceed<T>, R> proceed,
        Function<NotYet<T>, R> notYet,
        Function<Never<T>, R> never) {
      return proceed.apply(this);
    }
  }

  /** Not yet; what is awaited is a sentence for an operator. */
  record NotYet<T>(String awaiting) implements Verdict<T> {
    @Override
    public <R> R match(
        Function<Proceed<T>, R> proceed,
        Function<NotYet<T>, R> notYet,
        Function<Never<T>, R> never) {
      return notYet.apply(this);
    }
  }

  /** Never; the reason is a sentence with the values that disagree. */
  record Never<T>(FailureCode code, String reason) implements Verdict<T> {
    @Override
    public <R> R match(
        Function<Proceed<T>, R> proceed,
        Function<NotYet<T>, R> notYet,
        Function<Never<T>, R> never) {
      return never.apply(this);
    }
  }
}
