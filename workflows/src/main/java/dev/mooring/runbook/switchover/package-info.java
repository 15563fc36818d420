/** Switchover: the planned move of a cluster's primary, without loss. */
@NullMarked
package dev.mooring.runbook.switchover;

import org.jspecify.annotations.NullMarked;
