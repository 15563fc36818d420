package dev.mooring.runbook;

import dev.mooring.evidence.Receipt;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;

/** What every run answers and takes while it is open; each handler validates alone. */
public interface RunMessages {

  /** The progress of the run. */
  @QueryMethod
  Progress progress();

  /** What it means to do, once it has looked. */
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

  /** Refuses a decision that makes no sense now; a refused one leaves no event. */
  @UpdateValidatorMethod(updateName = "decide")
  void validateDecide(RawRequest decision);

  /** The same for those who only have tctl; a bad one shows in the progress. */
  @SignalMethod
  void decideBySignal(RawRequest decision);
}
