/** The adapter that speaks SQL, on real servers. */
@NullMarked
package dev.mooring.dev.database;

import org.jspecify.annotations.NullMarked;
