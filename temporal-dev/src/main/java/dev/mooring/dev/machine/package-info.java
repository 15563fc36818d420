/** How loaded the machine is on which labs and tests run. */
@NullMarked
package dev.mooring.dev.machine;

import org.jspecify.annotations.NullMarked;
