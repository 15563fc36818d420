/** The runbook ReplicationWatch: looks at a cluster that streams for as long as it is there. */
@NullMarked
package dev.mooring.runbook.watch;

import org.jspecify.annotations.NullMarked;
