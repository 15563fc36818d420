/** PostgreSQL over JDBC: the adapter that queries and changes running servers. */
@NullMarked
package dev.mooring.activities.jdbc;

import org.jspecify.annotations.NullMarked;
