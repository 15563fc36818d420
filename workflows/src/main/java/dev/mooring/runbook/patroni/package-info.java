/** What runbooks do through Patroni, if it manages the members of a cluster. */
@NullMarked
package dev.mooring.runbook.patroni;

import org.jspecify.annotations.NullMarked;
