/** PostgreSQL's own vocabulary: positions, timelines, WAL files, the control file, the log. */
@NullMarked
package dev.mooring.postgres;

import org.jspecify.annotations.NullMarked;
