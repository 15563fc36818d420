package dev.mooring.activities.jdbc;

import dev.mooring.postgres.HostNeeds;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;

/** Reads what a server's copy needs of its host: the same columns in every query. */
final class NeedsReading {
  static final String COLUMNS =
      """
      ARRAY(SELECT DISTINCT btrim(name, E' \\t\\n"')
              FROM regexp_split_to_table(
                     current_setting('shared_preload_libraries') || ',' ||
                     current_setting('session_preload_libraries'), ',') AS preload (name)
             WHERE btrim(name, E' \\t\\n"') <> ''
             UNION SELECT probin FROM pg_proc
             WHERE probin IS NOT NULL AND oid >= 16384) AS libraries,
      ARRAY(SELECT locale
              FROM (SELECT datcollate FROM pg_database
                    UNION SELECT datctype FROM pg_database
                    UNION SELECT setting FROM pg_settings
                           WHERE name IN ('lc_monetary', 'lc_numeric', 'lc_time')) AS l (locale)
             WHERE locale NOT IN ('C', 'POSIX', '')) AS locales,
      ARRAY(SELECT oid::bigint FROM pg_tablespace
             WHERE pg_tablespace_location(oid) LIKE '/%' ORDER BY oid) AS tablespaces,
      ARRAY(SELECT pg_tablespace_location(oid) FROM pg_tablespace
             WHERE pg_tablespace_location(oid) LIKE '/%' ORDER BY oid) AS locations\
      """;

  private NeedsReading() {}

  static HostNeeds of(ResultSet row) throws SQLException {
    List<Long> oids = ServerReading.elements(row, "tablespaces", Long[].class);
    List<String> locations = ServerReading.texts(row, "locations");
    return new HostNeeds(
        ServerReading.texts(row, "libraries"),
        ServerReading.texts(row, "locales"),
        IntStream.range(0, oids.size())
            .mapToObj(i -> new HostNeeds.Tablespace(oids.get(i), locations.get(i)))
            .toList());
  }
}
