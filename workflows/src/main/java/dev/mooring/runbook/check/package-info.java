/** The runbook ClusterCheck: whether a cluster has what its runbooks need. */
@NullMarked
package dev.mooring.runbook.check;

import org.jspecify.annotations.NullMarked;
