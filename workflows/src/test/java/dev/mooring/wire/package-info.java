/** Tests of the documents and requests as they stand outside. */
@NullMarked
package dev.mooring.wire;

import org.jspecify.annotations.NullMarked;
