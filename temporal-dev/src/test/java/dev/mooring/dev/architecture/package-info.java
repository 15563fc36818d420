/** The rules of the architecture, each with a class that breaks it. */
@NullMarked
package dev.mooring.dev.architecture;

import org.jspecify.annotations.NullMarked;
