package dev.mooring.dev.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the scripts of this module accept as a program of a publisher. */
class FetchedProgramTest {
  /** Somebody who serves in the publisher's place gives his program the version that is wanted. */
  @Test
  void an_archive_with_another_digest_is_no_program(@TempDir Path directory) throws Exception {
    Path curl = directory.resolve("curl");
    Files.writeString(
        curl,
        """
        #!/bin/sh
        cd "${0%/*}" || exit 1
        printf '#!/bin/sh\\necho temporal version 1.5.1\\n' >temporal
        chmod +x temporal
        tar -czf scratch/temporal.tar.gz temporal
        """);
    Files.setPosixFilePermissions(curl, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectory(directory.resolve("scratch"));
    String script =
        """
        say() { echo "$*"; }
        . lib/temporal-programs.sh
        scratch=$1/scratch
        PATH=$1:$PATH
        ! fetch temporal 1.5.1 cli/temporal_cli "$1/program"
        """;
    Process shell =
        new ProcessBuilder("/bin/sh", "-c", script, "test", directory.toString())
            .directory(Path.of(System.getProperty("basedir", ".")).toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(said).isZero();
    assertThat(directory.resolve("program")).doesNotExist();
    assertThat(said).contains("fetching temporal 1.5.1", "it can't be fetched here");
  }
}
