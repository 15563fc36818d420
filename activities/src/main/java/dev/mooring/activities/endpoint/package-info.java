/** What clients connect to: PgBouncer, HAProxy, virtual addresses and commands, by their hosts. */
@NullMarked
package dev.mooring.activities.endpoint;

import org.jspecify.annotations.NullMarked;
