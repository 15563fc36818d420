/** Switchover: the planned move of a cluster's primary, with nothing lost. */
@NullMarked
package dev.mooring.runbook.switchover;

import org.jspecify.annotations.NullMarked;
