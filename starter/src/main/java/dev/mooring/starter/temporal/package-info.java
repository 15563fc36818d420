/** How the command line talks to Temporal: finds, starts, follows and stops runs, and schedules. */
@NullMarked
package dev.mooring.starter.temporal;

import org.jspecify.annotations.NullMarked;
