package dev.mooring.dev.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a test may do to a directory is undone, and what it left alone is not copied again. */
class MirrorTest {
  @TempDir Path root;
  private Path directory;
  private Path copy;

  @BeforeEach
  void make() throws IOException {
    directory = Files.createDirectories(root.resolve("directory"));
    copy = root.resolve("copy");
    Files.createDirectories(directory.resolve("base/1"));
    Files.createDirectory(directory.resolve("empty"));
    write("base/1/1259", "pages");
    Files.setLastModifiedTime(
        directory.resolve("base/1/1259"), FileTime.from(Instant.now().minusSeconds(60)));
    write("postgresql.conf", "port = 6000");
    Files.createSymbolicLink(directory.resolve("link"), Path.of("postgresql.conf"));
    Command.run(Path.of("/"), List.of("cp", "-a", directory.toString(), copy.toString()), Map.of());
  }

  @Test
  void undoes_whatever_was_done() throws IOException {
    write("base/1/1259", "pagez");
    write("base/1/2", "new");
    Files.createDirectories(directory.resolve("pg_wal/archive_status"));
    write("pg_wal/archive_status/x.done", "");
    Files.delete(directory.resolve("empty"));
    write("empty", "a file in the place of a directory");
    Files.delete(directory.resolve("postgresql.conf"));
    Files.createDirectories(directory.resolve("postgresql.conf/in/its/place"));
    Files.delete(directory.resolve("link"));
    Files.createSymbolicLink(directory.resolve("link"), Path.of("elsewhere"));
    Files.setPosixFilePermissions(
        directory.resolve("base"), PosixFilePermissions.fromString("rwx------"));

    Mirror.bringBack(directory, copy);

    assertThat(Files.readString(directory.resolve("base/1/1259"))).isEqualTo("pages");
    assertThat(Files.readString(directory.resolve("postgresql.conf"))).isEqualTo("port = 6000");
    assertThat(directory.resolve("empty")).isEmptyDirectory();
    assertThat(Files.readSymbolicLink(directory.resolve("link")))
        .isEqualTo(Path.of("postgresql.conf"));
    assertThat(Files.getPosixFilePermissions(directory.resolve("base")))
        .isEqualTo(Files.getPosixFilePermissions(copy.resolve("base")));
    assertThat(names(directory)).isEqualTo(names(copy));
    assertThat(Files.getLastModifiedTime(directory.resolve("base/1/1259")).toMillis())
        .isEqualTo(Files.getLastModifiedTime(copy.resolve("base/1/1259")).toMillis());
  }

  @Test
  void undoes_a_change_that_kept_the_size_and_one_that_kept_the_bytes() throws IOException {
    Path file = directory.resolve("base/1/1259");
    Path other = root.resolve("other");
    Files.writeString(other, "PAGES");
    Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH));
    Files.copy(
        other, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    Files.setPosixFilePermissions(
        directory.resolve("postgresql.conf"), PosixFilePermissions.fromString("r--------"));

    Mirror.bringBack(directory, copy);

    assertThat(Files.readString(file)).isEqualTo("pages");
    assertThat(Files.getPosixFilePermissions(directory.resolve("postgresql.conf")))
        .isEqualTo(Files.getPosixFilePermissions(copy.resolve("postgresql.conf")));
  }

  @Test
  void leaves_alone_what_is_as_it_was() throws IOException {
    Object before = Files.getAttribute(directory.resolve("base/1/1259"), "unix:ino");
    Object itself = Files.getAttribute(directory, "unix:ino");

    Mirror.bringBack(directory, copy);

    assertThat(Files.getAttribute(directory.resolve("base/1/1259"), "unix:ino")).isEqualTo(before);
    assertThat(Files.getAttribute(directory, "unix:ino")).isEqualTo(itself);
  }

  private static List<String> names(Path below) throws IOException {
    try (var files = Files.walk(below)) {
      return files.map(file -> below.relativize(file).toString()).sorted().toList();
    }
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }
}
