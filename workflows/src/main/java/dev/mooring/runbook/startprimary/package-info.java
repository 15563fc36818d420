/** The runbook StartPrimary: starts a stopped primary if the other side shows that it may. */
@NullMarked
package dev.mooring.runbook.startprimary;

import org.jspecify.annotations.NullMarked;
