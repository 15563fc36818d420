/** What runbooks do through Patroni, where it runs the members of a cluster. */
@NullMarked
package dev.mooring.runbook.patroni;

import org.jspecify.annotations.NullMarked;
