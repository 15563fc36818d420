package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.topology.ContentId;
import dev.mooring.topology.Site.Archive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive_command that a setup sets, run by a shell as the server runs it. */
class ArchiveCommandTest {
  private static final String FILE = "000000010000000000000003";

  @TempDir Path here;
  private Path archive;
  private Path wal;
  private Path synced;

  @BeforeEach
  void aFileToArchive() throws IOException {
    archive = Files.createDirectory(here.resolve("the archive"));
    wal = Files.writeString(here.resolve("wal"), "what was written");
    synced = here.resolve("synced");
  }

  /** Ends with the status of the command; what it brought to disk stands in a file, in order. */
  private int archived() throws IOException, InterruptedException {
    Path programs = here.resolve("programs");
    if (!Files.exists(programs)) {
      Files.createDirectory(programs);
      Path sync =
          Files.writeString(
              programs.resolve("sync"),
              "#!/bin/sh\nprintf '%s\\n' \"$@\" >>'" + synced + "'\nexec /bin/sync \"$@\"\n");
      Files.setPosixFilePermissions(sync, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    ProcessBuilder shell =
        new ProcessBuilder(
            "sh",
            "-c",
            new Archive(archive.toString(), "")
                .archiveCommandOf(new ContentId(0))
                .replace("%p", wal.toString())
                .replace("%f", FILE));
    shell.environment().merge("PATH", programs.toString(), (path, first) -> first + ":" + path);
    return shell.inheritIO().start().waitFor();
  }

  private List<String> inTheArchive() throws IOException {
    try (Stream<Path> files = Files.list(archive)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** PostgreSQL removes its own once it is told so: a power cut must not take the name away. */
  @Test
  void a_file_is_archived_once_it_and_its_name_are_on_disk() throws Exception {
    assertThat(archived()).isZero();
    assertThat(inTheArchive()).containsExactly(FILE);
    assertThat(Files.readAllLines(synced))
        .containsExactly(
            archive.resolve(FILE + ".mooring").toString(),
            archive.resolve(FILE).toString(),
            archive.toString());
  }

  @Test
  void one_that_is_there_already_is_brought_to_disk_too() throws Exception {
    Files.copy(wal, archive.resolve(FILE));
    assertThat(archived()).isZero();
    assertThat(Files.readAllLines(synced))
        .containsExactly(archive.resolve(FILE).toString(), archive.toString());
  }

  @Test
  void half_a_file_of_before_is_no_hindrance() throws Exception {
    Files.writeString(archive.resolve(FILE + ".mooring"), "what was");
    assertThat(archived()).isZero();
    assertThat(Files.readString(archive.resolve(FILE))).isEqualTo("what was written");
    assertThat(inTheArchive()).containsExactly(FILE);
  }

  @Test
  void another_content_under_its_name_is_refused_and_stays() throws Exception {
    Files.writeString(archive.resolve(FILE), "of another timeline");
    assertThat(archived()).isNotZero();
    assertThat(Files.readString(archive.resolve(FILE))).isEqualTo("of another timeline");
  }

  @Test
  void an_archive_that_is_away_is_a_failure() throws Exception {
    Files.delete(archive);
    assertThat(archived()).isNotZero();
  }
}
