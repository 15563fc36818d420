/** DrConsume: every instance of a site replayed to exactly one restore point and proved there. */
@NullMarked
package dev.mooring.runbook.consume;

import org.jspecify.annotations.NullMarked;
