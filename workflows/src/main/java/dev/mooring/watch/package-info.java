/**
 * The signs in a reading of members that count, and when they count: pure functions of readings.
 */
@NullMarked
package dev.mooring.watch;

import org.jspecify.annotations.NullMarked;
