/** The real adapters, over real servers and hosts, under the contracts of their ports. */
@NullMarked
package dev.mooring.dev.contract;

import org.jspecify.annotations.NullMarked;
