/** Streaming replication set up, verified and removed. */
@NullMarked
package dev.mooring.runbook.replication;

import org.jspecify.annotations.NullMarked;
