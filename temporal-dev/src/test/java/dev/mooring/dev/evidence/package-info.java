/** The evidence store on a real host. */
@NullMarked
package dev.mooring.dev.evidence;

import org.jspecify.annotations.NullMarked;
