/** Running scripts on the hosts of a cluster, over SSH or as local processes. */
@NullMarked
package dev.mooring.activities.host;

import org.jspecify.annotations.NullMarked;
