package dev.mooring.dev.lab;

import dev.mooring.postgres.ServerVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a lab needs of its machine. If something is absent that is a failure with the remedy, never
 * a reason to test less.
 *
 * @param user the account that owns the servers
 * @param postgresPrograms directory of initdb, postgres and pg_ctl
 * @param postgresMajor their major version
 * @param sshd the OpenSSH server
 * @param labs the default directory of labs
 * @param isolation how far it can separate the hosts of a lab
 */
record Machine(
    LabUser user,
    Path postgresPrograms,
    int postgresMajor,
    Path sshd,
    Path labs,
    Isolation isolation) {
  static final String POSTGRES_VARIABLE = "MOORING_PG_BIN";
  static final String SSHD_VARIABLE = "MOORING_SSHD";

  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
  private static final List<String> NEEDED =
      List.of("initdb", "postgres", "pg_ctl", "pg_basebackup", "pg_controldata");

  /** The machine as found, with settings from the environment. */
  static Machine found(Map<String, String> environment) {
    LabUser user = LabUser.chosen(environment);
    Path programs = postgres(environment);
    return new Machine(
        user,
        programs,
        major(programs),
        sshd(environment),
        labsDirectory(environment),
        user.another() ? Isolation.furthest(environment) : Isolation.OFF);
  }

  /** Path of a PostgreSQL program. */
  String postgres(String program) {
    return postgresPrograms.resolve(program).toString();
  }

  private static Path postgres(Map<String, String> environment) {
    String asked = environment.get(POSTGRES_VARIABLE);
    List<Path> candidates =
        asked == null
            ? Stream.of(
                    versions(Path.of("/usr/lib/postgresql"), "bin"),
                    versions(Path.of("/usr"), "pgsql-*/bin"),
                    versions(Path.of("/usr/libexec"), "postgresql*/bin"),
                    Stream.of(Path.of("/usr/local/pgsql/bin")),
                    searchPath(environment))
                .flatMap(paths -> paths)
                .toList()
            : List.of(Path.of(asked));
    return candidates.stream()
        .filter(directory -> NEEDED.stream().allMatch(p -> executable(directory.resolve(p))))
        .filter(directory -> new ServerVersion(major(directory), 0).isSupported())
        .findFirst()
        .map(Path::toAbsolutePath)
        .orElseThrow(
            () ->
                new LabFailure(
                    "no PostgreSQL %d to %d server programs in %s%nHINT: install a PostgreSQL server package, or set %s to its directory of programs."
                        .formatted(
                            ServerVersion.OLDEST_SUPPORTED,
                            ServerVersion.NEWEST_SUPPORTED,
                            candidates,
                            POSTGRES_VARIABLE)));
  }

  private static Path sshd(Map<String, String> environment) {
    String asked = environment.get(SSHD_VARIABLE);
    List<Path> candidates =
        asked == null
            ? Stream.concat(
                    Stream.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin")),
                    searchPath(environment))
                .map(directory -> directory.resolve("sshd"))
                .toList()
            : List.of(Path.of(asked));
    return candidates.stream()
        .filter(Machine::executable)
        .findFirst()
        .map(Path::toAbsolutePath)
        .orElseThrow(
            () ->
                new LabFailure(
                    "no OpenSSH server among %s%nHINT: install openssh-server, or set %s to the program sshd."
                        .formatted(candidates, SSHD_VARIABLE)));
  }

  /** Newest version first. */
  private static Stream<Path> versions(Path parent, String below) {
    String glob = below.contains("/") ? below.substring(0, below.indexOf('/')) : "*";
    String rest = below.substring(below.indexOf('/') + 1);
    if (!Files.isDirectory(parent)) {
      return Stream.empty();
    }
    try (var children = Files.newDirectoryStream(parent, glob)) {
      return Stream.iterate(children.iterator(), java.util.Iterator::hasNext, it -> it)
          .map(java.util.Iterator::next)
          .map(directory -> directory.resolve(rest))
          .filter(Files::isDirectory)
          .sorted(Comparator.comparing(Machine::majorOrNone).reversed())
          .toList()
          .stream();
    } catch (IOException e) {
      throw new LabFailure("unreadable directory " + parent, e);
    }
  }

  private static int majorOrNone(Path directory) {
    return executable(directory.resolve("postgres")) ? major(directory) : 0;
  }

  private static int major(Path directory) {
    String said =
        Command.run(
            Path.of("/"), List.of(directory.resolve("postgres").toString(), "--version"), Map.of());
    Matcher matcher = VERSION.matcher(said);
    if (!matcher.find()) {
      throw new LabFailure("no version in what " + directory + "/postgres said: " + said.strip());
    }
    return Integer.parseInt(matcher.group(1));
  }

  private static Stream<Path> searchPath(Map<String, String> environment) {
    return Arrays.stream(environment.getOrDefault("PATH", "/usr/bin:/bin").split(":", -1))
        .filter(entry -> !entry.isEmpty())
        .map(Path::of);
  }

  private static boolean executable(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  /**
   * The caller's state directory; root's own is closed to the account that runs the servers, so
   * root's labs lie under /var/lib.
   */
  static Path labsDirectory(Map<String, String> environment) {
    String state = environment.get("XDG_STATE_HOME");
    if (state != null && !state.isEmpty()) {
      return Path.of(state, "mooring", "labs");
    }
    String home = environment.getOrDefault("HOME", "/");
    return LabUser.chosen(environment).another()
        ? Path.of("/var/lib/mooring-labs")
        : Path.of(home, ".local", "state", "mooring", "labs");
  }
}
