/** The common parts of a worker's HTTP addresses. */
@NullMarked
package dev.mooring.worker.http;

import org.jspecify.annotations.NullMarked;
