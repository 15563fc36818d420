package dev.mooring.runbook.consume;

import dev.mooring.runbook.RunMessages;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Moors a site: every instance is replayed to exactly one restore point and proved there; only then
 * does the site's state advance. Runbook page: {@code docs/runbooks/consume.md}.
 */
@WorkflowInterface
public interface DrConsumeWorkflow extends RunMessages {

  /** Runs once; see {@link ConsumeRequest} for the request. */
  @WorkflowMethod(name = "DrConsume")
  ConsumeResult consume(RawRequest request);

  /** A newer point was published during this run, which starts the next run at its end. */
  @SignalMethod
  void published(String publishedBy);
}
