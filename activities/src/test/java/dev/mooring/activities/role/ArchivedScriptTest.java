package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A WAL file is marked as archived only if the archive is proved to have it, and was asked for. */
class ArchivedScriptTest {
  private static final String FILE = "000000010000000000000009";

  @TempDir Path directory;
  private Path archive;
  private Path archived;
  private Path wal;
  private Path ready;
  private Path done;
  private String underLock = "rm \"$data/../the archive\"/*";

  @BeforeEach
  void oneThatStopsTheArchiver() throws IOException {
    archive = Files.createDirectory(directory.resolve("the archive"));
    archived = archive.resolve(FILE);
    Path status =
        Files.createDirectories(directory.resolve("data").resolve("pg_wal/archive_status"));
    wal = status.resolveSibling(FILE);
    ready = status.resolve(FILE + ".ready");
    done = status.resolve(FILE + ".done");
    Files.writeString(wal, "records.");
    Files.writeString(archived, "records.");
    Files.createFile(ready);
  }

  private String said(List<String> shell, String state, String control) throws Exception {
    String facts =
        """
        of_instance() { data=$1; }
        process_state() { state='%s'; }
        read_control() { control='Database cluster state:  %s
        Bytes per WAL segment:  8
        '; }
        report() { echo "$1 $2"; }
        lock() { :; %s; }
        mark_archived "$1" /bin "$2" "$3"
        """;
    return Sh.saidBy(
        shell,
        Script.resource(Script.class, "prelude.sh")
            + Script.resource(Script.class, "server.sh")
            + Script.resource(HostPrimaryActivities.class, "archived.sh")
            + facts.formatted(state, control, underLock),
        directory.resolve("data"),
        FILE,
        archive);
  }

  private String said() throws Exception {
    return said(List.of("sh"), "RUNNING", "in production");
  }

  private void refused(String why) throws Exception {
    assertThat(said()).startsWith("why_not ").contains(why);
    assertThat(done).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void one_that_is_there_byte_by_byte_is_marked_once(List<String> shell) throws Exception {
    assertThat(said(shell, "RUNNING", "in production")).isEqualTo("why_not \n");
    assertThat(ready).doesNotExist();
    assertThat(done).exists();
    assertThat(said(shell, "RUNNING", "in production")).isEqualTo("why_not \n");
    assertThat(done).exists();
  }

  @Test
  void what_changes_before_the_lock_is_taken_is_seen_under_it() throws Exception {
    underLock = "touch -d @7 \"$data\"/pg_wal/0*";
    assertThat(said()).contains("failure OUTCOME_UNKNOWN ", " changed while it was compared");
    underLock = "state=STOPPED; process_state() { :; }";
    refused("is STOPPED");
    underLock = "rm \"$mark.ready\"";
    refused(ready + " is not there");
    Files.createFile(ready);
    underLock = "end_refused OUTCOME_UNKNOWN held";
    assertThat(said()).isEqualTo("failure OUTCOME_UNKNOWN held\n");
    assertThat(done).doesNotExist();
  }

  @Test
  void one_that_differs_or_is_not_whole_or_not_there_stays() throws Exception {
    Files.writeString(archived, "Records.");
    refused("has other bytes than");
    Files.writeString(archived, "record");
    refused(archived + " is not of 8 bytes");
    Files.writeString(wal, "record");
    refused(wal + " is not of 8 bytes");
    Files.writeString(wal, "records.");
    Files.delete(archived);
    refused(archived + " can't be read here");
    Files.createSymbolicLink(archived, wal);
    refused(archived + " is the file of");
    assertThat(ready).exists();
  }

  @Test
  void what_the_archiver_was_not_told_of_is_not_marked() throws Exception {
    Files.delete(ready);
    refused(ready + " is not there");
  }

  @Test
  void of_a_standby_or_a_stopped_server_none_is_marked() throws Exception {
    List<String> shell = List.of("sh");
    assertThat(said(shell, "RUNNING", "in archive recovery")).contains("'in archive recovery'");
    assertThat(said(shell, "STOPPED", "in production")).contains("is STOPPED");
    assertThat(done).doesNotExist();
    assertThat(ready).exists();
  }
}
