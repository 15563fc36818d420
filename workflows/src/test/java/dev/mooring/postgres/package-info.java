/** Tests of PostgreSQL's vocabulary; what servers wrote was captured from PostgreSQL 15.20. */
@NullMarked
package dev.mooring.postgres;

import org.jspecify.annotations.NullMarked;
