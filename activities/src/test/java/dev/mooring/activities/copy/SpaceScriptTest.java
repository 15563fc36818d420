package dev.mooring.activities.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long the script that looks at a directory measures it, by a du that takes its time. */
class SpaceScriptTest {
  @Test
  void what_takes_too_long_to_measure_takes_what_its_file_system_has_used(@TempDir Path above)
      throws Exception {
    Path program = above.resolve("du");
    Files.writeString(program, "#!/bin/sh\nsleep 60\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    String script =
        Script.resource(Script.class, "prelude.sh")
            + Script.resource(HostCopyActivities.class, "directory.sh")
            + "PATH=$1:$PATH\nends_in 1\n"
            + "size_of \"$1\"; echo \" of $(stat -f -c '%b*%S/1024' \"$1\")\"\n";
    assertThat(Sh.said(script, above)).matches("[0-9]+ of [0-9]+\\*[0-9]+/1024\n");
  }
}
