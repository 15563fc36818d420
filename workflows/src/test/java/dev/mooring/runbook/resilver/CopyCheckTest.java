package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.CopyActivities.Absence;
import dev.mooring.port.CopyActivities.Content;
import dev.mooring.port.CopyActivities.Contents;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.CopyActivities.Flags;
import dev.mooring.port.CopyActivities.Held;
import dev.mooring.port.CopyActivities.NoConfiguration;
import dev.mooring.port.CopyActivities.Programs;
import dev.mooring.port.DirectorySpace;
import dev.mooring.port.DirectorySpace.Elsewhere;
import dev.mooring.port.DirectorySpace.Place;
import dev.mooring.port.DirectorySpace.Size;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.runbook.resilver.Members.Outdated;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CopyCheckTest {
  private static final long GIGABYTE = 1_000_000_000;
  private static final String TABLESPACE = "/fast";
  private static final NoConfiguration NOT_BROUGHT =
      new NoConfiguration(Absence.NOT_IN_BACKUP, "postgresql.conf");
  private static final NoConfiguration LOST =
      new NoConfiguration(Absence.NONE, "no postgresql.conf in /data");

  private final Cluster strait = Harbour.strait();
  private final Instance west = Harbour.instance(strait, "west-0");
  private final DirectorySeen source =
      new DirectorySeen(
          Harbour.instance(strait, "east-0").id(),
          ServerProcess.RUNNING,
          new Contents(
              Content.READABLE,
              "",
              List.of(
                  new Held(
                      15,
                      ObservedInstances.standby(Harbour.instance(Harbour.cluster(1), "west-0"))
                          .control(),
                      new Flags(false, false, true, true),
                      List.of(),
                      List.of(),
                      List.of()))),
          new DirectorySpace(
              10 * GIGABYTE,
              0,
              "7",
              "",
              List.of(new Elsewhere(16400, TABLESPACE, 20 * GIGABYTE, 0, "8", "")),
              List.of()),
          new Programs(new ServerVersion(15, 4), List.of()),
          List.of(),
          List.of());

  private Outdated with(ServerVersion server, List<String> lacking, DirectorySpace space) {
    return new Outdated(
        west,
        new DirectorySeen(
            west.id(),
            ServerProcess.STOPPED,
            new Contents(Content.EMPTY, "nothing is there", List.of()),
            space,
            new Programs(server, lacking),
            List.of(),
            List.of(NOT_BROUGHT, LOST)),
        Optional.empty());
  }

  private Verdict<List<Outdated>> judge(Outdated copied) {
    return CopyCheck.judge(List.of(copied), List.of(), source);
  }

  private Outdated with(DirectorySpace space) {
    return with(new ServerVersion(15, 9), List.of(), space);
  }

  private static DirectorySpace free(long bytes, Place... places) {
    return new DirectorySpace(0, bytes, "1", "", List.of(), List.of(places));
  }

  @Test
  void goes_on_with_room_for_a_tenth_more_than_there_is() {
    Outdated one = with(free(11 * GIGABYTE));
    assertThat(Verdicts.proceeds(judge(one))).containsExactly(one);
  }

  @Test
  void refuses_with_a_byte_too_little_and_says_the_numbers() {
    Verdicts.never(
        judge(with(free(11 * GIGABYTE - 1))),
        FailureCode.NO_ROOM,
        "base backups on w0, beside /data, need 11000000000 bytes (what east-0 has, and a tenth"
            + " more), and 10999999999 are free there");
  }

  /** What a failed rewind left is of no use to a server, and takes room. */
  @Test
  void says_what_to_do_about_the_room_that_an_unusable_directory_takes() {
    DirectorySeen seen = with(free(GIGABYTE)).directory();
    DirectorySeen left =
        new DirectorySeen(
            west.id(),
            ServerProcess.STOPPED,
            new Contents(Content.UNUSABLE, "a rewind in /data did not end well", List.of()),
            seen.space(),
            seen.programs(),
            List.of(),
            List.of());
    assertThat(CopyCheck.roomless(List.of(new CopyCheck.Copied(west, left)), source).orElseThrow())
        .endsWith("1000000000 are free there; a rewind in /data did not end well");
  }

  @Test
  void counts_what_comes_to_one_file_system_together() {
    Place same = new Place(TABLESPACE, 32 * GIGABYTE, "1", "");
    Verdicts.never(
        judge(with(free(32 * GIGABYTE, same))),
        FailureCode.NO_ROOM,
        "base backups on w0, beside /data, need 33000000000 bytes (what east-0 has, and a tenth"
            + " more), and 32000000000 are free there");
    Place other = new Place(TABLESPACE, 22 * GIGABYTE, "2", "");
    Verdicts.proceeds(judge(with(free(11 * GIGABYTE, other))));
  }

  @Test
  void refuses_programs_of_another_major_version() {
    Verdicts.never(
        judge(with(new ServerVersion(16, 1), List.of(), free(99 * GIGABYTE))),
        FailureCode.VERSION_DIFFERS,
        "west-0 has programs of version 16.1, east-0 is of version 15");
  }

  /** They come in packages of their own, and end in the midst of what they are begun for. */
  @Test
  void refuses_each_way_whose_program_is_of_another_major_version_than_the_server() {
    Outdated backup =
        with(new ServerVersion(15, 4), List.of("pg_basebackup 14.22"), free(99 * GIGABYTE));
    String why =
        "west-0's pg_basebackup is of version 14.22, its server program is of version 15.4 and"
            + " east-0 of 15";
    Verdicts.never(judge(backup), FailureCode.VERSION_DIFFERS, why);
    Verdicts.never(
        CopyCheck.judge(List.of(), List.of(backup), source), FailureCode.VERSION_DIFFERS, why);
    Outdated rewind =
        with(
            new ServerVersion(15, 4),
            List.of("pg_rewind 16.0", "pg_waldump 16.0"),
            free(99 * GIGABYTE));
    Verdicts.never(
        CopyCheck.judge(List.of(), List.of(rewind), source),
        FailureCode.VERSION_DIFFERS,
        "west-0's pg_rewind is of version 16.0, its server program is of version 15.4 and east-0 of"
            + " 15");
    Verdicts.proceeds(judge(rewind));
  }

  @Test
  void refuses_where_nothing_can_be_made() {
    Verdicts.never(
        judge(with(new ServerVersion(15, 4), List.of("pg_basebackup"), free(99 * GIGABYTE))),
        FailureCode.HOST_PROGRAM_MISSING,
        "no pg_basebackup on the host of west-0");
    Verdicts.never(
        judge(with(new ServerVersion(15, 4), List.of("pg_verifybackup"), free(99 * GIGABYTE))),
        FailureCode.HOST_PROGRAM_MISSING,
        "no pg_verifybackup on the host of west-0");
    DirectorySpace own =
        new DirectorySpace(
            0, 99 * GIGABYTE, "1", "/data is a file system of its own", List.of(), List.of());
    Verdicts.never(
        judge(with(own)), FailureCode.HOST_REFUSED, "west-0: /data is a file system of its own");
  }

  @Test
  void what_several_copies_of_one_host_need_is_counted_together() {
    Outdated one = with(free(12 * GIGABYTE));
    Verdicts.never(
        CopyCheck.judge(List.of(one, one), List.of(), source),
        FailureCode.NO_ROOM,
        "base backups on w0, beside /data, need 22000000000 bytes (what east-0 has, and a tenth"
            + " more), and 12000000000 are free there");
  }

  @Test
  void each_tablespace_that_has_no_place_is_named_and_nothing_is_copied_or_rewound() {
    Outdated one =
        with(
            free(
                99 * GIGABYTE,
                new Place(TABLESPACE, 0, "1", "/mnt is not there"),
                new Place("/in/it", 0, "1", "/in is not there")));
    String why =
        "tablespace /fast of east-0 has no place on the host of west-0: /mnt is not there;"
            + " tablespace /in/it of east-0 has no place on the host of west-0: /in is not there";
    Verdicts.never(judge(one), FailureCode.HOST_REFUSED, why);
    Verdicts.never(CopyCheck.judge(List.of(), List.of(one), source), FailureCode.HOST_REFUSED, why);
  }

  @Test
  void a_rewind_needs_programs_of_the_major_version_and_no_room() {
    Verdicts.proceeds(CopyCheck.judge(List.of(), List.of(with(free(1))), source));
    Verdicts.never(
        CopyCheck.judge(
            List.of(), List.of(with(new ServerVersion(16, 1), List.of(), free(1))), source),
        FailureCode.VERSION_DIFFERS,
        "west-0 has programs of version 16.1, east-0 is of version 15");
  }

  private static DirectorySpace walApart(long free, long freeForWal) {
    List<Elsewhere> links = List.of(new Elsewhere(0, "/wal/main", GIGABYTE, freeForWal, "2", ""));
    return new DirectorySpace(0, free, "1", "", links, List.of());
  }

  private DirectorySeen withWal(long bytes) {
    return Altered.of(source, "space.size.walBytes", bytes);
  }

  private Verdict<List<Outdated>> judge(Outdated copied, DirectorySeen from) {
    return CopyCheck.judge(List.of(copied), List.of(), from);
  }

  @Test
  void the_wal_needs_room_where_the_instance_has_its_own() {
    DirectorySeen from = withWal(5 * GIGABYTE);
    long wal = 5_500_000_000L;
    Verdicts.never(
        judge(with(free(11 * GIGABYTE + wal - 1)), from),
        FailureCode.NO_ROOM,
        "base backups on w0, beside /data, need 16500000000 bytes (what east-0 has, and a tenth"
            + " more), and 16499999999 are free there");
    Verdicts.proceeds(judge(with(free(11 * GIGABYTE + wal)), from));
    Verdicts.never(
        judge(with(walApart(99 * GIGABYTE, wal - 1)), from),
        FailureCode.NO_ROOM,
        "base backups on w0, in /wal/main, need 5500000000 bytes (what east-0 has, and a tenth"
            + " more), and 5499999999 are free there");
    Verdicts.proceeds(judge(with(walApart(11 * GIGABYTE, wal)), from));
  }

  @Test
  void a_rewind_needs_room_for_the_wal_that_it_brings_to_another_file_system() {
    DirectorySeen from = withWal(5 * GIGABYTE);
    Outdated little = with(walApart(0, 4_499_999_999L));
    Verdicts.never(
        CopyCheck.judge(List.of(), List.of(little), from),
        FailureCode.NO_ROOM,
        "a rewind of west-0 brings the WAL of east-0 to /wal/main, and may need 5500000000 bytes"
            + " there (that WAL, and a tenth more): 1000000000 are taken by its own WAL, and"
            + " 4499999999 are free");
    Outdated enough = with(walApart(0, 4_500_000_000L));
    Verdicts.proceeds(CopyCheck.judge(List.of(), List.of(enough), from));
  }

  @Test
  void what_is_a_file_system_of_its_own_can_be_rewound_and_not_replaced() {
    Outdated one =
        with(
            new DirectorySpace(
                new Size(0, 0),
                99 * GIGABYTE,
                "1",
                "",
                List.of(),
                List.of(),
                List.of("/data/pg_wal", "/fast")));
    Verdicts.never(
        judge(one),
        FailureCode.HOST_REFUSED,
        "west-0: /data/pg_wal, /fast can't be put aside for a copy, being a file system of its own."
            + " Mount it elsewhere, and put a link to a directory below that mount in its place");
    Verdicts.proceeds(CopyCheck.judge(List.of(), List.of(one), source));
  }

  private static DirectorySeen seen(DirectorySeen like, List<NoConfiguration> without) {
    return new DirectorySeen(
        like.instance(),
        like.process(),
        like.contents(),
        like.space(),
        like.programs(),
        like.aside(),
        without);
  }

  @Test
  void the_primarys_configuration_is_taken_whole_and_only_where_there_is_no_other() {
    Outdated lost = with(free(99 * GIGABYTE));
    Verdicts.never(
        CopyCheck.judge(
            List.of(lost),
            List.of(),
            seen(source, List.of(new NoConfiguration(Absence.NOT_IN_BACKUP, "pg_hba.conf")))),
        FailureCode.MISSING_ON_HOST,
        "west-0: no postgresql.conf in /data, and east-0 has no pg_hba.conf in its own directory to"
            + " give it. Put its configuration there, or a link to where it is; on Debian below"
            + " /etc/postgresql, with data_directory = '/data' in it");
    List<NoConfiguration> two =
        List.of(
            NOT_BROUGHT, new NoConfiguration(Absence.UNCLEAR, "both /etc/a and /etc/b name /data"));
    Verdicts.never(
        judge(new Outdated(west, seen(lost.directory(), two), Optional.empty())),
        FailureCode.MISSING_ON_HOST,
        "west-0: both /etc/a and /etc/b name /data. Put its configuration there, or a link to where"
            + " it is; on Debian below /etc/postgresql, with data_directory = '/data' in it");
  }

  @Test
  void a_configuration_that_lies_elsewhere_is_told_before_anything_is_copied_or_rewound() {
    List<NoConfiguration> none = List.of(NOT_BROUGHT, LOST);
    Outdated lost = with(free(99 * GIGABYTE));
    Verdicts.never(
        CopyCheck.judge(List.of(lost), List.of(), seen(source, none)),
        FailureCode.MISSING_ON_HOST,
        "west-0: no postgresql.conf in /data, and east-0 has no postgresql.conf in its own"
            + " directory to give it. Put its configuration there, or a link to where it is; on"
            + " Debian below /etc/postgresql, with data_directory = '/data' in it");
    DirectorySeen readable =
        new DirectorySeen(
            west.id(),
            ServerProcess.STOPPED,
            source.contents(),
            free(99 * GIGABYTE),
            source.programs(),
            List.of(),
            none);
    Verdicts.never(
        CopyCheck.judge(List.of(), List.of(new Outdated(west, readable, Optional.empty())), source),
        FailureCode.MISSING_ON_HOST,
        "west-0: no postgresql.conf in /data. Put its configuration there, or a link to where it"
            + " is; on Debian below /etc/postgresql, with data_directory = '/data' in it");
    List<NoConfiguration> elsewhere = List.of(NOT_BROUGHT);
    Outdated configured = new Outdated(west, seen(readable, elsewhere), Optional.empty());
    Verdicts.proceeds(CopyCheck.judge(List.of(), List.of(configured), seen(source, none)));
  }

  /** It goes aside with the rest of what is there. */
  @Test
  void the_configuration_of_another_system_is_taken_for_none() {
    DirectorySeen anothers = seen(with(free(99 * GIGABYTE)).directory(), List.of());
    CopyCheck.Copied copied = new CopyCheck.Copied(west, anothers, false);
    assertThat(Verdicts.proceeds(CopyCheck.judge(List.of(copied), source))).containsExactly(copied);
    Verdicts.never(
        CopyCheck.judge(List.of(copied), seen(source, List.of(NOT_BROUGHT))),
        FailureCode.MISSING_ON_HOST,
        "west-0: what is in its place has another system's, and east-0 has no postgresql.conf in"
            + " its own directory to give it. Put its configuration there, or a link to where it"
            + " is; on Debian below /etc/postgresql, with data_directory = '/data' in it");
  }
}
