/** The lock of a cluster at a site: a workflow whose id is the lock. */
@NullMarked
package dev.mooring.runbook.lock;

import org.jspecify.annotations.NullMarked;
