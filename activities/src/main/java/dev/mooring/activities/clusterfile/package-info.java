/** The cluster files in the configuration directory of a worker or a command line. */
@NullMarked
package dev.mooring.activities.clusterfile;

import org.jspecify.annotations.NullMarked;
