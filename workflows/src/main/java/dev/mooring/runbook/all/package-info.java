/** The list of the runbooks that act, for code that iterates over all of them. */
@NullMarked
package dev.mooring.runbook.all;

import org.jspecify.annotations.NullMarked;
