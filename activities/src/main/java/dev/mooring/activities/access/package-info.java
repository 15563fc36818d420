/**
 * The clients that may connect to an instance: the adapter that keeps Mooring's lines of
 * pg_hba.conf.
 */
@NullMarked
package dev.mooring.activities.access;

import org.jspecify.annotations.NullMarked;
