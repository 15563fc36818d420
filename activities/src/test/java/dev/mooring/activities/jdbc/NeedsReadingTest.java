package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.postgres.HostNeeds;
import java.lang.reflect.Proxy;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** The arrays that a server answers. */
class NeedsReadingTest {
  /** As Greenplum answers each ARRAY(SELECT …) that found no row. */
  private static final ResultSet ALL_NULL =
      (ResultSet)
          Proxy.newProxyInstance(
              ResultSet.class.getClassLoader(),
              new Class<?>[] {ResultSet.class},
              (row, method, arguments) -> null);

  @Test
  void an_array_that_is_null_is_an_empty_list() throws SQLException {
    assertThat(NeedsReading.of(ALL_NULL)).isEqualTo(HostNeeds.NONE);
  }
}
