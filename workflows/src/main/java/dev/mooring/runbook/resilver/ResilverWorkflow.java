package dev.mooring.runbook.resilver;

import dev.mooring.runbook.RunMessages;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Makes outdated instances good standbys again by the cheapest way that holds: they follow as they
 * are, are rewound, or copied anew. Runbook page: {@code docs/runbooks/resilver.md}.
 */
@WorkflowInterface
public interface ResilverWorkflow extends RunMessages {

  /** Runs once; see {@link ResilverRequest} for what may be typed. */
  @WorkflowMethod(name = "Resilver")
  ResilverResult resilver(RawRequest request);
}
