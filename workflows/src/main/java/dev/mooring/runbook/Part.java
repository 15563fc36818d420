package dev.mooring.runbook;

import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The steps of one runbook as steps of a longer one, which alone locks, asks and writes the
 * receipt. Where the longer one goes on past the part's point of no return, it declares that step
 * and those after it as steps: what the part made is good by itself from there on, is done to its
 * end, and stays, whatever becomes of the rest.
 *
 * @param <P> the part's steps
 * @param <W> the whole's steps
 */
public final class Part<P extends Enum<P> & Step, W extends Enum<W> & Step>
    implements Steps<P>, Holding<P> {
  private static final Undo STAYS = Undo.nothing("what the part made is good by itself");

  private final RunbookRun<W> whole;
  private final Deciding<W> deciding;
  private final Function<P, W> as;

  /**
   * A part of that run.
   *
   * @param as the whole's step for each of the part's
   */
  public Part(RunContext<W> whole, Function<P, W> as) {
    this.whole = whole.run();
    this.deciding = whole.deciding();
    this.as = as;
  }

  @Override
  public Call call(P step) {
    return whole.call(as.apply(step));
  }

  @Override
  public void holdEpoch(Epoch taken) {
    whole.holdEpoch(taken);
  }

  @Override
  public <T> T observe(P step, Supplier<T> act) {
    return whole.observe(as.apply(step), act);
  }

  @Override
  public <T> T step(P step, Supplier<T> act, Undo undo) {
    return whole.step(as.apply(step), act, undo);
  }

  @Override
  public <T> T pivot(P step, Supplier<T> act) {
    W same = as.apply(step);
    return same.verb() == StepVerb.PIVOT ? whole.pivot(same, act) : whole.settle(same, act);
  }

  @Override
  public <T> T forward(P step, Supplier<T> act) {
    W same = as.apply(step);
    return same.verb() == StepVerb.FORWARD
        ? whole.forward(same, act)
        : whole.step(same, act, STAYS);
  }

  @Override
  public void onlyForward(Runnable rest) {
    whole.uninterruptibly(rest);
  }

  @Override
  public boolean isPivotPassed() {
    return whole.isPivotPassed();
  }

  @Override
  public void note(P step, String note) {
    whole.note(as.apply(step), note);
  }

  @Override
  public void leaves(String sentence) {
    whole.leaves(sentence);
  }

  @Override
  public void stop(FailureCode code, String sentence) {
    whole.stop(code, sentence);
  }

  @Override
  public <T> T untilDone(P step, Supplier<String> stands, Supplier<T> act) {
    return deciding.untilDone(as.apply(step), stands, act);
  }

  @Override
  public <T> T untilDone(P step, Supplier<String> stands, Supplier<Hold> hold, Supplier<T> act) {
    return deciding.untilDone(as.apply(step), stands, hold, act);
  }
}
