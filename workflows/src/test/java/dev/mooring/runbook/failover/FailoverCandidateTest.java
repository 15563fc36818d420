package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.PlanTable;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.RoleChangeResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a candidate has around it, and what its archive has beyond it, told beside all else. */
class FailoverCandidateTest {
  private static final String NEEDS = "host-needs";
  private static final String CONFIGURATION = "configuration-files";
  private static final String ARCHIVE = "wal-archive";

  private final FailoverBed strait = new FailoverBed(Strait.synchronous());

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private FakeMembers members() {
    return strait.world().members();
  }

  private static CheckRow row(RoleChangeResult plan, String id) {
    return row(plan, id, "west-0");
  }

  private static CheckRow row(RoleChangeResult plan, String id, String subject) {
    List<CheckRow> found = plan.checks().stream().filter(row -> row.is(id, subject)).toList();
    assertThat(found).as("%s of %s in %s", id, subject, plan.checks()).hasSize(1);
    return found.get(0);
  }

  private RoleChangeResult planned() {
    members().kill("east-0");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).as(plan.headline()).isEqualTo(Plan.PLANNED);
    return plan;
  }

  private String candidate(String id) {
    return strait.plan().measured().stream()
        .filter(fact -> fact.name().startsWith("candidate "))
        .map(Fact::value)
        .filter(words -> words.startsWith(id + ": "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_candidate_that_lacks_nothing_has_rows_that_say_so() {
    RoleChangeResult plan = planned();
    for (String id :
        List.of(NEEDS, CONFIGURATION, ARCHIVE, "extensions", "server-version", "archiving")) {
      assertThat(row(plan, id).verdict()).as(id).isEqualTo(Judged.GOOD);
    }
    assertThat(candidate("west-0")).endsWith("; the archive of its site has no WAL beyond that");
  }

  /** The dead one is rewound later, and what is asked in its place says so. */
  @Test
  void the_plan_says_whether_the_archive_command_lives_with_the_rewind_that_comes() {
    planned();
    assertThat(measured("east-0 once it is promoted"))
        .startsWith("its archive_command, or archive_library, is not known to accept a WAL file")
        .endsWith(" (read on west-0)");
    members().setOn("west-0", "archive_command", ArchiveCommand.ACCEPTING);
    planned();
    assertThat(strait.plan().measured())
        .extracting(Fact::name)
        .doesNotContain("east-0 once it is promoted");
    members().setOn("west-0", "archive_library", "site_archive");
    planned();
    assertThat(measured("east-0 once it is promoted"))
        .contains("or archive_library, is not known to accept a WAL file")
        .endsWith(" (read on west-0)");
    members().setOn("west-0", "archive_library", "basic_archive");
    planned();
    assertThat(strait.plan().measured())
        .extracting(Fact::name)
        .doesNotContain("east-0 once it is promoted");
  }

  @Test
  void candidates_stand_side_by_side_the_best_first() {
    planned();
    assertThat(strait.plan().tables()).hasSize(1);
    PlanTable table = strait.plan().tables().get(0);
    assertThat(table.inWords()).containsExactly("candidate 1", "candidate 2");
    assertThat(table.headings())
        .startsWith("candidate", "site", "lost with it", "bytes behind", "on the old disk");
    assertThat(table.rows())
        .extracting(row -> row.cells().get(0))
        .containsExactly("east-1", "west-0");
    assertThat(column("read from")).containsExactly("SQL", "SQL");
    assertThat(measured("proposed candidate"))
        .isEqualTo(
            "west-0: named by a person; the best would be east-1: it is at the site of the old"
                + " primary, and west-0 is not");
    assertThat(table.rows().get(1).cells().get(2))
        .startsWith("no commit that was acknowledged, ")
        .contains("if ");
    assertThat(table.rows().get(1).cells().subList(3, 6))
        .startsWith("0")
        .satisfies(cells -> assertThat(cells.get(1)).matches("at least \\d+ bytes more"))
        .endsWith("0 s");
  }

  private List<String> column(String heading) {
    PlanTable table = strait.plan().tables().get(0);
    int at = table.headings().indexOf(heading);
    return table.rows().stream().map(row -> row.cells().get(at)).toList();
  }

  private String measured(String name) {
    return strait.plan().measured().stream()
        .filter(fact -> fact.name().equals(name))
        .map(Fact::value)
        .reduce((one, other) -> one + " AND " + other)
        .orElseThrow();
  }

  @Test
  void a_standby_that_answers_no_sql_has_a_row_by_its_disk_and_is_no_candidate() {
    members().kill("east-1");
    members().kill("east-0");
    assertThat(strait.run("{'cluster':'strait','to':'east-1'}").outcome())
        .isEqualTo(Plan.WOULD_REFUSE);
    assertThat(column("candidate")).containsExactly("west-0", "east-1");
    assertThat(column("read from")).containsExactly("SQL", "pg_wal; replayed: control file");
    assertThat(column("accepts writes in")).containsExactly("0 s", "never: it answers no SQL");
    assertThat(column("received").get(1)).isEqualTo(column("received").get(0));
    assertThat(column("timeline")).containsExactly("1", "1");
  }

  @Test
  void a_standby_of_which_nothing_is_read_has_a_row_that_says_so() {
    members().kill("east-1");
    strait.world().trouble().hostAnswers("e1", false);
    members().kill("east-0");
    strait.run(OVER);
    assertThat(column("accepts writes in"))
        .containsExactly("0 s", "never: it answers no SQL, and its host is not read");
    assertThat(column("read from")).containsExactly("SQL", "");
    assertThat(column("received").get(1)).isEmpty();
  }

  @Test
  void the_plan_says_why_that_one_is_proposed_and_for_whom_commits_waited() {
    members().cut("east-1", true);
    members().write("east-0");
    members().kill("east-0");
    members().cut("east-1", false);
    strait.run("{'cluster':'strait'}");
    assertThat(measured("proposed candidate"))
        .isEqualTo("west-0: east-1 may lack commits that were acknowledged");
    assertThat(measured("commits waited for"))
        .isEqualTo(
            "ANY 1 (west_0, east_1), as its host's configuration has it; Mooring recorded none");
    strait.run("{'cluster':'strait','to':'east-1'}");
    assertThat(measured("proposed candidate"))
        .isEqualTo(
            "east-1: named by a person; the best would be west-0: east-1 may lack commits that were"
                + " acknowledged");
  }

  @Test
  void each_candidate_says_what_it_could_still_fetch_from_the_archive() {
    members().cut("west-0", true);
    Strait.writesFiles(members(), "east-0", 3);
    members().kill("east-0");
    strait.run(OVER);
    assertThat(candidate("west-0"))
        .endsWith(
            "; the archive of its site has WAL beyond that, up to 000000010000000000000007, which"
                + " it can still fetch");
    assertThat(candidate("east-1")).endsWith("; the archive of its site has no WAL beyond that");
    members().setOn("west-0", "restore_command", "");
    strait.run(OVER);
    assertThat(candidate("west-0"))
        .endsWith("up to 000000010000000000000007, and it has no restore_command to fetch it by");
  }

  @Test
  void one_whose_host_lacks_what_it_needs_is_refused_unless_that_is_overridden() {
    members().kill("east-0");
    members().lacks("west-0", "library $libdir/postgis-3", "tablespace 16384 points to /fast");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(plan.headline())
        .contains(
            "west-0 host-needs: library $libdir/postgis-3; tablespace 16384 points to /fast, must"
                + " be ")
        .contains("(rule host-needs)");
    RoleChangeResult overridden =
        strait.run(OVER.replace("}", ",'overrides':'host-needs','reason':'not used there'}"));
    assertThat(overridden.outcome()).isEqualTo(Plan.PLANNED);
    assertThat(row(overridden, NEEDS).verdict()).isEqualTo(Judged.OVERRIDDEN);
    assertThat(strait.run("{'cluster':'strait','to':'east-1'}").outcome()).isEqualTo(Plan.PLANNED);
  }

  /** Its promotion could not record itself there, with the old primary fenced. */
  @Test
  void one_whose_host_lets_no_act_record_itself_is_refused_before_anything_is_fenced() {
    members().kill("east-0");
    members().unwritable("west-0", "drwx------ 2 root root /var/lib/mooring/strait");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(plan.headline()).contains("west-0 mooring-directory: drwx------ 2 root root");
    assertThat(strait.run("{'cluster':'strait','to':'east-1'}").outcome()).isEqualTo(Plan.PLANNED);
  }

  /** Slots of others leave no room for the standbys': that is shown, and the run does without. */
  @Test
  void one_with_too_few_slots_is_a_warning() {
    members().kill("east-0");
    members().setOn("west-0", "max_replication_slots", "0");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.PLANNED);
    assertThat(row(plan, "max-replication-slots").verdict()).isEqualTo(Judged.WARNING);
  }

  /** Its names of synchronous standbys are set after the fence, by what its host can read. */
  @Test
  void one_whose_configuration_can_not_be_read_is_refused_before_anything_is_fenced() {
    members().kill("east-0");
    members().misconfigured("west-0", "syntax error in postgresql.conf line 7");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(row(plan, CONFIGURATION).seen()).isEqualTo("syntax error in postgresql.conf line 7");
    assertThat(strait.ended(FailoverBed.approved(OVER, plan.digest())).record().headline())
        .contains("west-0 configuration-files: syntax error");
    assertThat(strait.bed.faults().calls()).extracting(Called::step).doesNotContain("FENCE");
    assertThat(strait.run("{'cluster':'strait','to':'east-1'}").outcome()).isEqualTo(Plan.PLANNED);
  }

  @Test
  void the_last_standby_left_is_promoted_also_with_such_a_configuration() {
    members().kill("east-0");
    members().kill("east-1");
    members().misconfigured("west-0", "syntax error in postgresql.conf line 7");
    RoleChangeResult plan = strait.run(FailoverBed.ALONE);
    assertThat(plan.outcome()).as(plan.headline()).isEqualTo(Plan.PLANNED);
    assertThat(row(plan, CONFIGURATION).verdict()).isEqualTo(Judged.WARNING);
  }

  @Test
  void where_no_names_are_set_such_a_configuration_is_told_and_it_is_promoted() {
    try (FailoverBed asynchronous = new FailoverBed(Strait.cluster())) {
      asynchronous.world().members().kill("east-0");
      asynchronous.world().members().misconfigured("west-0", "x can't be read by postgres");
      RoleChangeResult plan = asynchronous.run(OVER);
      assertThat(plan.outcome()).as(plan.headline()).isEqualTo(Plan.PLANNED);
      assertThat(row(plan, CONFIGURATION).verdict()).isEqualTo(Judged.WARNING);
    }
  }

  /** Of one the host answers nobody, of the other its server. */
  @Test
  void one_whose_host_does_not_answer_is_refused_and_a_silent_standby_is_told() {
    members().kill("east-0");
    members().kill("east-1");
    strait.world().trouble().hostAnswers("w0", false);
    RoleChangeResult plan = strait.run(FailoverBed.ALONE);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(row(plan, "role-on-host").verdict()).isEqualTo(Judged.WRONG);
    assertThat(row(plan, "role-on-host").seen()).isEqualTo("not read");
    assertThat(row(plan, "role", "east-1").verdict()).isEqualTo(Judged.WARNING);
  }

  @Test
  void one_whose_replay_is_paused_is_told_and_promoted() {
    members().pauseReplay("west-0");
    Strait.replays(members(), "west-0", 8192, 0);
    CheckRow row = row(planned(), "replay-time");
    assertThat(row.verdict()).isEqualTo(Judged.WARNING);
    assertThat(row.seen()).contains("replay is paused");
  }

  @Test
  void one_of_another_minor_version_is_told_and_promoted() {
    members().setOn("west-0", "server_version_num", "150018");
    CheckRow row = row(planned(), "server-version");
    assertThat(row.verdict()).isEqualTo(Judged.WARNING);
    assertThat(row.seen()).isEqualTo("15.18; east-0 15.20, east-1 15.20");
  }

  @Test
  void one_that_is_read_only_for_its_applications_is_told_before_and_after() {
    members().setOn("west-0", "default_transaction_read_only", "on for every role");
    CheckRow row = row(planned(), "default-transaction-read-only");
    assertThat(row.verdict()).isEqualTo(Judged.WARNING);
    assertThat(row.seen()).isEqualTo("on for every role");
    assertThat(strait.execute(OVER).degraded())
        .anyMatch(
            sentence ->
                sentence.startsWith(
                    "west-0 accepts writes of Mooring; transactions of its applications may be read"
                        + " only: default_transaction_read_only is on for every role"));
  }

  @Test
  void one_that_would_archive_nothing_is_told_and_promoted() {
    members().setOn("west-0", "archive_mode", "off");
    CheckRow off = row(planned(), "archiving");
    assertThat(off.verdict()).isEqualTo(Judged.WARNING);
    assertThat(off.remedy())
        .isEqualTo(
            "this does not block a failover: correct its archive settings afterwards, with a"
                + " restart for archive_mode and wal_level");
    members().setOn("west-0", "archive_mode", "on");
    members().setOn("west-0", "archive_command", "");
    CheckRow without = row(strait.run(OVER), "archiving");
    assertThat(without.verdict()).isEqualTo(Judged.WARNING);
    assertThat(without.seen()).contains("archive_command is empty and archive_library is not set");
  }

  @Test
  void one_whose_archive_can_not_be_read_is_told_and_promoted() {
    strait.bed.faults().plan(call -> call.method().equals("observeRecent"), Fault.FAILS);
    CheckRow row = row(planned(), ARCHIVE);
    assertThat(row.verdict()).isEqualTo(Judged.WARNING);
    assertThat(row.seen()).isEqualTo("it could not be done");
    assertThat(row.remedy()).startsWith("this does not block a failover: afterwards ");
    assertThat(candidate("west-0"))
        .contains("; whether the archive of its site has WAL beyond that is not known: ");
  }

  private Duration taken(Runnable plan) {
    plan.run();
    return strait.lasted();
  }

  /** An emergency waits for none of it. */
  @Test
  void what_tells_nothing_holds_no_plan_up() {
    Duration usual = taken(this::planned);
    for (String silent : List.of("observeReadiness", "observeRecent")) {
      strait.bed.faults().plan(call -> call.method().equals(silent), Fault.UNSERVED);
    }
    Duration took = taken(this::planned);
    assertThat(took).isLessThan(usual.plusSeconds(3));
    RoleChangeResult plan = strait.run(OVER);
    assertThat(row(plan, NEEDS).verdict()).isEqualTo(Judged.WARNING);
    assertThat(row(plan, NEEDS).seen())
        .startsWith("no answer in the time of this observation from ");
    assertThat(row(plan, ARCHIVE).verdict()).isEqualTo(Judged.WARNING);
  }
}
