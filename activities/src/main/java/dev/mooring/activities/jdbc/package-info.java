/** PostgreSQL over JDBC: the adapter behind what is asked of running servers. */
@NullMarked
package dev.mooring.activities.jdbc;

import org.jspecify.annotations.NullMarked;
