/**
 * The ports: what a runbook may ask of the world. Adapters in {@code activities} implement them.
 */
@NullMarked
package dev.mooring.port;

import org.jspecify.annotations.NullMarked;
