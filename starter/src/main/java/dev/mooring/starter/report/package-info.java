/** A run told to somebody who was not there: who, what, when, with which proof. */
@NullMarked
package dev.mooring.starter.report;

import org.jspecify.annotations.NullMarked;
