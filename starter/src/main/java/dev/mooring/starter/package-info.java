/** The command line {@code mooring}: one class per command, and the classes that start them. */
@NullMarked
package dev.mooring.starter;

import org.jspecify.annotations.NullMarked;
