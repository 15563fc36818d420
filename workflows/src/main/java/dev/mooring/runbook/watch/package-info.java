/** The runbook ReplicationWatch: observes a cluster that streams until it is cancelled. */
@NullMarked
package dev.mooring.runbook.watch;

import org.jspecify.annotations.NullMarked;
