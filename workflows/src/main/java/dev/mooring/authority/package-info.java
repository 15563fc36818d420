/** The right to act on a host: epochs and the tokens every mutating act carries. */
@NullMarked
package dev.mooring.authority;

import org.jspecify.annotations.NullMarked;
