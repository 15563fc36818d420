/** The parts of every runbook: steps, endings, failure codes, the run itself. */
@NullMarked
package dev.mooring.runbook;

import org.jspecify.annotations.NullMarked;
