/** Notices to people about a run, beside the run, which never waits for them. */
@NullMarked
package dev.mooring.runbook.notice;

import org.jspecify.annotations.NullMarked;
