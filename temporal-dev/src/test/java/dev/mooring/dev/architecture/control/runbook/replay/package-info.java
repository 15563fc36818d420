/** Classes that each run otherwise when they are replayed. */
@NullMarked
package dev.mooring.dev.architecture.control.runbook.replay;

import org.jspecify.annotations.NullMarked;
