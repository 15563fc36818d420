/** Tests of the evidence, and samples of it for other tests. */
@NullMarked
package dev.mooring.evidence;

import org.jspecify.annotations.NullMarked;
