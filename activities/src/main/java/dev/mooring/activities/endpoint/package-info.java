/** The endpoints of clients: PgBouncer, HAProxy, virtual addresses and commands, on their hosts. */
@NullMarked
package dev.mooring.activities.endpoint;

import org.jspecify.annotations.NullMarked;
