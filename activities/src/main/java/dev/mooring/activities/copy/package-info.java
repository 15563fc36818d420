/** Creates data directories again: reads them, keeps their WAL, rewinds, copies, replaces them. */
@NullMarked
package dev.mooring.activities.copy;

import org.jspecify.annotations.NullMarked;
