/** The runbook ClusterStatus: the state of a cluster, observed by workers and judged here. */
@NullMarked
package dev.mooring.runbook.status;

import org.jspecify.annotations.NullMarked;
