/** Certificate authorities of the tests' own, and what serves by their certificates. */
@NullMarked
package dev.mooring.dev.tls;

import org.jspecify.annotations.NullMarked;
