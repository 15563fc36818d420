/** The ports: what a runbook can ask and do. Adapters in {@code activities} implement them. */
@NullMarked
package dev.mooring.port;

import org.jspecify.annotations.NullMarked;
