/** The rows of plans, checks and status, and how they are judged. */
@NullMarked
package dev.mooring.runbook.checks;

import org.jspecify.annotations.NullMarked;
