package dev.mooring.activities.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the scripts that bring a copy to its place do to directories, on directories alone. */
class PlaceScriptTest {
  private static final String OID = "pg_tblspc/16400";
  private static final String VERSION = "PG_15_202209061";

  @TempDir Path above;
  private Path data = Path.of("/nonexistent");
  private Path fast = Path.of("/nonexistent");

  /**
   * A directory with a tablespace that its link leads to by another link, and where another major
   * version has its own; and a copy of it.
   */
  @BeforeEach
  void anInstanceAndItsCopy() throws IOException {
    above = above.toRealPath();
    data = Files.createDirectories(above.resolve("data"));
    Files.writeString(data.resolve("PG_VERSION"), "15\n");
    fast = Files.createDirectories(above.resolve("disk/fast"));
    fill(fast, "old");
    Files.createDirectory(fast.resolve("PG_14_202107181"));
    Files.createSymbolicLink(above.resolve("alias"), above.resolve("disk"));
    Files.createDirectory(data.resolve("pg_tblspc"));
    Files.createSymbolicLink(data.resolve(OID), above.resolve("alias/fast"));
    Path copied = Files.createDirectory(above.resolve("disk/fast.mooring-new"));
    fill(copied, "new");
    Files.createDirectories(above.resolve("data.mooring-new/pg_tblspc"));
    Files.createSymbolicLink(above.resolve("data.mooring-new").resolve(OID), copied);
    Files.createDirectory(above.resolve("job"));
    goesTo(copied, fast, above.resolve("alias/fast"));
  }

  private static void fill(Path location, String whose) throws IOException {
    Files.writeString(Files.createDirectory(location.resolve(VERSION)).resolve("whose"), whose);
  }

  /** What the job knows of a tablespace: its copy, its place, the primary's name for that. */
  private void goesTo(Path copied, Path place, Path named) throws IOException {
    Files.writeString(
        above.resolve("job/places"), copied + "\t" + place + "\t" + named + System.lineSeparator());
  }

  private String run(String commands) throws IOException, InterruptedException {
    return run(List.of("sh"), commands);
  }

  private String run(List<String> shell, String commands) throws IOException, InterruptedException {
    String script =
        Script.resource(Script.class, OfInstance.SERVER)
            + "set -u\nrefuse() { echo \"refused $*\"; exit 1; }\nrefuse_shared() { :; }\n"
            + "put() { printf '%s' \"$2\" >\"$1\"; }\n"
            + Script.resource(HostCopyActivities.class, "directory.sh")
            + Script.resource(HostCopyActivities.class, "included.sh")
            + Script.resource(HostCopyActivities.class, "copy.sh")
            + Script.resource(HostCopyActivities.class, "rewind.sh")
            + Script.resource(HostCopyActivities.class, "basebackup.sh")
            + Script.resource(HostCopyActivities.class, "place.sh")
            + "bin=$1/bin above=$1 real=$1/data parent=$1 new=$1/data.mooring-new"
            + " rewinding=$1/data.mooring-rewind\n"
            + "made=$new old=$1/data.mooring-old-20260101000000 job=$1/job way=BASE_BACKUP\n"
            + commands;
    return Sh.saidBy(shell, script, above);
  }

  private String through(String directory) throws IOException {
    return Files.readString(above.resolve(directory).resolve(OID).resolve(VERSION + "/whose"));
  }

  /** What is kept of a copy's places is removed with it: no name may add a place to that. */
  @Test
  void a_location_with_a_line_feed_is_no_place_to_copy_to() throws Exception {
    Path victim = Files.createDirectory(above.resolve("victim"));
    String location = data + "/x\n" + victim + "\tz";
    String stubs = "escaped() { echo \"$1\"; }\nof_version() { version=15; }\n";
    assertThat(run(stubs + "begin_backup 0 none '' '" + location + "'; echo begun"))
        .startsWith("refused HOST_REFUSED tablespace ")
        .contains("its name has a line feed or a tab: move it");
    run("clear_new");
    assertThat(victim).isDirectory();
  }

  @Test
  void a_tablespace_goes_with_its_directory_by_whatever_link_it_is_reached() throws Exception {
    assertThat(run("put_old_aside && place_links \"$old\" && mv \"$made\" \"$real\"")).isEmpty();
    assertThat(through("data.mooring-old-20260101000000")).isEqualTo("old");
    assertThat(through("data")).isEqualTo("new");
    assertThat(Files.readString(fast.resolve(VERSION + "/whose"))).isEqualTo("new");
    assertThat(Files.readSymbolicLink(data.resolve(OID))).isEqualTo(above.resolve("alias/fast"));
    assertThat(fast.resolve("PG_14_202107181")).isDirectory();
  }

  @Test
  void a_tablespace_within_the_directory_gets_its_place_in_the_new_one() throws Exception {
    Path within = Files.createDirectory(data.resolve("ts"));
    Files.move(fast.resolve(VERSION), within.resolve(VERSION));
    Files.delete(data.resolve(OID));
    Files.createSymbolicLink(data.resolve(OID), within);
    goesTo(above.resolve("disk/fast.mooring-new"), within, within);
    assertThat(run("put_old_aside && place_links \"$old\" && mv \"$made\" \"$real\"")).isEmpty();
    assertThat(through("data.mooring-old-20260101000000")).isEqualTo("old");
    assertThat(through("data")).isEqualTo("new");
    assertThat(data.resolve("ts").resolve(VERSION)).isDirectory();
    run("remove_directory \"$old\"");
    assertThat(through("data")).isEqualTo("new");
  }

  /** Another tablespace of the instance and of its copy, which is made where the script does. */
  private void another(int oid, Path location) throws IOException {
    Path copied = Path.of(location + ".mooring-new");
    if (location.startsWith(data)) {
      copied = above.resolve("data.mooring-new.inside/" + oid + ".mooring-new");
    }
    fill(Files.createDirectories(location), "old");
    fill(Files.createDirectories(copied), "new");
    Files.createSymbolicLink(data.resolve("pg_tblspc/" + oid), location);
    Files.createSymbolicLink(above.resolve("data.mooring-new/pg_tblspc/" + oid), copied);
    Files.writeString(
        above.resolve("job/places"),
        copied + "\t" + location + "\t" + location + System.lineSeparator(),
        StandardOpenOption.APPEND);
  }

  @Test
  void tablespaces_within_the_locations_of_others_get_their_places_whichever_is_first()
      throws Exception {
    Path ts = data.resolve("ts");
    another(16399, fast.resolve("zone"));
    another(16401, fast.resolve("other/zone"));
    another(16402, ts.resolve("inner"));
    another(16403, ts);
    another(16404, ts.resolve("zone"));
    assertThat(run("put_old_aside && place_links \"$old\" && mv \"$made\" \"$real\"")).isEmpty();
    for (int oid = 16399; oid < 16405; oid++) {
      String whose = "pg_tblspc/" + oid + "/" + VERSION + "/whose";
      assertThat(data.resolve(whose)).as(whose).hasContent("new");
      assertThat(above.resolve("data.mooring-old-20260101000000/" + whose)).hasContent("old");
    }
    run("remove_directory \"$old\"");
    for (int oid = 16399; oid < 16405; oid++) {
      assertThat(data.resolve("pg_tblspc/" + oid + "/" + VERSION + "/whose")).hasContent("new");
    }
  }

  @Test
  void what_lies_in_a_location_and_is_not_the_old_directorys_stays() throws Exception {
    Files.delete(data.resolve(OID));
    assertThat(run("put_old_aside && place_links \"$old\" || echo no")).isEqualTo("no\n");
    assertThat(Files.readString(fast.resolve(VERSION + "/whose"))).isEqualTo("old");
  }

  @Test
  void a_copy_is_placed_once_each_of_its_files_is_there_by_the_links() throws Exception {
    Path base = Files.createDirectories(data.resolve("base"));
    Files.createDirectories(data.resolve("global"));
    Files.createDirectories(data.resolve("pg_wal"));
    Files.writeString(base.resolve("1"), "12345");
    Files.writeString(data.resolve("backup_label"), "");
    Files.writeString(data.resolve("mooring.half-made"), "");
    Files.writeString(
        above.resolve("job/files"), "3 pg_tblspc/16400/" + VERSION + "/whose\n5 base/1\n");
    Files.writeString(base.resolve("1"), "1234");
    assertThat(run("verify_placed")).contains("refused HOST_REFUSED", "5 base/1");
    assertThat(data.resolve("mooring.half-made")).exists();
    Files.writeString(base.resolve("1"), "12345");
    assertThat(run("verify_placed")).isEmpty();
    assertThat(data.resolve("mooring.half-made")).doesNotExist();
  }

  /**
   * The source's files are not this host's: bash runs commands within what it takes as a number.
   */
  @Test
  void a_history_with_no_position_is_refused_and_evaluated_nowhere() throws Exception {
    Path wal = Files.createDirectories(above.resolve("data.mooring-new/pg_wal/archive_status"));
    Files.createFile(wal.resolveSibling("000000010000000000000003"));
    Files.writeString(wal.resolveSibling("00000002.history"), "1 1+value[$(>reached)]/0 no\n");
    assertThat(
            run(
                List.of("bash"),
                "cd \"$above\" && control='Bytes per WAL segment:  16777216' value=2"
                    + " && bar_ended_timelines"))
        .startsWith("refused STATE_UNREADABLE ");
    assertThat(above.resolve("reached")).doesNotExist();
  }

  /** A standby is not fenced: its launcher may start it as soon as it has its name. */
  @Test
  void a_copy_that_was_started_before_it_was_verified_is_not_placed() throws Exception {
    Files.writeString(data.resolve("mooring.copied"), above.resolve("job").toString());
    Files.writeString(data.resolve("mooring.half-made"), "");
    Files.writeString(above.resolve("job/files"), "");
    Files.createDirectory(aside(1));
    Files.writeString(above.resolve("job/old"), aside(1).toString());
    String placing =
        "of_job() { :; }; report() { echo \"$2\"; }; cluster=strait subject=west-0;"
            + " ensure_placed x x BASE_BACKUP run no ''";
    assertThat(run(placing))
        .startsWith("refused HOST_REFUSED")
        .contains("`mooring resilver strait --instances west-0 --reason WHY` copies it anew");
    assertThat(run("content; echo \"$content\"")).isEqualTo("UNUSABLE\n");
    assertThat(above.resolve("job/placed")).doesNotExist();
    assertThat(aside(1)).exists();
    Files.delete(data.resolve("mooring.half-made"));
    assertThat(run(placing)).as("it was verified before").isEqualTo("\n");
    assertThat(above.resolve("job/placed")).exists();
  }

  private void program(String name) throws IOException {
    Path program = Files.createDirectories(above.resolve("bin")).resolve(name);
    Files.writeString(program, "#!/bin/sh\necho 'postgres (PostgreSQL) 15.4'\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void a_directory_may_lie_directly_below_the_root_and_is_not_that() throws Exception {
    for (String name : List.of("postgres", "pg_controldata", "pg_ctl")) {
      program(name);
    }
    assertThat(run("of_place /mooring-data \"$1/bin\"; echo \"$parent $new\""))
        .isEqualTo("/ /mooring-data.mooring-new\n");
    assertThat(run("of_place / \"$1/bin\"")).startsWith("refused STATE_UNREADABLE");
  }

  private String placed(String... locations) throws IOException, InterruptedException {
    program("postgres");
    return run(
        "free_at() { echo 1 2; }; spare() { echo 0; }; say_places '"
            + String.join("' '", locations)
            + "'");
  }

  @Test
  void a_location_may_hold_what_is_of_other_versions_and_of_its_own_what_is_the_instances()
      throws Exception {
    String alias = above.resolve("alias/fast").toString();
    assertThat(placed(alias)).isEqualTo("1 2 " + alias + "\t\n");
    assertThat(placed(alias, fast.toString()))
        .contains("\there it is the same directory as another tablespace: " + fast);
    Path kept = above.resolve("data.mooring-old-20250101000000");
    Files.createDirectories(kept.resolve("pg_tblspc"));
    Path link = Files.move(data.resolve(OID), kept.resolve(OID));
    assertThat(placed(alias))
        .contains("\t" + kept + ", put aside by a run, leads to " + fast.resolve(VERSION))
        .contains(": rename it to " + data + ", or move both away");
    Files.delete(link);
    assertThat(placed(alias))
        .contains("\tno link of this instance leads to " + fast.resolve(VERSION));
    assertThat(placed(data.toString())).contains("\tit is the data directory itself");
    assertThat(placed(data.resolve("ts").toString())).endsWith("/ts\t\n");
    assertThat(placed(fast.resolve("PG_15_202209061/ts").toString()))
        .contains("\tit lies in the directory of another tablespace: move it");
    assertThat(placed("/missing/ts"))
        .contains("/missing/ts\t/missing is not there: mount it, or as root: install -d -o ");
  }

  /** One tablespace lies within the other's location, and their host has nothing of it. */
  @Test
  void what_lies_above_a_location_is_made_by_the_command_that_the_refusal_names() throws Exception {
    String[] both = {above + "/made/by/ts", above + "/made/by/ts/within/it"};
    for (String line : placed(both).lines().toList()) {
      run(line.substring(line.indexOf("as root: ") + "as root: ".length()));
    }
    assertThat(placed(both)).contains("/by/ts\t\n", "/within/it\t\n");
  }

  /** What lies within is subtracted from what the data directory takes: never twice. */
  @Test
  void of_a_tablespace_what_its_own_version_takes_is_measured() throws Exception {
    Path within = Files.createDirectories(data.resolve("ts/inner"));
    Files.createDirectory(within.resolve(VERSION));
    Files.createDirectory(data.resolve("ts").resolve(VERSION));
    Files.write(within.resolve(VERSION).resolve("1"), new byte[1 << 20]);
    Files.createSymbolicLink(data.resolve("pg_tblspc/16401"), data.resolve("ts"));
    Files.createSymbolicLink(data.resolve("pg_tblspc/16402"), within);
    assertThat(
            run(
                """
                content=READABLE major=15 within=0; controlled() { value=202209061; }
                measured() { taken=$(du -sk "$1"); taken=${taken%%[!0-9]*}; }
                say_elsewhere >/dev/null; [ "$within" -lt 1536 ] || echo "$within"
                """))
        .isEmpty();
  }

  @Test
  void whatever_ends_it_the_old_links_never_lead_to_the_new_tablespace() throws Exception {
    run("put_old_aside; (mv() { return 1; }; place_links \"$old\")");
    run("place_links \"$old\" && mv \"$made\" \"$real\"");
    assertThat(through("data.mooring-old-20260101000000")).isEqualTo("old");
    assertThat(through("data")).isEqualTo("new");
  }

  private static final String PLACING =
      "sync() { :; }; of_old; put_old_aside && place_links \"$old\" && mv \"$made\" \"$real\" ||"
          + " echo no\n";
  private static final String REVERTING =
      "sync() { :; }; of_job() { jobs=$above; }; report() { echo \"$2\"; }; cluster_dir=$above"
          + " subject=west-0; revert_copying x x run";

  /** With the number of commands that change something after which the script is gone. */
  private static String gone(int after) {
    return "left="
        + after
        + "; act() { left=$((left - 1)); [ \"$left\" -ge 0 ] || exit 9; command \"$@\"; }\n"
        + "mv() { act mv \"$@\"; }; ln() { act ln \"$@\"; }; rm() { act rm \"$@\"; }\n";
  }

  /** The log of the old directory and the copy's lie elsewhere too, and an old place is within. */
  private void anInstanceWithAllOfIt(String name) throws IOException {
    above = Files.createDirectories(above.resolve(name));
    anInstanceAndItsCopy();
    for (String whose : List.of("", ".mooring-new")) {
      Path log = Files.createDirectory(above.resolve("disk/wal" + whose));
      Files.writeString(log.resolve("whose"), whose);
      Files.createSymbolicLink(above.resolve("data" + whose + "/pg_wal"), log);
    }
    Files.createDirectory(data.resolve("ts"));
    Files.createSymbolicLink(data.resolve("pg_tblspc/16401"), data.resolve("ts"));
    Files.writeString(above.resolve("job/old"), data + ".mooring-old-20260101000000");
  }

  private void assertNothingChanged(String when) throws IOException {
    assertThat(through("data")).as(when).isEqualTo("old");
    assertThat(data.resolve("pg_wal/whose")).as(when).isEmptyFile();
    assertThat(Files.readSymbolicLink(data.resolve("pg_tblspc/16401")))
        .as(when)
        .isEqualTo(data.resolve("ts"));
    try (var left = Files.list(above.resolve("disk"))) {
      assertThat(left).as(when).containsExactlyInAnyOrder(fast, above.resolve("disk/wal"));
    }
    try (var left = Files.list(above)) {
      assertThat(left).as(when).noneMatch(one -> one.toString().contains(".mooring-"));
    }
    assertThat(above.resolve("job")).as(when).doesNotExist();
  }

  @Test
  void a_placement_that_ended_anywhere_is_taken_back_wherever_that_ended_before() throws Exception {
    Path all = above;
    boolean complete = false;
    for (int placing = 0; !complete; placing++) {
      for (int reverting = placing % 4; reverting < 12 && !complete; reverting += 4) {
        above = all;
        String when = "after " + placing + " commands, then after " + reverting;
        anInstanceWithAllOfIt(placing + "-" + reverting);
        run(gone(placing) + PLACING);
        complete = !Files.exists(above.resolve("data.mooring-new"));
        if (!complete) {
          run(gone(reverting) + REVERTING);
          assertThat(run(REVERTING)).as(when).isEqualTo("no\n");
          assertNothingChanged(when);
        }
      }
    }
  }

  @Test
  void what_a_copy_filled_is_removed_with_it_where_nothing_was_before() throws Exception {
    run("rm -r \"$real\" '" + fast.resolve(VERSION) + "'");
    run(gone(4) + PLACING);
    assertThat(fast.resolve(VERSION)).exists();
    assertThat(run(REVERTING)).isEqualTo("no\n");
    assertThat(fast).isDirectoryContaining("glob:**/PG_14_*");
    assertThat(fast.resolve(VERSION)).doesNotExist();
  }

  @Test
  void an_old_directory_leads_to_its_own_where_that_could_not_be_put_aside() throws Exception {
    anInstanceWithAllOfIt("held");
    String refuses = "mv() { case $1 in '" + fast + "'/*) return 1 ;; esac; command mv \"$@\"; }\n";
    assertThat(run(refuses + PLACING)).isEqualTo("no\n");
    assertThat(through("data.mooring-old-20260101000000")).isEqualTo("old");
    assertThat(run(REVERTING)).isEqualTo("no\n");
    assertNothingChanged("refused");
  }

  @Test
  void what_has_its_own_name_is_not_removed_with_an_old_directory() throws Exception {
    run("mv \"$real\" \"$old\"; remove_directory \"$old\"");
    assertThat(above.resolve("data.mooring-old-20260101000000")).doesNotExist();
    assertThat(fast.resolve(VERSION + "/whose")).exists();
  }

  @Test
  void what_was_put_aside_is_removed_with_its_directory() throws Exception {
    run("put_old_aside && place_links \"$old\" && mv \"$made\" \"$real\"");
    run("remove_directory \"$old\"");
    try (var left = Files.list(above.resolve("disk"))) {
      assertThat(left).containsExactly(fast);
    }
    assertThat(through("data")).isEqualTo("new");
  }

  @Test
  void one_that_a_rewind_left_beside_one_that_is_there_stops_everything() throws Exception {
    Files.createDirectory(above.resolve("data.mooring-rewind"));
    assertThat(run("refuse_two_directories")).contains("refused HOST_REFUSED both", "are there");
    assertThat(run("put_old_aside || echo no")).isEqualTo("no\n");
    assertThat(data.resolve("PG_VERSION")).exists();
    assertThat(above.resolve("data.mooring-rewind")).exists();
  }

  @Test
  void one_that_a_rewind_left_alone_is_put_aside() throws Exception {
    run("mv \"$real\" \"$rewinding\"; mkdir \"$real\"; refuse_two_directories && put_old_aside");
    assertThat(above.resolve("data.mooring-old-20260101000000/PG_VERSION")).exists();
    assertThat(data).doesNotExist();
  }

  @Test
  void a_base_backup_that_failed_begins_anew_and_a_rewind_does_not() throws Exception {
    Path job = above.resolve("job");
    Files.writeString(job.resolve("begun"), "");
    Files.writeString(job.resolve("log"), "");
    String asked = "begins_anew && echo anew || echo found";
    assertThat(run(asked)).isEqualTo("anew\n");
    Files.writeString(job.resolve("exit"), "1");
    assertThat(run(asked)).isEqualTo("anew\n");
    assertThat(run("way=REWIND; " + asked)).isEqualTo("found\n");
    Files.writeString(job.resolve("exit"), "0");
    assertThat(run(asked)).isEqualTo("found\n");
  }

  private Path aside(int number) {
    return above.resolve("data.mooring-old-2026010100000" + number);
  }

  /** An old directory, and the marker of the run that kept it. */
  private void keptBy(String run, int number) throws IOException {
    Files.createDirectories(aside(number));
    Path job = Files.createDirectories(above.resolve("copies/west-0.copies/" + run));
    Files.writeString(job.resolve("old"), aside(number).toString());
  }

  private String tidied(String run) throws IOException, InterruptedException {
    return run(tidying(run));
  }

  private static String tidying(String run) {
    return "of_place() { :; }; frame() { echo \"$1\"; };"
        + " cluster_dir=$above/copies subject=west-0;"
        + " ensure_old_removed x x "
        + run;
  }

  @Test
  void only_old_directories_that_resilvers_kept_are_removed_and_their_newest_stays()
      throws Exception {
    keptBy("first-BASE_BACKUP", 1);
    assertThat(tidied("first")).isEqualTo("removed\n");
    keptBy("setup-BASE_BACKUP", 2);
    Files.createDirectories(aside(3));
    keptBy("second-BASE_BACKUP", 4);
    assertThat(tidied("second")).isEqualTo("removed\n" + aside(1) + "\n");
    assertThat(tidied("second")).isEqualTo("removed\n");
    assertThat(tidied("rewound")).isEqualTo("removed\n");
    Files.createDirectories(aside(5));
    keptBy("third-BASE_BACKUP", 6);
    assertThat(tidied("third")).isEqualTo("removed\n" + aside(4) + "\n");
    for (int kept : List.of(2, 3, 5, 6)) {
      assertThat(aside(kept)).exists();
    }
    assertThat(aside(1)).doesNotExist();
    keptBy("fourth-BASE_BACKUP", 0);
    assertThat(tidied("fourth")).as("a clock went back").isEqualTo("removed\n" + aside(6) + "\n");
    assertThat(aside(0)).exists();
  }

  @Test
  void what_ended_jobs_kept_of_configurations_and_passwords_goes_with_the_old_directories()
      throws Exception {
    keptBy("first-BASE_BACKUP", 1);
    Path copies = above.resolve("copies");
    Path password = copies.resolve("west-0.copies/first-BASE_BACKUP/passwords");
    Files.writeString(password, "secret");
    Path its = Files.createDirectories(copies.resolve("west-0.configuration/first"));
    Files.writeString(its.resolve("pg_hba.conf"), "host all");
    Path other = Files.createDirectories(copies.resolve("west-1.configuration/first"));
    Path left = Files.createDirectory(above.resolve("data.mooring-rewind"));
    assertThat(tidied("first")).isEqualTo("removed\n");
    assertThat(its).as("what a rewind left without a name needs its own").exists();
    assertThat(password).doesNotExist();
    Files.delete(left);
    Path runs = copies.resolve("west-0.copies/first-BASE_BACKUP/running");
    Files.writeString(runs, "");
    assertThat(run("exec 7>>'" + runs + "'; flock 7; (exec 7>&-; " + tidying("first") + ")"))
        .isEqualTo("removed\n");
    assertThat(its).as("of a copy that runs").exists();
    assertThat(tidied("first")).isEqualTo("removed\n");
    assertThat(its).doesNotExist();
    assertThat(other).exists();
  }

  /** Not even a rewind can take its name away, and a link in its place has one. */
  @Test
  void a_data_directory_that_is_a_mount_is_refused_with_what_to_do() throws Exception {
    String looks =
        """
        ends_in() { :; }
        held=x content=READABLE named=$real subject=x work=$1
        mounts() { :; }
        report() { [ $1 != trouble ] || echo "$2"; }
        frame() { exit; }
        say_elsewhere() { :; }
        size_of() { echo 0; }
        spare() { echo 0; }
        """;
    assertThat(run(looks + "say_space 1")).isEqualTo("\n");
    assertThat(run(looks + "mounts() { echo \"$real\"; }; say_space 1"))
        .isEqualTo(
            data
                + " is a file system of its own: it can't be renamed, and nothing can be made"
                + " beside it. Stop its server, mount it elsewhere, move the data into a directory"
                + " below that mount, and put a link to that directory in its place\n");
  }

  /** /proc is a file system of its own wherever this runs. */
  @Test
  void what_is_mounted_can_not_be_put_aside_and_is_said() throws Exception {
    assertThat(run("of_version() { version=15; }; say_mounts \"$1/alias/fast\" /proc")).isEmpty();
    Files.createSymbolicLink(data.resolve("pg_wal"), Path.of("/proc"));
    assertThat(run("of_version() { version=15; }; say_mounts")).isEqualTo("/proc\n");
    assertThat(run("of_version() { version=15; }; real=''; say_mounts").lines())
        .contains("/proc")
        .doesNotContain("/usr");
  }

  @Test
  void a_marker_that_names_something_else_removes_nothing() throws Exception {
    for (String elsewhere : List.of("data", "disk", "data.mooring-old-1/../disk", "")) {
      Path job = Files.createDirectories(above.resolve("copies/west-0.copies/a-BASE_BACKUP"));
      Files.writeString(job.resolve("old"), above.resolve(elsewhere).toString());
      assertThat(tidied("a")).isEqualTo("removed\n");
      keptBy("b-BASE_BACKUP", 9);
      assertThat(tidied("b")).isEqualTo("removed\n");
    }
    assertThat(data.resolve("PG_VERSION")).exists();
    assertThat(fast.resolve(VERSION + "/whose")).exists();
  }
}
