/** A run's decisions taken again, from what its history says was seen. */
@NullMarked
package dev.mooring.starter.replay;

import org.jspecify.annotations.NullMarked;
