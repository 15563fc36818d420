/** The content of the cluster file: sites, hosts, instances and how they are reached. */
@NullMarked
package dev.mooring.topology;

import org.jspecify.annotations.NullMarked;
