/** Observations of and acts on the members of a streaming cluster that several runbooks share. */
@NullMarked
package dev.mooring.runbook.members;

import org.jspecify.annotations.NullMarked;
