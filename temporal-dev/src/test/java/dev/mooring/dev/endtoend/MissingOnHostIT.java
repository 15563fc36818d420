package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Clients.Side;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.runbook.EndingRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What production has beside PostgreSQL, and the host of a copy has not: refused, not found out.
 */
@Tag("all")
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
            + " points to "
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

  @Test
  void changes_nothing_where_a_copys_data_directory_is_gone() {
    stage.publish();
    String data = west.dataDirectory().toString();
    run("mv", data, data + ".away");
    String before = run("find", data + ".away", west.host().mooring().toString(), "-newermt", "@0");

    EndingRecord ending = stage.consumeFails("latest");
    String after = run("find", data + ".away", west.host().mooring().toString(), "-newermt", "@0");
    boolean made = Files.exists(west.dataDirectory());
    run("mv", data + ".away", data);

    unreadable(ending, "Failed", west);
    assertThat(made).isFalse();
    assertThat(after).isEqualTo(before);
    assertThat(sites.mooredAt()).isEqualTo(first);
    assertThat(stage.consume().outcome()).isEqualTo("Completed");
  }

  /** Its server runs on in it, as it knows it by where it stands, and answers. */
  @Test
  void makes_no_point_where_a_primarys_data_directory_is_gone() {
    LabInstance east = sites.east(0);
    String data = east.dataDirectory().toString();
    long made = pointsMade(east);
    run(east, "mv", data, data + ".away");

    EndingRecord ending = stage.publishFails();
    run(east, "mv", data + ".away", data);

    unreadable(ending, "Refused", east);
    assertThat(pointsMade(east)).isEqualTo(made);
    assertThat(sites.latest().name().value()).isEqualTo(first);
    assertThat(stage.publish().outcome()).isEqualTo("Completed");
  }

  @Test
  void makes_no_point_where_a_primarys_control_file_can_not_be_read() throws IOException {
    LabInstance east = sites.east(0);
    Path control = east.dataDirectory().resolve("global/pg_control");
    byte[] whole = Files.readAllBytes(control);
    long made = pointsMade(east);
    Files.write(control, new byte[whole.length]);

    EndingRecord ending = stage.publishFails();
    byte[] left = Files.readAllBytes(control);
    Files.write(control, whole);

    unreadable(ending, "Refused", east);
    assertThat(ending.headline()).contains("does not match");
    assertThat(left).isEqualTo(new byte[whole.length]);
    assertThat(pointsMade(east)).isEqualTo(made);
    assertThat(sites.latest().name().value()).isEqualTo(first);
    assertThat(stage.publish().outcome()).isEqualTo("Completed");
  }

  private static void unreadable(EndingRecord ending, String outcome, LabInstance instance) {
    assertThat(ending.outcome()).isEqualTo(outcome);
    assertThat(ending.code()).isEqualTo("STATE_UNREADABLE");
    assertThat(ending.headline()).contains(instance.id());
  }

  /** PostgreSQL logs each. */
  private static long pointsMade(LabInstance east) {
    return Sites.read(east.log()).lines().filter(l -> l.contains("restore point \"")).count();
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
    return run(west, command);
  }

  private static String run(LabInstance where, String... command) {
    return stage.lab.run(where.host(), command);
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
