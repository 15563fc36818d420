/** Calls that come in: an alert starts the runbook that a rule names, once for its incident. */
@NullMarked
package dev.mooring.worker.hooks;

import org.jspecify.annotations.NullMarked;
