/** Sends notices by webhooks, e-mail and commands. */
@NullMarked
package dev.mooring.activities.notice;

import org.jspecify.annotations.NullMarked;
