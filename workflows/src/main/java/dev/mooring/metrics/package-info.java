/** The figures of a cluster, by one set of names, in Prometheus's text form. */
@NullMarked
package dev.mooring.metrics;

import org.jspecify.annotations.NullMarked;
