/** How people are told: webhooks, e-mail, commands. */
@NullMarked
package dev.mooring.activities.notice;

import org.jspecify.annotations.NullMarked;
