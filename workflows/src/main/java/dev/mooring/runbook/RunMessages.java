package dev.mooring.runbook;

import dev.mooring.evidence.Receipt;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;

/** The queries, updates and signals of every open run. */
public interface RunMessages {

  /** The progress of the run. */
  @QueryMethod
  Progress progress();

  /** The plan, after the run observed. */
  @QueryMethod
  Plan plan();

  /** The receipt so far; the sealed one is in the evidence store. */
  @QueryMethod
  Receipt receipt();

  /**
   * A person's decision: {@code {"decision":"roll-back","by":"alice","reason":"…"}}; approve,
   * reject, retry, roll-back, give-up.
   */
  @UpdateMethod
  String decide(RawRequest decision);

  /** Refuses a decision that can't be taken now; a refused one leaves no event. */
  @UpdateValidatorMethod(updateName = "decide")
  void validateDecide(RawRequest decision);

  /** The same by signal, for tctl; a bad decision is shown in the progress. */
  @SignalMethod
  void decideBySignal(RawRequest decision);
}
