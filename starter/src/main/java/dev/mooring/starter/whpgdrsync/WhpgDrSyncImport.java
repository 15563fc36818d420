package dev.mooring.starter.whpgdrsync;

import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.init.CopyDbids;
import dev.mooring.starter.init.Login;
import dev.mooring.starter.init.SegmentConfiguration;
import dev.mooring.starter.init.SegmentConfiguration.Segment;
import dev.mooring.topology.ClusterName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A configuration of whpg_dr_sync as a cluster file.
 *
 * @param clusterFile the text
 * @param said the result for each of its settings, one line each
 */
public record WhpgDrSyncImport(String clusterFile, List<String> said) {
  public WhpgDrSyncImport {
    said = List.copyOf(said);
  }

  /**
   * The command line's overrides of the configuration.
   *
   * @param user the role to connect as, or the configuration's
   * @param database the database to connect to, or the configuration's
   */
  public record Access(@Nullable String user, @Nullable String database, String sslMode) {}

  /**
   * Reads the configuration, and asks its coordinator for production's instances and the hosts of
   * its copies for their dbids.
   */
  public static WhpgDrSyncImport of(ClusterName cluster, Path file, Access access) {
    WhpgDrSyncConfig config = read(file);
    Login login =
        new Login(
            access.user() == null ? config.primary().user() : access.user(),
            access.database() == null ? config.primary().database() : access.database(),
            access.sslMode());
    List<String> said = new ArrayList<>();
    List<Segment> production = production(config, login, said);
    CopyDbids dbids = CopyDbids.read(config.copies(), CopyDbids.asWritten(login.user()));
    said.addAll(dbids.unread());
    said.addAll(left(config));
    return new WhpgDrSyncImport(
        WhpgDrSyncClusterFile.of(cluster, config, production, dbids.byContent(), login), said);
  }

  private static WhpgDrSyncConfig read(Path file) {
    try {
      return WhpgDrSyncConfig.parse(Files.readString(file));
    } catch (IOException e) {
      throw CommandFailure.failed(
          "can't read " + file + ": " + e.getMessage(),
          "name whpg_dr_sync's configuration file",
          e);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.refused(
          file + ": " + e.getMessage(),
          "fix it there: whpg_dr_sync may have used another value than was meant");
    }
  }

  private static List<Segment> production(WhpgDrSyncConfig config, Login login, List<String> said) {
    WhpgDrSyncConfig.Primary primary = config.primary();
    String at = primary.host() + ":" + primary.port();
    try (Connection connection = login.connect(at)) {
      List<Segment> rows = SegmentConfiguration.of(connection);
      said.add("the coordinator " + at + " named " + rows.size() + " instances of production");
      return rows;
    } catch (SQLException e) {
      said.add(
          "the coordinator "
              + at
              + " did not list production's instances; fill them in: "
              + String.valueOf(e.getMessage()).replace("\n", " "));
      return List.of();
    }
  }

  private static List<String> left(WhpgDrSyncConfig config) {
    List<String> left =
        new ArrayList<>(
            List.of(
                "not taken over: dr.state_dir, dr.receipts_dir (state and receipts are in"
                    + " evidence.store)",
                "behavior.consumer_sleep_secs is consume.every now, which a schedule uses: until"
                    + " there is a schedule, each point is consumed when it is published",
                "not taken over: behavior.wal_segment_size_mb (the servers say it)"));
    if (!config.unknown().isEmpty()) {
      left.add("unknown to whpg_dr_sync too: " + String.join(", ", config.unknown()));
    }
    return left;
  }
}
