package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The options that choose a command's lab. */
final class LabChoice {
  @CommandLine.Option(names = "--name", description = "The lab's name (default: the only one).")
  private @Nullable String name;

  @CommandLine.Option(names = "--directory", description = "The lab's directory.")
  private @Nullable Path directory;

  Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /** The given directory, else the directory of that name beside the other labs. */
  Path directoryFor(Path labs, String labName) {
    return directory == null ? labs.resolve(labName) : directory;
  }

  /** The lab meant. */
  Lab lab(Path labs) {
    if (directory != null) {
      return Lab.in(directory);
    }
    if (name != null) {
      return Lab.in(labs.resolve(name));
    }
    List<Path> all = all(labs);
    if (all.isEmpty()) {
      throw new LabFailure(
          "no lab is up in %s\nHINT: `temporal-dev/lab up fleet` makes one; --directory names one elsewhere."
              .formatted(labs));
    }
    if (all.size() > 1) {
      throw new LabFailure(
          "%d labs are up in %s: %s\nHINT: name one with --name."
              .formatted(
                  all.size(),
                  labs,
                  all.stream()
                      .map(lab -> lab.getFileName().toString())
                      .collect(Collectors.joining(", "))));
    }
    return Lab.in(all.get(0));
  }

  private static List<Path> all(Path labs) {
    if (!Files.isDirectory(labs)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(labs)) {
      return children.filter(LabRecord::isIn).sorted().toList();
    } catch (IOException e) {
      throw new LabFailure("unreadable directory " + labs, e);
    }
  }
}
