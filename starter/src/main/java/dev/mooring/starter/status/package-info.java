/** The answer of ClusterStatus, in forms for people and programs. */
@NullMarked
package dev.mooring.starter.status;

import org.jspecify.annotations.NullMarked;
