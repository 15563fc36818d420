/** The runbook ClusterStatus: where a cluster stands, looked at by workers and judged here. */
@NullMarked
package dev.mooring.runbook.status;

import org.jspecify.annotations.NullMarked;
