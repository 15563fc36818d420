/** The runbook ClusterCheck: whether a cluster has what its runbooks need, seen by its workers. */
@NullMarked
package dev.mooring.runbook.check;

import org.jspecify.annotations.NullMarked;
