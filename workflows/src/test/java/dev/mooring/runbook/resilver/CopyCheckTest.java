package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.Sightings;
import dev.mooring.port.CopyActivities.Content;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.CopyActivities.Elsewhere;
import dev.mooring.port.CopyActivities.Flags;
import dev.mooring.port.CopyActivities.Held;
import dev.mooring.port.CopyActivities.Space;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.ServerVersion;
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

  private final Cluster strait = Harbour.strait();
  private final Instance west = Harbour.instance(strait, "west-0");
  private final DirectorySeen source =
      new DirectorySeen(
          Harbour.instance(strait, "east-0").id(),
          ServerProcess.RUNNING,
          Content.READABLE,
          "",
          List.of(
              new Held(
                  15,
                  Sightings.standby(Harbour.instance(Harbour.cluster(1), "west-0")).control(),
                  new Flags(false, false, true, true),
                  List.of(),
                  List.of(),
                  List.of())),
          new Space(
              10 * GIGABYTE,
              0,
              "7",
              "",
              List.of(new Elsewhere(16400, TABLESPACE, 20 * GIGABYTE, 0, "8"))),
          new ServerVersion(15, 4),
          List.of(),
          List.of());

  private Outdated with(ServerVersion server, List<String> lacking, Space space) {
    return new Outdated(
        west,
        new DirectorySeen(
            west.id(),
            ServerProcess.STOPPED,
            Content.EMPTY,
            "nothing is there",
            List.of(),
            space,
            server,
            lacking,
            List.of()),
        Optional.empty());
  }

  private Outdated with(Space space) {
    return with(new ServerVersion(15, 9), List.of(), space);
  }

  private static Space free(long bytes, Elsewhere... elsewhere) {
    return new Space(0, bytes, "1", "", List.of(elsewhere));
  }

  @Test
  void goes_on_with_room_for_a_tenth_more_than_there_is() {
    Outdated one = with(free(11 * GIGABYTE));
    assertThat(Verdicts.proceeds(CopyCheck.judge(List.of(one), source))).containsExactly(one);
  }

  @Test
  void refuses_with_a_byte_too_little_and_says_the_numbers() {
    Verdicts.never(
        CopyCheck.judge(List.of(with(free(11 * GIGABYTE - 1))), source),
        FailureCode.NO_ROOM,
        "base backups on w0, beside /data, need 11000000000 bytes (what east-0 has, and a tenth"
            + " more), and 10999999999 are free there");
  }

  @Test
  void counts_what_comes_to_one_file_system_together() {
    Elsewhere same = new Elsewhere(16400, TABLESPACE, 0, 32 * GIGABYTE, "1");
    Verdicts.never(
        CopyCheck.judge(List.of(with(free(32 * GIGABYTE, same))), source),
        FailureCode.NO_ROOM,
        "base backups on w0, beside /data, need 33000000000 bytes (what east-0 has, and a tenth"
            + " more), and 32000000000 are free there");
    Elsewhere other = new Elsewhere(16400, TABLESPACE, 0, 22 * GIGABYTE, "2");
    Verdicts.proceeds(CopyCheck.judge(List.of(with(free(11 * GIGABYTE, other))), source));
  }

  @Test
  void refuses_programs_of_another_major_version() {
    Verdicts.never(
        CopyCheck.judge(
            List.of(with(new ServerVersion(16, 1), List.of(), free(99 * GIGABYTE))), source),
        FailureCode.VERSION_DIFFERS,
        "west-0 has programs of version 16.1, east-0 is of version 15");
  }

  @Test
  void refuses_where_nothing_can_be_made() {
    Verdicts.never(
        CopyCheck.judge(
            List.of(with(new ServerVersion(15, 4), List.of("pg_basebackup"), free(99 * GIGABYTE))),
            source),
        FailureCode.HOST_PROGRAM_MISSING,
        "no pg_basebackup on the host of west-0");
    Space own = new Space(0, 99 * GIGABYTE, "1", "/data is a file system of its own", List.of());
    Verdicts.never(
        CopyCheck.judge(List.of(with(own)), source),
        FailureCode.HOST_REFUSED,
        "west-0: /data is a file system of its own");
  }
}
