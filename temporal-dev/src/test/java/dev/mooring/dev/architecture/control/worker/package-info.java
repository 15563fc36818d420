/** Classes that each break a rule of the architecture, for its test to catch. */
@NullMarked
package dev.mooring.dev.architecture.control.worker;

import org.jspecify.annotations.NullMarked;
