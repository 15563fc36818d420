/** Runs, proofs and plans as lines of text; pure functions of what was read. */
@NullMarked
package dev.mooring.starter.screen;

import org.jspecify.annotations.NullMarked;
