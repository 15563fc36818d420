package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A library that a function of production is in, and that was there when it was made. */
final class GoneLibrary {
  private GoneLibrary() {}

  /** Makes the function {@code unlike()} of it, and takes the library away on every host. */
  static Path ofAFunctionOn(Lab lab, LabInstance primary) throws SQLException {
    // where all hosts of the lab see it
    Path library = lab.archive(0).resolve("unlike.so");
    String installed =
        lab.run(
            primary.host(), lab.postgresPrograms().resolve("pg_config").toString(), "--pkglibdir");
    lab.run(primary.host(), "cp", installed.strip() + "/plpgsql.so", library.toString());
    try (Connection connection = lab.connect(primary);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE FUNCTION unlike() RETURNS language_handler LANGUAGE c AS '"
              + library
              + "', 'plpgsql_call_handler'");
    }
    lab.run(primary.host(), "rm", library.toString());
    return library;
  }
}
