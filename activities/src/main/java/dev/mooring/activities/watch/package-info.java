/** Reads the members of a site through other ports, again and again. */
@NullMarked
package dev.mooring.activities.watch;

import org.jspecify.annotations.NullMarked;
