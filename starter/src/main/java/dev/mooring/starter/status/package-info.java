/** What ClusterStatus answered, as people and programs are shown it. */
@NullMarked
package dev.mooring.starter.status;

import org.jspecify.annotations.NullMarked;
