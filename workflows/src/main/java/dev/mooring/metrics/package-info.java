/** What is told of a cluster in figures, by one set of names, in Prometheus's text form. */
@NullMarked
package dev.mooring.metrics;

import org.jspecify.annotations.NullMarked;
