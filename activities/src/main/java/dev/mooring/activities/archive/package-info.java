/** WAL archives, read where the hosts of a site see them. */
@NullMarked
package dev.mooring.activities.archive;

import org.jspecify.annotations.NullMarked;
