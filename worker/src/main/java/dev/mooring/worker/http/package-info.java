/** What the HTTP addresses of a worker have in common. */
@NullMarked
package dev.mooring.worker.http;

import org.jspecify.annotations.NullMarked;
