package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/**
 * The unprivileged account that owns the servers of a lab. PostgreSQL refuses to run as root, so
 * root's labs run as another account; other users' labs run as themselves.
 *
 * @param name the account
 * @param uid its number
 * @param gid its group
 * @param another whether it is not the caller, who is root then
 */
record LabUser(String name, int uid, int gid, boolean another) {
  static final String VARIABLE = "MOORING_LAB_USER";

  static LabUser chosen(Map<String, String> environment) {
    int caller = caller();
    if (caller != 0) {
      return accounts().stream()
          .filter(account -> account.uid == caller)
          .findFirst()
          .map(account -> new LabUser(account.name, account.uid, account.gid, false))
          .orElseThrow(() -> new LabFailure("the caller's uid " + caller + " has no account"));
    }
    String asked = environment.get(VARIABLE);
    List<String> candidates = asked == null ? List.of("postgres", "nobody") : List.of(asked);
    return candidates.stream()
        .flatMap(name -> accounts().stream().filter(account -> account.name.equals(name)))
        .filter(account -> account.uid != 0)
        .findFirst()
        .orElseThrow(
            () ->
                new LabFailure(
                    "no unprivileged account among %s\nHINT: name one in %s."
                        .formatted(candidates, VARIABLE)));
  }

  /** The command, run as this account. */
  List<String> as(List<String> command) {
    return another
        ? Command.join(
            List.of("setpriv", "--reuid", name, "--regid", Integer.toString(gid), "--init-groups"),
            command)
        : command;
  }

  /** Creates the directory with its parents and gives it to this account. */
  void makeDirectory(Path directory) {
    try {
      Files.createDirectories(directory);
      own(directory);
    } catch (IOException e) {
      throw new LabFailure("could not make directory " + directory, e);
    }
  }

  /** Writes the file and hands it to this account. */
  void write(Path file, String text) {
    try {
      Files.writeString(file, text);
      own(file);
    } catch (IOException e) {
      throw new LabFailure("could not write " + file, e);
    }
  }

  /** The same, to be run by anybody. */
  void writeProgram(Path file, String text) {
    write(file, text);
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new LabFailure("could not let " + file + " be run", e);
    }
  }

  /** The same, to be read by the account alone. */
  void writePrivately(Path file, String text) {
    WorkerFiles.writePrivately(file, text);
    try {
      own(file);
    } catch (IOException e) {
      throw new LabFailure("could not give " + file + " to " + name, e);
    }
  }

  private void own(Path path) throws IOException {
    if (another) {
      Files.setAttribute(path, "unix:uid", uid);
      Files.setAttribute(path, "unix:gid", gid);
    }
  }

  /** The number of the account that runs this. */
  static int caller() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException | UnsupportedOperationException e) {
      throw new LabFailure("a lab needs Linux with /proc", e);
    }
  }

  private static List<LabUser> accounts() {
    try {
      return Files.readAllLines(Path.of("/etc/passwd")).stream()
          .map(line -> line.split(":", -1))
          .filter(fields -> fields.length > 3)
          .map(f -> new LabUser(f[0], Integer.parseInt(f[2]), Integer.parseInt(f[3]), true))
          .toList();
    } catch (IOException | NumberFormatException e) {
      throw new LabFailure("unreadable /etc/passwd", e);
    }
  }
}
