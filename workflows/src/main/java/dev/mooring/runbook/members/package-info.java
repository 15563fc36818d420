/** What several runbooks ask of the members of a streaming cluster, and do to them. */
@NullMarked
package dev.mooring.runbook.members;

import org.jspecify.annotations.NullMarked;
