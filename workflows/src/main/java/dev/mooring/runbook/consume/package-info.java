/** DrConsume: replays every instance of a site to exactly one restore point, and proves it. */
@NullMarked
package dev.mooring.runbook.consume;

import org.jspecify.annotations.NullMarked;
