/** The command line {@code mooring}: one class per command, and what starts them. */
@NullMarked
package dev.mooring.starter;

import org.jspecify.annotations.NullMarked;
