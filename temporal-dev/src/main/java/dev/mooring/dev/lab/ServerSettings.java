package dev.mooring.dev.lab;

import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * The settings of the lab's servers: small, quick, and archiving. Nothing is outside the data
 * directory, neither sockets nor shared memory files, so that nothing is left when it is removed.
 *
 * @param layout the lab's files and addresses
 */
record ServerSettings(Layout layout) {
  /** The main file. */
  static final String MAIN = "postgresql.conf";

  /** The settings of the logs that the laws read. */
  private static final String LOGS =
      """
      log_timezone = 'UTC'
      lc_messages = 'C'
      log_line_prefix = '%m [%p] '
      log_replication_commands = on
      """;

  static final String CLIENT_RULES =
      """
      # TYPE  DATABASE     USER  ADDRESS  METHOD
      host    all          all   samenet  scram-sha-256
      host    replication  all   samenet  scram-sha-256
      """;

  int walFileMegabytes() {
    return layout.plan().size().walFileMegabytes();
  }

  String forPrimary(LabInstance instance) {
    return """
    listen_addresses = '%s'
    port = %d
    unix_socket_directories = ''
    dynamic_shared_memory_type = mmap
    shared_buffers = 8MB
    huge_pages = off
    max_connections = 40
    max_prepared_transactions = 20
    max_wal_senders = %d
    max_replication_slots = %d
    max_worker_processes = 2
    max_parallel_workers = 0
    autovacuum = off
    jit = off
    fsync = off
    wal_level = replica
    wal_init_zero = off
    wal_recycle = off
    min_wal_size = %dMB
    max_wal_size = %dMB
    archive_mode = on
    archive_command = '%s "%%p" "%s/%%f"'
    password_encryption = 'scram-sha-256'
    timezone = 'UTC'
    """
            .formatted(
                instance.host().address(),
                instance.port(),
                4 + 2 * layout.standbys().size(),
                4 + 2 * layout.standbys().size(),
                2 * walFileMegabytes(),
                Math.max(64, 4 * walFileMegabytes()),
                layout.archiveScript(),
                layout.archive(instance.content()))
        + LOGS;
  }

  /** A copy that recovers to the target it has, opens there, and archives nowhere. */
  static String forOpenedCopy(LabInstance copy, Path archive) {
    return forCopy(copy.host().address(), copy.port())
        + """
        archive_mode = 'off'
        restore_command = 'cp "%s/%%f" "%%p"'
        recovery_target_action = 'promote'
        hot_standby = 'off'
        """
            .formatted(archive);
  }

  /**
   * The main file for an instance whose configuration is outside its data directory: it names all
   * the paths, as Debian's does.
   */
  static String lying(Path there, LabInstance instance, String text) {
    String plain =
        text.lines()
            .filter(line -> !line.matches("(data_directory|hba_file|ident_file|include_dir) = .*"))
            .collect(Collectors.joining("\n", "", "\n"));
    return there.equals(instance.dataDirectory())
        ? plain
        : plain
            + forCopy(instance.host().address(), instance.port())
            + """
            data_directory = '%s'
            hba_file = '%s/pg_hba.conf'
            ident_file = '%s/pg_ident.conf'
            include_dir = 'conf.d'
            """
                .formatted(instance.dataDirectory(), there, there);
  }

  /** The settings in which a copy differs from its source server. */
  static String forCopy(String address, int port) {
    return """
    listen_addresses = '%s'
    port = '%d'
    """
        .formatted(address, port);
  }
}
