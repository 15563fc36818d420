/** The runbook StartPrimary: a stopped primary starts where the other side shows that it may. */
@NullMarked
package dev.mooring.runbook.startprimary;

import org.jspecify.annotations.NullMarked;
