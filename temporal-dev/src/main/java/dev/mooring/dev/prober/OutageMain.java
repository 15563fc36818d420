package dev.mooring.dev.prober;

import dev.mooring.dev.prober.OutageProbe.Outage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * {@code OutageMain SERVERS USER FILE TABLE}, the password in PGPASSWORD: writes until the file is
 * there, then prints {@code acknowledged N lost N longest MILLISECONDS resumed EPOCH_MILLISECONDS}.
 */
public final class OutageMain {
  private OutageMain() {}

  public static void main(String[] arguments) throws SQLException {
    String password = System.getenv().getOrDefault("PGPASSWORD", "");
    Path end = Path.of(arguments[2]);
    Outage outage =
        new OutageProbe(arguments[0], arguments[1], password, arguments[3])
            .run(() -> Files.exists(end));
    System.out.printf(
        "acknowledged %d lost %d longest %d resumed %d%n",
        outage.acknowledged(),
        outage.lost(),
        outage.longest().toMillis(),
        outage.resumed().toEpochMilli());
  }
}
