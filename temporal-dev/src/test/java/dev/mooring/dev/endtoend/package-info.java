/** Runbooks run end to end: a real Temporal, real PostgreSQL, real SSH. */
@NullMarked
package dev.mooring.dev.endtoend;

import org.jspecify.annotations.NullMarked;
