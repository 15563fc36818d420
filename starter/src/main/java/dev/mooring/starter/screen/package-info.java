/** Runs, proofs and plans as lines of text; pure functions of their input. */
@NullMarked
package dev.mooring.starter.screen;

import org.jspecify.annotations.NullMarked;
