package dev.mooring.activities.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

  /** A copy has it where the instance has its own, and a rewind brings all of it. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void the_wal_is_measured_apart_within_the_directory_or_elsewhere(
      List<String> shell, @TempDir Path above) throws Exception {
    String script =
        "boundary=--\nsubject=one\nwork=$1\nparent=$1\nreal=$1/data\nnamed=$real\n"
            + "new=$real.mooring-new\nrewinding=$real.mooring-rewind\ncontent=EMPTY\nheld=yes\n"
            + Script.resource(Script.class, "prelude.sh")
            + Script.resource(Script.class, "server.sh")
            + Script.resource(HostCopyActivities.class, "directory.sh")
            + "mkdir -p \"$real/base\" \"$2/..\" \"$real/pg_tblspc\"\nmkdir \"$2\"\n"
            + "[ -d \"$real/pg_wal\" ] || ln -s \"$2\" \"$real/pg_wal\"\n"
            + "head -c 3000000 /dev/zero >\"$real/base/1\"\n"
            + "head -c 2000000 /dev/zero >\"$2/000000010000000000000001\"\n"
            + "say_space 10\n";
    Path within = Files.createDirectories(above.resolve("within"));
    String one = Sh.saidBy(shell, script, within, within.resolve("data/pg_wal"));
    assertThat(kilobytes(one, "wal_kb")).isBetween(1950L, 2100L);
    assertThat(kilobytes(one, "kilobytes")).isBetween(2900L, 3100L);
    assertThat(one).doesNotContain("/pg_wal\t");
    Path apart = Files.createDirectories(above.resolve("apart"));
    String other = Sh.saidBy(shell, script, apart, apart.resolve("wal"));
    assertThat(kilobytes(other, "wal_kb")).isEqualTo(kilobytes(one, "wal_kb"));
    assertThat(kilobytes(other, "kilobytes")).isBetween(2900L, 3100L);
    assertThat(other).contains("elsewhere\n0 ").contains(apart.resolve("wal") + "\t");
  }

  private static long kilobytes(String said, String section) {
    return Long.parseLong(said.replaceFirst("(?s).* " + section + "\n([0-9]+).*", "$1"));
  }
}
