package dev.mooring.runbook;

import dev.mooring.evidence.RestorePointName;
import dev.mooring.topology.ClusterName;
import io.temporal.common.SearchAttributeKey;
import io.temporal.workflow.Workflow;
import java.util.List;

/**
 * The search attributes of a run. They must be registered in the namespace: an unregistered one
 * hangs the run, so the worker checks them at its start.
 */
public final class SearchAttributes {
  public static final SearchAttributeKey<String> CLUSTER =
      SearchAttributeKey.forKeyword("MooringCluster");
  public static final SearchAttributeKey<String> STEP =
      SearchAttributeKey.forKeyword("MooringStep");
  public static final SearchAttributeKey<String> OUTCOME =
      SearchAttributeKey.forKeyword("MooringOutcome");
  public static final SearchAttributeKey<String> RESTORE_POINT =
      SearchAttributeKey.forKeyword("MooringRestorePoint");
  public static final SearchAttributeKey<Boolean> NEEDS_OPERATOR =
      SearchAttributeKey.forBoolean("MooringNeedsOperator");

  /** All of them. */
  public static final List<SearchAttributeKey<?>> ALL =
      List.of(CLUSTER, STEP, OUTCOME, RESTORE_POINT, NEEDS_OPERATOR);

  SearchAttributes() {}

  void cluster(ClusterName cluster, boolean needsOperator) {
    Workflow.upsertTypedSearchAttributes(
        CLUSTER.valueSet(cluster.value()), NEEDS_OPERATOR.valueSet(needsOperator));
  }

  void step(String step) {
    Workflow.upsertTypedSearchAttributes(STEP.valueSet(step));
  }

  void restorePoint(RestorePointName name) {
    Workflow.upsertTypedSearchAttributes(RESTORE_POINT.valueSet(name.value()));
  }

  void needsOperator(boolean needed) {
    Workflow.upsertTypedSearchAttributes(NEEDS_OPERATOR.valueSet(needed));
  }

  void ended(Outcome outcome, boolean needsOperator) {
    Workflow.upsertTypedSearchAttributes(
        OUTCOME.valueSet(outcome.failureType()), NEEDS_OPERATOR.valueSet(needsOperator));
  }
}
