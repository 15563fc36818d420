/** Streaming replication set up, verified and taken out. */
@NullMarked
package dev.mooring.runbook.replication;

import org.jspecify.annotations.NullMarked;
