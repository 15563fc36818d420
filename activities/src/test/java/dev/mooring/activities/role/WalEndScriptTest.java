package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.copy.WaitingWalDump;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the WAL of a stopped server ends. */
class WalEndScriptTest {
  private static final int FILE = 1 << 20;

  /** After a switch; what was not printed yet when its time was over would be missed. */
  @Test
  void nobody_waits_for_a_file_that_is_not_there_yet(@TempDir Path above)
      throws IOException, InterruptedException {
    begun(above, 1, 3, 3);
    WaitingWalDump.in(above, 1, "0/400000");
    assertThat(said(above, "data=$1/data bin=$1\nsay_wal_end 1 0/300028\n", "0/0"))
        .contains("wal_unread=\n", "wal_end=0/300148");
  }

  /** Its control file is on timeline 1 still; the file behind is kept for later. */
  @Test
  void of_a_standby_that_followed_another_timeline_the_wal_of_that_one_is_read(@TempDir Path above)
      throws IOException, InterruptedException {
    begun(above, 1, 2, 2);
    begun(above, 1, 3, 3);
    begun(above, 2, 3, 3);
    begun(above, 2, 4, 1);
    WaitingWalDump.in(above, 2, "0/400000");
    assertThat(held(above, "0/200028")).contains("wal_timeline=2\n", "wal_end=0/300148\n");
  }

  @Test
  void a_shutdown_checkpoint_is_the_end_of_a_primary_if_nothing_follows_it(@TempDir Path above)
      throws IOException, InterruptedException {
    begun(above, 1, 3, 3);
    WaitingWalDump.in(above, 1, "0/400000");
    assertThat(held(above, "0/300028")).doesNotContain("wal_shut_down");
    Path program = above.resolve("pg_waldump");
    String whole = Files.readString(program);
    Files.writeString(program, whole.replace("desc: x", "desc: CHECKPOINT_SHUTDOWN redo 0/300028"));
    assertThat(held(above, "0/300028")).doesNotContain("wal_shut_down");
    Files.writeString(
        program, whole.replace("desc: SWITCH", "desc: CHECKPOINT_SHUTDOWN redo 0/300130; tli 1"));
    assertThat(held(above, "0/300028")).contains("wal_shut_down=", "wal_end=0/300148\n");
  }

  /** It was stopped after a switch. */
  @Test
  void where_the_next_file_is_not_begun_the_end_is_where_that_begins(@TempDir Path above)
      throws IOException, InterruptedException {
    begun(above, 1, 2, 2);
    begun(above, 1, 3, 1);
    assertThat(held(above, "0/300000")).contains("wal_timeline=1\n", "wal_end=0/300000\n");
  }

  @Test
  void wal_that_is_not_there_has_no_end(@TempDir Path above)
      throws IOException, InterruptedException {
    begun(above, 1, 3, 1);
    assertThat(held(above, "0/300028"))
        .contains("has no WAL at 0/300028")
        .doesNotContain("wal_end");
  }

  /** What was printed before its time was over is not the end. */
  @Test
  void wal_that_was_not_read_to_its_end_has_none(@TempDir Path above)
      throws IOException, InterruptedException {
    begun(above, 1, 3, 3);
    WaitingWalDump.in(above, 1, "0/400000");
    Path whole = Files.move(above.resolve("pg_waldump"), above.resolve("whole"));
    Path slow =
        Files.writeString(
            above.resolve("pg_waldump"), "#!/bin/sh\n" + whole + " \"$@\"\nexec sleep 5\n");
    assertThat(slow.toFile().setExecutable(true)).isTrue();
    assertThat(held(above, "0/300028")).contains("in 2 s").doesNotContain("wal_end");
  }

  @Test
  void more_wal_than_is_walked_has_none(@TempDir Path above)
      throws IOException, InterruptedException {
    for (int number = 3; number <= 3 + 512; number++) {
      begun(above, 1, number, number);
    }
    WaitingWalDump.in(above, 1, "0/20300000");
    assertThat(held(above, "0/300028")).contains("over 512 files").doesNotContain("wal_end");
  }

  private static String held(Path above, String recovered)
      throws IOException, InterruptedException {
    return said(
        above,
        """
        of_instance() { data=$1 bin=$2; }
        read_control() { :; }
        observe_held_wal "$1/data" "$1"
        """,
        recovered);
  }

  /** A file that was begun for a number; what was kept for later has that of another. */
  private static void begun(Path above, int timeline, long number, long begunFor)
      throws IOException {
    Path wal = Files.createDirectories(above.resolve("data/pg_wal"));
    ByteBuffer page =
        ByteBuffer.allocate(32).order(ByteOrder.nativeOrder()).putLong(8, begunFor * FILE);
    Files.write(
        wal.resolve(String.format(Locale.ROOT, "%08X%08X%08X", timeline, 0, number)), page.array());
  }

  private static String said(Path above, String calls, String recovered)
      throws IOException, InterruptedException {
    String script =
        "set -u\nreport() { echo \"$1=$2\"; }\nrefuse() { echo \"refused: $2\"; exit 1; }\n"
            + "controlled() { case $1 in *segment) value=1048576 ;; *block*) value=8192 ;;"
            + " *imeLine*|*timeline) value=1 ;; *) value="
            + recovered
            + " ;; esac; }\n"
            + Script.resource(HostFailoverActivities.class, "wal-end.sh")
            + calls;
    return Sh.said(script, above);
  }
}
