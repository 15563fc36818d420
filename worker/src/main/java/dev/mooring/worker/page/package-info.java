/** The page of all clusters, for people with a browser. */
@NullMarked
package dev.mooring.worker.page;

import org.jspecify.annotations.NullMarked;
