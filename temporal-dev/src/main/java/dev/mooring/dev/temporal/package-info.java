/** A local Temporal server for tests, the demo and the bench. */
@NullMarked
package dev.mooring.dev.temporal;

import org.jspecify.annotations.NullMarked;
