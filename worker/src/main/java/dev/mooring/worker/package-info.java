/** The worker: where runbooks, adapters and Temporal meet, with its metrics and health. */
@NullMarked
package dev.mooring.worker;

import org.jspecify.annotations.NullMarked;
