/** Resilver: makes an outdated instance a good standby again. */
@NullMarked
package dev.mooring.runbook.resilver;

import org.jspecify.annotations.NullMarked;
