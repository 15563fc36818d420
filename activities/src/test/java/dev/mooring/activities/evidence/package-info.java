/** Tests of the evidence store, on real directories. */
@NullMarked
package dev.mooring.activities.evidence;

import org.jspecify.annotations.NullMarked;
