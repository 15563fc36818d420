/** What a plan, a check or a status looked at, one row each, and how it was judged. */
@NullMarked
package dev.mooring.runbook.checks;

import org.jspecify.annotations.NullMarked;
