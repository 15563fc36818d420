/** Going back: the old side resilvered, and the primary moved to it again. */
@NullMarked
package dev.mooring.runbook.failback;

import org.jspecify.annotations.NullMarked;
