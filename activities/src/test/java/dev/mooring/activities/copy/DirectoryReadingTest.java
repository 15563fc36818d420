package dev.mooring.activities.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import dev.mooring.port.CopyActivities.Absence;
import dev.mooring.port.CopyActivities.Held;
import dev.mooring.port.CopyActivities.NoConfiguration;
import dev.mooring.port.CopyActivities.WalEnd;
import dev.mooring.postgres.Captured;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.InstanceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a data directory that there was no time to read all WAL of. */
class DirectoryReadingTest {
  private static final Map<String, String> SAID =
      Map.ofEntries(
          Map.entry("process", "STOPPED"),
          Map.entry("content", "READABLE"),
          Map.entry("why", ""),
          Map.entry("control", Captured.text("parked.controldata")),
          Map.entry("data_major", "15"),
          Map.entry("kilobytes", "1"),
          Map.entry("free_kb", "1"),
          Map.entry("wal_kb", "2"),
          Map.entry("file_system", "1"),
          Map.entry("trouble", ""),
          Map.entry("elsewhere", ""),
          Map.entry("places", ""),
          Map.entry("mounts", ""),
          Map.entry("server", "postgres (PostgreSQL) 15.20"),
          Map.entry("lacking", ""),
          Map.entry("programs", ""),
          Map.entry("aside", ""),
          Map.entry("without", ""));

  /** The control file of one that died after its promotion still names the old one. */
  @Test
  void the_timeline_of_wal_that_was_not_read_is_that_of_its_files() {
    Map<String, String> said = new HashMap<>(SAID);
    said.put("wal_timeline", "2");
    said.put("wal_unread", "");
    Held held =
        DirectoryReading.seen(new InstanceId("west-0"), new Said("west-0", said))
            .contents()
            .held()
            .get(0);
    assertThat(held.walUnread()).isTrue();
    assertThat(held.control().checkpoint().timeline()).isEqualTo(TimelineId.FIRST);
    assertThat(held.wal()).extracting(WalEnd::timeline).containsExactly(new TimelineId(2));
    assertThat(held.wal()).extracting(WalEnd::read).containsExactly(false);
  }

  @Test
  void a_program_of_another_major_version_than_the_servers_is_lacking_with_its_own() {
    Map<String, String> said = new HashMap<>(SAID);
    said.put("lacking", " pg_waldump");
    said.put(
        "programs",
        "pg_basebackup (PostgreSQL) 14.22 (Debian 14.22-0+deb12u1)\npg_rewind (PostgreSQL) 15.4\n");
    assertThat(
            DirectoryReading.seen(new InstanceId("west-0"), new Said("west-0", said))
                .programs()
                .lacking())
        .containsExactly("pg_waldump", "pg_basebackup 14.22");
  }

  @Test
  void a_configuration_that_is_not_there_is_read_with_its_absence() {
    Map<String, String> said = new HashMap<>(SAID);
    said.put("without", "NOT_IN_BACKUP pg_hba.conf\nNONE no postgresql.conf in /data\n");
    assertThat(DirectoryReading.seen(new InstanceId("west-0"), new Said("west-0", said)).without())
        .containsExactly(
            new NoConfiguration(Absence.NOT_IN_BACKUP, "pg_hba.conf"),
            new NoConfiguration(Absence.NONE, "no postgresql.conf in /data"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONE", "GONE pg_hba.conf"})
  void a_line_of_another_shape_about_a_configuration_is_refused(String line) {
    Map<String, String> said = new HashMap<>(SAID);
    said.put("without", line);
    assertThatThrownBy(
            () -> DirectoryReading.seen(new InstanceId("west-0"), new Said("west-0", said)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'without' must be one of")
        .hasMessageEndingWith("got '" + line + "'");
  }

  /** It is said before the files are read. */
  @Test
  void a_look_that_has_no_time_to_read_wal_says_its_timeline(@TempDir Path above)
      throws IOException, InterruptedException {
    Path wal = Files.createDirectory(above.resolve("pg_wal"));
    Files.createFile(wal.resolve("000000010000000000000003"));
    Files.createFile(wal.resolve("000000020000000000000003"));
    Files.writeString(wal.resolve("00000002.history"), "1\t0/3000060\tby hand\n");
    Path program = Files.writeString(above.resolve("pg_waldump"), "#!/bin/sh\nexec sleep 20\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    String script =
        "set -u\nreport() { echo \"$1=$2\"; }\n"
            + "controlled() { case $1 in *REDO*) value=0/3000028 ;; *) value=1 ;; esac; }\n"
            + Script.resource(HostCopyActivities.class, "directory.sh")
            + "real=$1 work=$1 bin=$1 subject=b state=STOPPED how=brief look_ends=0\nsay_wal\n";
    assertThat(Sh.said(script, above))
        .contains("wal_timeline=2", "wal_unread=")
        .doesNotContain("wal_last");
  }

  /** A fresh base backup ends with a file. */
  @Test
  void nobody_waits_for_a_file_that_is_not_there_yet(@TempDir Path above)
      throws IOException, InterruptedException {
    Path wal = Files.createDirectory(above.resolve("pg_wal"));
    Files.createFile(wal.resolve("000000010000000000000003"));
    WaitingWalDump.in(above, 1, "0/4000000");
    String script =
        "set -u\nreport() { echo \"$1=$2\"; }\nhundredths() { now=0; }\n"
            + "controlled() { case $1 in *REDO*) value=0/3000028 ;; *segment) value=16777216 ;; *)"
            + " value=1 ;; esac; }\n"
            + Script.resource(HostCopyActivities.class, "directory.sh")
            + "real=$1 work=$1 bin=$1 subject=b state=STOPPED how=brief look_ends=200\nsay_wal\n";
    assertThat(Sh.said(script, above)).contains("wal_last=rmgr: XLOG").doesNotContain("unread");
  }
}
