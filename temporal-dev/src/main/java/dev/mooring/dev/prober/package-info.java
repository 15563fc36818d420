/** A client that tries to write everywhere at once, and remembers who let it. */
@NullMarked
package dev.mooring.dev.prober;

import org.jspecify.annotations.NullMarked;
