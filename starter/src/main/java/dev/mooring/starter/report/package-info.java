/** The report of a run for a reader who was not there: who, what, when, with which proof. */
@NullMarked
package dev.mooring.starter.report;

import org.jspecify.annotations.NullMarked;
