package dev.mooring.runbook;

import dev.mooring.wire.RawRequest;

/**
 * What every runbook's implementation has in common: its surroundings answer the queries and take
 * the decisions. Only what stands in the receipt so far is the runbook's own.
 */
public abstract class AnsweringRun implements RunMessages {
  protected final RunContext context;
  protected final RunbookRun run;

  /** A run with these surroundings. */
  protected AnsweringRun(RunContext context) {
    this.context = context;
    this.run = context.run();
  }

  @Override
  public Progress progress() {
    return run.progress();
  }

  @Override
  public Plan plan() {
    return context.plan();
  }

  @Override
  public String decide(RawRequest decision) {
    return context.decide(decision);
  }

  @Override
  public void validateDecide(RawRequest decision) {
    context.validate(decision);
  }

  @Override
  public void decideBySignal(RawRequest decision) {
    context.decideBySignal(decision);
  }
}
