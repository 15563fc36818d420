/** The form of values in histories and documents, and the reading of requests. */
@NullMarked
package dev.mooring.wire;

import org.jspecify.annotations.NullMarked;
