/** A client that tries to write everywhere at once, and records which instance accepts it. */
@NullMarked
package dev.mooring.dev.prober;

import org.jspecify.annotations.NullMarked;
