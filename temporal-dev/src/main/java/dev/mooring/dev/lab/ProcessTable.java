package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machine's processes in /proc, searched for those of one lab. A process is the lab's if the
 * lab recorded it at its start or it descends from such a process (an SSH server hides the other
 * signs), if it carries the lab's mark, lives in a mount namespace of one of its hosts, or is a
 * PostgreSQL process that works in its directory.
 */
final class ProcessTable {
  private static final Path PROC = Path.of("/proc");

  private ProcessTable() {}

  /** Whether the process has this directory as its working directory. */
  static boolean worksIn(long pid, Path directory) {
    return workingDirectory(pid).equals(directory.toString());
  }

  /** All live processes that have this directory as their working directory. */
  static List<LabProcess> workingIn(Path directory) {
    return numbers().stream()
        .filter(pid -> worksIn(pid, directory))
        .flatMap(pid -> LabProcess.find(pid).stream())
        .toList();
  }

  /** Their numbers and command lines, for messages. */
  static String commandsIn(Path directory) {
    return workingIn(directory).stream()
        .map(process -> process.pid() + " " + text(process.pid(), "cmdline").replace('\0', ' '))
        .collect(Collectors.joining(", "));
  }

  /** All processes of the lab, except the caller and its ancestors. */
  static List<LabProcess> of(Path lab, Set<String> namespaces, List<LabProcess> recorded) {
    Set<Long> own = callerAndAncestors();
    Set<Long> started =
        recorded.stream()
            .flatMap(process -> withDescendants(process.pid()))
            .collect(Collectors.toUnmodifiableSet());
    return numbers().stream()
        .filter(pid -> !own.contains(pid))
        .filter(pid -> started.contains(pid) || belongs(pid, lab, namespaces))
        .flatMap(pid -> LabProcess.find(pid).stream())
        .toList();
  }

  /** A process and all that descend from it. */
  static Stream<Long> withDescendants(long pid) {
    return ProcessHandle.of(pid).stream()
        .flatMap(handle -> Stream.concat(Stream.of(handle), handle.descendants()))
        .map(ProcessHandle::pid);
  }

  /** The processes of SSH servers in that mount namespace, their sessions among them. */
  static Stream<Long> sshServersIn(String namespace) {
    return numbers().stream()
        .filter(ProcessTable::isSshServer)
        .filter(pid -> HostSpace.namespaceOf(pid).filter(namespace::equals).isPresent());
  }

  /** Whether it is an SSH server or a session of one. */
  static boolean isSshServer(long pid) {
    return name(pid).startsWith("sshd");
  }

  /** Whether a server's process carries that title: after a cluster_name, if one is set. */
  static boolean isServersOwn(long pid, String kind) {
    return commandLine(pid).matches("postgres: (\\S+: )?" + Pattern.quote(kind) + "\\b.*");
  }

  private static List<Long> numbers() {
    try (Stream<Path> entries = Files.list(PROC)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.chars().allMatch(Character::isDigit))
          .map(Long::valueOf)
          .toList();
    } catch (IOException e) {
      throw new LabFailure("unreadable /proc", e);
    }
  }

  private static boolean belongs(long pid, Path lab, Set<String> namespaces) {
    return HostSpace.namespaceOf(pid).filter(namespaces::contains).isPresent()
        || isMarked(pid, lab)
        || (name(pid).equals("postgres") && workingDirectory(pid).startsWith(lab + "/hosts/"))
        || (name(pid).equals("sshd") && commandLine(pid).contains(lab + "/hosts/"));
  }

  private static boolean isMarked(long pid, Path lab) {
    return Arrays.asList(text(pid, "environ").split("\0", -1)).contains(Command.MARK + "=" + lab);
  }

  private static String name(long pid) {
    return text(pid, "comm").strip();
  }

  private static String commandLine(long pid) {
    return text(pid, "cmdline").replace('\0', ' ');
  }

  /** A file of a process; empty if it ended meanwhile or is another account's. */
  private static String text(long pid, String file) {
    try {
      byte[] bytes = Files.readAllBytes(PROC.resolve(pid + "/" + file));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private static String workingDirectory(long pid) {
    Path link = PROC.resolve(pid + "/cwd");
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (AccessDeniedException e) {
      return asItsOwner(pid, link);
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * The link's target as the process's own account reads it. Root in a container may become that
   * account, though it may not read its processes; no other user may do either. For its own
   * processes root need not try again.
   */
  private static String asItsOwner(long pid, Path link) {
    try {
      if (LabUser.caller() != 0) {
        return "";
      }
      Path process = PROC.resolve(Long.toString(pid));
      String uid = Files.getAttribute(process, "unix:uid").toString();
      if (uid.equals("0")) {
        return "";
      }
      String gid = Files.getAttribute(process, "unix:gid").toString();
      List<String> look =
          List.of(
              "setpriv",
              "--reuid",
              uid,
              "--regid",
              gid,
              "--clear-groups",
              "readlink",
              link.toString());
      Command.Output said = Command.attempt(Path.of("/"), look, Map.of());
      return said.status() == 0 ? said.text().strip() : "";
    } catch (IOException e) {
      return "";
    }
  }

  private static Set<Long> callerAndAncestors() {
    return Stream.iterate(
            Optional.of(ProcessHandle.current()),
            Optional::isPresent,
            handle -> handle.flatMap(ProcessHandle::parent))
        .map(handle -> handle.orElseThrow().pid())
        .collect(Collectors.toUnmodifiableSet());
  }
}
