/** People are told that a run needs them: beside the run, which never waits for it. */
@NullMarked
package dev.mooring.runbook.notice;

import org.jspecify.annotations.NullMarked;
