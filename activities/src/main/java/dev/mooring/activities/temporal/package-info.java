/** Queries and changes in Temporal itself: other runs, and locks. */
@NullMarked
package dev.mooring.activities.temporal;

import org.jspecify.annotations.NullMarked;
