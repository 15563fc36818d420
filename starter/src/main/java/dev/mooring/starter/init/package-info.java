/** Creates a first cluster file from what servers and a Greenplum's coordinator report. */
@NullMarked
package dev.mooring.starter.init;

import org.jspecify.annotations.NullMarked;
