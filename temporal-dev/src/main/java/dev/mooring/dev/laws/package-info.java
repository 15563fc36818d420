/** The laws of Mooring as checks of a lab, each with its own reading of servers and evidence. */
@NullMarked
package dev.mooring.dev.laws;

import org.jspecify.annotations.NullMarked;
