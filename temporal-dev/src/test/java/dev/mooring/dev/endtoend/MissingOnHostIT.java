package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Clients.Side;
import dev.mooring.runbook.EndingRecord;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What production has beside PostgreSQL, and the host of a copy has not: refused, not found out.
 */
@Timeout(120)
class MissingOnHostIT extends MooredInstance {
  @Test
  void refuses_a_tablespace_without_its_directory_and_goes_on_once_that_is_made() {
    stage.clients().without(Side.COPIES, "a tablespace lies outside of what is copied aside");
    Path place = onAllHosts("tablespace");
    run("mkdir", place.toString());
    execute("CREATE TABLESPACE fast LOCATION '" + place + "'");
    String oid = sites.ask(0, "SELECT oid FROM pg_tablespace WHERE spcname = 'fast'");
    String second = stage.publish().restorePoint();
    run("mv", place.toString(), onAllHosts("production").toString());

    refused(
        "west-0: tablespace "
            + oid
            + " lies in "
            + place
            + ", which is no directory here that can be written");
    assertThat(sites.mooredAt()).isEqualTo(first);

    run("mkdir", place.toString());
    assertThat(stage.consume().restorePoint()).isEqualTo(second);

    run("mv", place.toString(), onAllHosts("moved").toString());
    refused(
        "west-0: tablespace "
            + oid
            + " leads to "
            + place
            + ", which is no directory that can be written");
    assertThat(sites.mooredAt()).isEqualTo(second);
  }

  @Test
  void refuses_a_host_without_a_library_of_productions_functions() {
    Path library = onAllHosts("own");
    String installed =
        run(stage.lab.postgresPrograms().resolve("pg_config").toString(), "--pkglibdir").strip();
    run("cp", installed + "/plpgsql.so", library + ".so");
    execute(
        "CREATE FUNCTION own() RETURNS language_handler LANGUAGE c AS '"
            + library
            + "', 'plpgsql_call_handler'");
    String second = stage.publish().restorePoint();
    run("mv", library + ".so", library + ".away");

    refused("west-0: library " + library + " is not there");
    assertThat(sites.mooredAt()).isEqualTo(first);

    run("mv", library + ".away", library + ".so");
    assertThat(stage.consume().restorePoint()).isEqualTo(second);
  }

  @Test
  void refuses_a_copy_that_is_to_load_a_library_its_host_has_not() {
    stage.publish();
    sites.configure(west, "shared_preload_libraries = 'plpgsql, not_there'\n");

    refused("west-0: library not_there is not there");
    assertThat(sites.mooredAt()).isEqualTo(first);
  }

  @Test
  void refuses_a_host_without_a_locale_of_productions_databases() {
    execute("UPDATE pg_database SET datctype = 'xx_XX.UTF-8' WHERE datname = 'template0'");
    stage.publish();

    refused("west-0: locale xx_XX.UTF-8 is not there");
    assertThat(sites.mooredAt()).isEqualTo(first);
  }

  private static void refused(String why) {
    String before = target();
    EndingRecord ending = stage.consumeFails("latest");
    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("MISSING_ON_HOST");
    assertThat(ending.headline()).startsWith(why);
    assertThat(target()).as("nothing was written").isEqualTo(before);
  }

  private static String target() {
    return Sites.read(west.dataDirectory().resolve("postgresql.auto.conf"));
  }

  /** In the archive, where every host of the lab sees the same. */
  private static Path onAllHosts(String name) {
    return stage.lab.archive(0).resolve(name);
  }

  private static String run(String... command) {
    return stage.lab.run(west.host(), command);
  }

  private static void execute(String sql) {
    try (Connection connection = stage.lab.connect(sites.east(0));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError("east-0 refused " + sql, e);
    }
  }
}
