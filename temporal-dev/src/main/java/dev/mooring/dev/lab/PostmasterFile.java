package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The content of postmaster.pid: the postmaster's process, and the shared memory segment by which a
 * server knows that backends of an earlier one still run.
 *
 * @param pid the postmaster's process number
 * @param sharedMemory identifier of the System V segment, once it is created
 */
record PostmasterFile(long pid, OptionalLong sharedMemory) {
  private static final int SHARED_MEMORY_LINE = 6;

  static Optional<PostmasterFile> read(Path dataDirectory) {
    Path file = dataDirectory.resolve("postmaster.pid");
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.isEmpty()
          ? Optional.empty()
          : Optional.of(new PostmasterFile(Long.parseLong(lines.get(0).strip()), memory(lines)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | NumberFormatException e) {
      throw new LabFailure("unreadable " + file, e);
    }
  }

  private static OptionalLong memory(List<String> lines) {
    if (lines.size() <= SHARED_MEMORY_LINE) {
      return OptionalLong.empty();
    }
    String[] keyAndId = lines.get(SHARED_MEMORY_LINE).strip().split("\\s+", -1);
    return keyAndId.length == 2
        ? OptionalLong.of(Long.parseLong(keyAndId[1]))
        : OptionalLong.empty();
  }
}
