package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machine's processes as /proc shows them, looked through for those of one lab. A process is
 * the lab's if it carries the lab's mark, lives in a mount namespace of one of its hosts, or is a
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

  /** All processes of the lab, but for the caller and those it descends from. */
  static List<LabProcess> of(Path lab, Set<String> namespaces) {
    Set<Long> own = callerAndAncestors();
    return numbers().stream()
        .filter(pid -> !own.contains(pid) && belongs(pid, lab, namespaces))
        .flatMap(pid -> LabProcess.find(pid).stream())
        .toList();
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
        || (isPostgres(pid) && workingDirectory(pid).startsWith(lab + "/hosts/"));
  }

  private static boolean isMarked(long pid, Path lab) {
    try {
      String mark = Command.MARK + "=" + lab;
      byte[] environment = Files.readAllBytes(PROC.resolve(pid + "/environ"));
      return Arrays.asList(new String(environment, StandardCharsets.UTF_8).split("\0", -1))
          .contains(mark);
    } catch (IOException e) {
      // ended meanwhile, or another account's, which has nothing of this lab
      return false;
    }
  }

  private static boolean isPostgres(long pid) {
    try {
      return Files.readString(PROC.resolve(pid + "/comm")).strip().equals("postgres");
    } catch (IOException e) {
      return false;
    }
  }

  private static String workingDirectory(long pid) {
    try {
      return Files.readSymbolicLink(PROC.resolve(pid + "/cwd")).toString();
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
