/** The cluster file: YAML text to a resolved cluster, or to everything that is wrong with it. */
@NullMarked
package dev.mooring.clusterfile;

import org.jspecify.annotations.NullMarked;
