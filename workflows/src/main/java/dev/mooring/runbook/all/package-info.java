/** The list of the runbooks that act, for whoever goes through all of them. */
@NullMarked
package dev.mooring.runbook.all;

import org.jspecify.annotations.NullMarked;
