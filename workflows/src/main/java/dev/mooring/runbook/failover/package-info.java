/** The runbook Failover: the primary is gone, a standby takes its role. */
@NullMarked
package dev.mooring.runbook.failover;

import org.jspecify.annotations.NullMarked;
