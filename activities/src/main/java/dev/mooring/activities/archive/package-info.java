/** WAL archives, read as the hosts of a site reach them. */
@NullMarked
package dev.mooring.activities.archive;

import org.jspecify.annotations.NullMarked;
