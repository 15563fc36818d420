package dev.mooring.starter;

import dev.mooring.starter.console.CommandFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;

/**
 * Replaces a file that others read: they read the old file or the new one, whole. The new file is
 * written and synced beside it, under a name that no collector takes and nobody can put a link at
 * before, and renamed; after a crash at most that temporary file is left.
 */
final class WholeFile {
  private WholeFile() {}

  /** Puts the text there, readable for all: a collector runs as another account. */
  static void write(Path file, String text) {
    Path place = file.toAbsolutePath();
    Path aside = place.resolveSibling("." + place.getFileName() + "." + UUID.randomUUID());
    try {
      try {
        Files.writeString(aside, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
        Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rw-r--r--"));
        try (FileChannel written = FileChannel.open(aside, StandardOpenOption.WRITE)) {
          written.force(true);
        }
        Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(aside);
      }
    } catch (IOException unable) {
      throw CommandFailure.failed(
          "%s can't be written: %s".formatted(file, unable),
          "the directory must exist, and this account must be able to write it",
          unable);
    }
  }
}
