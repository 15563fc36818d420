package dev.mooring.activities.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an archive that a program lists may name. */
class ListingScriptTest {
  private static final String OF_THE_CHECKPOINT = "0000000000000005";

  @TempDir Path directory;

  /** Its name becomes a part of the restore command, which a shell runs. */
  @Test
  void a_file_whose_name_is_a_command_is_not_fetched() throws Exception {
    Files.createDirectories(directory.resolve("host.fetched"));
    Sh.said(
        Script.resource(Script.class, "prelude.sh")
            + Script.resource(Script.class, "archives.sh")
            + Script.resource(HostArchiveActivities.class, "archive.sh")
            + "cd \"$1\" && work=$1 archive=$1/host.fetched within='' wrong='' boundary=.\n"
            + "restore='echo %f >>asked; false'\n"
            + "line='-rw- 1 0 0 16 Jan 1 00:00'\n"
            + "sftp() { echo \"$line ;>begun;$at\"; echo \"$line 00000001$at\"; }\n"
            + "list_of() { list_sftp /wal store; }; archive_kind=list_of\n"
            + "at=$2; listing && fetch_checkpoints 16 \"$at\"",
        directory,
        OF_THE_CHECKPOINT);

    assertThat(directory.resolve("begun")).doesNotExist();
    assertThat(directory.resolve("asked")).hasContent("00000001" + OF_THE_CHECKPOINT);
  }
}
