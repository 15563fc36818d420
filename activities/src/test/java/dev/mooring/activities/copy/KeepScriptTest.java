package dev.mooring.activities.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps WAL aside, on directories alone; no server program is there to list it. */
class KeepScriptTest {
  private static final String FIRST = "000000010000000000000003";
  private static final String SECOND = "000000020000000000000004";
  private static final String FROM = "0/4000000";

  @TempDir Path above;
  private Path wal = Path.of("/nonexistent");

  @BeforeEach
  void anInstanceWithWal() throws IOException {
    above = above.toRealPath();
    wal = Files.createDirectories(above.resolve("data/pg_wal"));
    Files.write(wal.resolve(FIRST), new byte[16 << 20]);
    Files.write(wal.resolve(SECOND), new byte[16 << 20]);
    Files.writeString(wal.resolve("00000002.history"), "1\t0/4000000\tno recovery target\n");
    Files.createDirectory(wal.resolve("archive_status"));
  }

  private String run(String commands) throws IOException, InterruptedException {
    String script =
        Script.resource(Script.class, "prelude.sh")
            + Script.resource(Script.class, OfInstance.PROCESSES)
            + Script.resource(Script.class, OfInstance.SERVER)
            + Script.resource(HostCopyActivities.class, "directory.sh")
            + Script.resource(HostCopyActivities.class, "included.sh")
            + Script.resource(HostCopyActivities.class, "copy.sh")
            + Script.resource(HostCopyActivities.class, "keep.sh")
            + "above=$1 job_text=$2 keeping=$3 subject=west-0 cluster_dir=$1/mooring\n"
            + "boundary=. work=$1/work; mkdir -p \"$work\"; exec 3>/dev/null\n"
            + "of_place() {\n  real=$above/data parent=$above bin=$above/bin data=$real\n"
            + "  new=$real.mooring-new rewinding=$real.mooring-rewind\n}\n"
            + "begin() { ensure_keeping x x run \"$1\" 60 \"$job_text\" \"$keeping\" 7; echo; }\n"
            + "await() { await_kept x x run 30; echo; }\n"
            + commands;
    return Sh.said(
        script,
        above,
        Script.resource(HostCopyActivities.class, "job.sh"),
        Script.resource(HostCopyActivities.class, "keeping.sh"));
  }

  private Path kept(String name) {
    return above.resolve("mooring/west-0.wal-kept").resolve(name);
  }

  @Test
  void wal_from_a_position_on_is_kept_whatever_its_timeline_and_sealed() throws Exception {
    assertThat(run("begin " + FROM + "; await"))
        .contains("begun\nyes", "directory\n" + kept("run"), "files\n2", "bytes\n1677")
        .contains("unlisted\nno pg_waldump in ");
    assertThat(kept("run").resolve(SECOND)).hasSameBinaryContentAs(wal.resolve(SECOND));
    assertThat(kept("run").resolve(FIRST)).doesNotExist();
    assertThat(Files.readString(kept("run").resolve("SHA256SUMS")))
        .contains(SECOND, "00000002.history");
    assertThat(run("cd " + kept("run") + " && sha256sum -c SHA256SUMS"))
        .contains(SECOND + ": OK", "00000002.history: OK");
  }

  @Test
  void asked_again_it_answers_what_was_kept_and_other_wal_is_kept_beside_that() throws Exception {
    run("begin ''; await");
    assertThat(run("begin ''; await")).contains("begun\nno", "files\n3");
    Files.write(wal.resolve(SECOND), new byte[] {1});
    assertThat(run("begin ''; await")).contains("begun\nyes", "directory\n" + kept("run.2"));
    assertThat(kept("run.2").resolve(SECOND)).hasSize(1);
    assertThat(kept("run").resolve(SECOND)).hasSize(16 << 20);
    assertThat(run("begin ''; await")).contains("begun\nno", "directory\n" + kept("run.2"));
  }

  private static final String ONE_FILE_AND_A_HISTORY = "files\n2";
  private static final String ALL = "files\n3";

  /** What the control file says of the size of its WAL files. */
  private void controlSays(String line) throws IOException {
    Path program = Files.createDirectories(above.resolve("bin")).resolve("pg_controldata");
    Files.writeString(program, "#!/bin/sh\necho '" + line + "'\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void a_last_file_that_is_cut_off_is_kept_and_hides_none_before_it() throws Exception {
    for (int bytes : List.of(0, 1, 1 << 20)) {
      Files.write(wal.resolve(SECOND), new byte[bytes]);
      assertThat(run("begin " + FROM + "; await")).contains("begun\nyes", ALL);
    }
    controlSays("Bytes per WAL segment:                16777216");
    Files.write(wal.resolve(SECOND), new byte[7]);
    assertThat(run("begin " + FROM + "; await")).contains(ONE_FILE_AND_A_HISTORY);
    Files.write(wal.resolve(SECOND), new byte[0]);
    assertThat(run("begin " + FROM + "; await")).contains(ONE_FILE_AND_A_HISTORY);
  }

  @Test
  void a_control_file_that_is_broken_is_not_believed() throws Exception {
    for (String line :
        List.of(
            "Bytes per WAL segment: 1",
            "Bytes per WAL segment: x",
            "nothing",
            "WARNING: CRC\nBytes per WAL segment: 1048576")) {
      controlSays(line);
      assertThat(run("begin " + FROM + "; await")).contains(ONE_FILE_AND_A_HISTORY);
    }
    Files.write(wal.resolve(SECOND), new byte[1 << 20]);
    assertThat(run("begin " + FROM + "; await")).contains(ALL);
  }

  @Test
  void what_can_not_be_read_is_not_called_a_lack_of_room() throws Exception {
    Files.delete(wal.resolve(SECOND));
    Files.createDirectory(wal.resolve(SECOND));
    assertThat(run("begin ''; await"))
        .contains("STATE_UNREADABLE " + wal.resolve(SECOND) + " can't be read", "cp: ")
        .doesNotContain("NO_ROOM");
  }

  @Test
  void what_an_ended_try_left_is_removed_before_room_is_looked_at() throws Exception {
    Files.createDirectories(kept("run.new"));
    String full =
        "stat() { case $1 in -f) [ -e \"$cluster_dir/west-0.wal-kept/run.new\" ] && echo '0*1' ||"
            + " echo '1000000000*1' ;; *) command stat \"$@\" ;; esac; }; ";
    assertThat(run(full + "begin ''; await")).contains("begun\nyes", ALL);
  }

  @Test
  void wal_that_lies_where_nothing_is_mounted_stops_everything() throws Exception {
    Files.move(wal, above.resolve("disk"));
    Files.createSymbolicLink(wal, above.resolve("disk"));
    assertThat(run("begin ''; await")).contains("files\n3");
    Files.move(above.resolve("disk"), above.resolve("away"));
    assertThat(run("begin ''"))
        .contains("STATE_UNREADABLE", "pg_wal points to " + above.resolve("disk"), "mount it");
    assertThat(kept("run.2")).doesNotExist();
  }

  @Test
  void a_directory_that_is_none_and_one_without_wal_are_told_apart() throws Exception {
    Files.move(wal, above.resolve("away"));
    assertThat(run("begin ''; await"))
        .contains("files\n0", "bytes\n0", "unlisted\nno whole WAL file is there");
    Files.move(above.resolve("data"), above.resolve("gone"));
    Files.writeString(above.resolve("data"), "a file");
    assertThat(run("begin ''")).contains("STATE_UNREADABLE", "data can't be read");
  }

  /** A pg_waldump that knows what to say from each position on; else that nothing is there. */
  private void walSays(String... cases) throws IOException {
    Path program = Files.createDirectories(above.resolve("bin")).resolve("pg_waldump");
    Files.writeString(
        program,
        "#!/bin/sh\nwhile getopts p:t:s:-: o; do [ \"$o\" != s ] || at=$OPTARG; done\ncase $at in\n"
            + String.join("\n", cases)
            + "\n"
            + "*) echo \"pg_waldump: fatal: could not find a valid record after $at\" >&2 ;;\n"
            + "esac\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  private static String from(String position, String says) {
    return position
        + ") echo 'rmgr: Transaction tx: 7, desc: COMMIT'; echo 'pg_waldump: fatal: "
        + says
        + "' >&2 ;;";
  }

  private static final String BAD =
      "error in WAL record at 0/4000060: incorrect resource manager data checksum in record at"
          + " 0/40000A0";
  private static final String END =
      "error in WAL record at 0/4000060: invalid record length at 0/40000A0: wanted 24, got 0";

  @Test
  void a_list_that_ends_where_wal_does_is_whole() throws Exception {
    for (String end :
        List.of(
            END,
            "error in WAL record at 0/4000060: unexpected pageaddr 0/1002000 in log segment "
                + SECOND
                + ", offset 8192",
            "could not find file \"000000020000000000000005\": No such file or directory")) {
      walSays(from(FROM, end));
      assertThat(run("begin " + FROM + "; await"))
          .contains("commits\n1")
          .doesNotContain("unlisted");
      deleteKept();
    }
  }

  private void deleteKept() throws Exception {
    run("rm -rf \"$cluster_dir\"");
  }

  @Test
  void a_list_that_a_bad_record_cuts_off_says_where_and_why() throws Exception {
    walSays(from(FROM, BAD));
    assertThat(run("begin " + FROM + "; await"))
        .contains("unlisted\ncut off on timeline 2 at 0/40000A0: fatal: error in WAL record")
        .contains("checksum in record at 0/40000A0; nothing is there behind it");
  }

  /** What is written as a page of that number in the second file. */
  private void page(int number) throws IOException {
    byte[] file = Files.readAllBytes(wal.resolve(SECOND));
    ByteBuffer.wrap(file)
        .order(ByteOrder.nativeOrder())
        .putLong(number * 8192 + 8, 0x4000000 + number * 8192L);
    Files.write(wal.resolve(SECOND), file);
  }

  @Test
  void what_lies_behind_a_place_that_can_not_be_read_is_listed_too() throws Exception {
    page(3);
    walSays(from(FROM, END), from("0/4006000", "error in WAL record: got nothing, got 0"));
    assertThat(run("begin " + FROM + "; await"))
        .contains("cut off on timeline 2 at 0/40000A0", "; listed again from 0/4006000 on")
        .contains("commits\n2");
  }

  @Test
  void a_list_that_ends_before_the_last_checkpoint_is_cut_off() throws Exception {
    Path program = Files.createDirectories(above.resolve("bin")).resolve("pg_controldata");
    Files.writeString(
        program,
        """
        #!/bin/sh
        echo 'Latest checkpoint location:           0/4000100'
        echo "Latest checkpoint's TimeLineID:       2"
        """);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    walSays(from(FROM, END));
    assertThat(run("begin " + FROM + "; await"))
        .contains("cut off on timeline 2 at 0/40000A0: the control file names a checkpoint");
  }

  private static final String FORK = "0/4000060";
  private static final String KILLED =
      "error in WAL record at 0/4000028: invalid record length at 0/4000060: wanted 24, got 0";
  private static final String NO_RECORD = "unlisted\nno record can be read on timeline 2 from ";

  /** A server that was killed, whose WAL was read from its redo on until something was said. */
  private void killed(String says) throws IOException {
    Path program = Files.createDirectories(above.resolve("bin")).resolve("pg_controldata");
    Files.writeString(
        program,
        """
        #!/bin/sh
        echo 'Bytes per WAL segment:                16777216'
        echo 'Latest checkpoint location:           0/3F00100'
        echo "Latest checkpoint's REDO location:    0/3F00000"
        echo "Latest checkpoint's TimeLineID:       2"
        echo 'Minimum recovery ending location:     0/0'
        """);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    walSays(
        "0/3F00000) echo 'rmgr: Standby     len (rec/tot):     50/    50, tx:          0,"
            + " lsn: 0/04000028, prev 0/03F00100, desc: RUNNING_XACTS'; echo 'pg_waldump: error: "
            + says
            + "' >&2 ;;");
  }

  private String keptFrom(String position) throws Exception {
    deleteKept();
    return run("begin " + position + "; await");
  }

  @Test
  void wal_of_a_killed_server_that_ends_at_the_fork_or_before_holds_no_transaction()
      throws Exception {
    String later = "000000020000000000000005";
    Files.write(wal.resolve(later), new byte[16 << 20]);
    byte[] recycled = new byte[16 << 20];
    Arrays.fill(recycled, (byte) ' ');
    ByteBuffer.wrap(recycled).order(ByteOrder.nativeOrder()).putLong(5 * 8192 + 8, 0x200A000L);
    Files.write(wal.resolve("000000020000000000000006"), recycled);
    for (String end :
        List.of(
            KILLED,
            "error in WAL record at 0/4000028: record with incorrect prev-link 0/0 at 0/4000060",
            "error in WAL record at 0/4000028: unexpected pageaddr 0/1002000 in log segment "
                + SECOND
                + ", offset 8192")) {
      killed(end);
      assertThat(keptFrom(FORK)).contains("commits\n0", "files\n4").doesNotContain("unlisted");
    }
    assertThat(keptFrom("0/4000070")).contains("commits\n0").doesNotContain("unlisted");
    Files.delete(wal.resolve("000000020000000000000006"));
    Files.delete(wal.resolve(later));
    assertThat(keptFrom(FORK)).contains("commits\n0").doesNotContain("unlisted");
  }

  @Test
  void none_is_not_said_of_wal_that_goes_on_or_was_not_read_to_its_end() throws Exception {
    killed(KILLED);
    assertThat(keptFrom("0/4000058")).contains(NO_RECORD + "0/4000058");
    for (String unread :
        List.of(
            "could not read from file " + SECOND + ", offset 8192: read 7 of 8192",
            "could not find file \"" + SECOND + "\": No such file or directory",
            "could not find a valid record after 0/3F00000",
            "a message of another version")) {
      killed(unread);
      assertThat(keptFrom(FORK)).contains(NO_RECORD + FORK);
    }
    killed(KILLED);
    Path later = wal.resolve("000000020000000000000006");
    Files.write(later, new byte[1 << 20]);
    assertThat(keptFrom(FORK)).contains(NO_RECORD + FORK);
    byte[] written = new byte[16 << 20];
    ByteBuffer.wrap(written).order(ByteOrder.nativeOrder()).putLong(5 * 8192 + 8, 0x500A000L);
    Files.delete(later);
    later = wal.resolve("000000020000000000000005");
    Files.write(later, written);
    assertThat(keptFrom(FORK)).contains(NO_RECORD + FORK, "listed again from 0/500A000 on");
    Files.delete(later);
    for (long start : new long[] {0x7000000L, 0xA000000L, 0x20000000L}) {
      later = wal.resolve(String.format("0000000200000000%08X", start >> 24));
      ByteBuffer.wrap(written)
          .order(ByteOrder.nativeOrder())
          .putLong(5 * 8192 + 8, start + 5 * 8192);
      Files.write(later, written);
      assertThat(keptFrom(FORK)).contains(NO_RECORD + FORK);
      Files.delete(later);
    }
    page(3);
    assertThat(keptFrom(FORK)).contains(NO_RECORD + FORK, "listed again from 0/4006000 on");
  }

  @Test
  void a_timeline_that_the_server_left_in_the_same_file_holds_none_behind_the_fork()
      throws Exception {
    killed(KILLED);
    Path left = wal.resolve("000000010000000000000004");
    Files.write(left, new byte[16 << 20]);
    assertThat(keptFrom(FORK)).contains("commits\n0", ALL).doesNotContain("unlisted");
    Files.writeString(wal.resolve("00000002.history"), "1\t0/4000068\tno recovery target\n");
    assertThat(keptFrom(FORK)).contains("no record can be read on timeline 1 from " + FORK);
    Files.delete(wal.resolve("00000002.history"));
    assertThat(keptFrom(FORK)).contains("no record can be read on timeline 1 from " + FORK);
  }

  @Test
  void what_was_killed_in_the_midst_begins_anew_and_says_so_until_then() throws Exception {
    String slow = "job_text='echo $$ >\"$1/pid\"; exec 8<>\"$1/fifo\"; read -r _ <&8'; ";
    String killed =
        "begin ''; until [ -s \"$job/pid\" ]; do sleep 0.05; done;"
            + " begin ''; (await_kept x x run 0); echo;"
            + " kill -9 $(cat \"$job/pid\");"
            + " while job_runs \"$job\"; do sleep 0.05; done; await";
    String said = run("mkdir -p \"$cluster_dir/west-0.keeping/run\"; " + fifo() + slow + killed);
    assertThat(said)
        .contains(
            "begun\nyes", "begun\nno", "is still being kept after 0 s", "ended before it was done");
    assertThat(run("begin ''; await")).contains("begun\nyes", "files\n3");
  }

  private static String fifo() {
    return "mkfifo \"$cluster_dir/west-0.keeping/run/fifo\"; ";
  }
}
