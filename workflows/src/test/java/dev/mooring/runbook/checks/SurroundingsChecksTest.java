package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Strait;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.Collation;
import dev.mooring.port.ReplicationActivities.ConnectedRole;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.MoveRight;
import dev.mooring.port.ReplicationActivities.SuperusersSender;
import dev.mooring.port.RoleActivities.Ownership;
import dev.mooring.port.RoleActivities.Trial;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.members.MemberSurroundings;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What members have around them stands against a move where it would stop it, each for itself. */
class SurroundingsChecksTest {
  private static final int EAST_0 = 0;
  private static final int EAST_1 = 1;
  private static final int WEST_0 = 2;

  private final Cluster cluster = Strait.cluster();
  private final ObservedMembers observed = PreflightTest.observed();

  private Move move(Cluster of, List<Instance> detached) {
    return new Move(of, of.members().get(EAST_0), of.members().get(WEST_0), detached);
  }

  private List<CheckRow> rows(ObservedMembers seen, String... overrides) {
    return Preflight.of(move(cluster, List.of()), seen, List.of(overrides));
  }

  private static List<String> wrong(List<CheckRow> rows) {
    return CheckRows.against(rows);
  }

  private ObservedMembers altered(String path, Object part) {
    return observed.with(Altered.of(observed.around(), path, part));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "surroundings.0.software.lackingPrograms | pg_rewind       | east-0 programs: not there:"
            + " pg_rewind",
        "surroundings.2.software.lackingPrograms | pg_waldump      | west-0 programs: not there:"
            + " pg_waldump",
        "surroundings.1.software.lackingPrograms | psql            | east-1 programs: not there:"
            + " psql",
        "surroundings.2.configuration.unreadable      | x can't be read | west-0"
            + " configuration-files: x can't",
        "surroundings.2.missing         | no locale de_DE | west-0 host-needs: no locale de_DE",
        "surroundings.0.managers        | patroni runs    | east-0 other-managers: patroni",
        "surroundings.1.managers        | repmgrd runs    | east-1 other-managers: repmgrd",
        "surroundings.2.configuration.unreadable      | no postgresql.conf in /d | west-0"
            + " configuration-files: no postgresql.conf in /d",
        "ready.2.lackingExtensions      | postgis 3.3.2   | west-0 extensions: not there:"
            + " postgis",
      })
  void what_is_missing_or_in_the_way_fails_a_row_alone(String path, String value, String words) {
    List<CheckRow> rows = rows(altered(path, List.of(value)));
    assertThat(wrong(rows)).singleElement().asString().startsWith(words);
    assertThat(rows)
        .filteredOn(row -> row.verdict() == Judged.WRONG)
        .allMatch(row -> !row.remedy().isEmpty() && !row.remedy().endsWith("."));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "surroundings.0.ownership.owner | root | east-0 data-directory-mode: owner root, mode 700",
        "surroundings.2.ownership.mode  | 755  | west-0 data-directory-mode: owner postgres, mode"
            + " 755",
        "surroundings.2.ownership.mode  | 770  | west-0 data-directory-mode: owner postgres, mode"
            + " 770",
        "surroundings.2.ownership.mode  | 710x | west-0 data-directory-mode: owner postgres, mode"
            + " 710x",
        "surroundings.0.software.program | 16.1  | east-0 server-program: 16.1, must be of major"
            + " version 15",
        "surroundings.1.software.program | 14.20 | east-1 server-program: 14.20, must be of major"
            + " version",
        "surroundings.2.software.program | 16.1  | west-0 server-program: 16.1, must be of major"
            + " version 15",
        "surroundings.2.software.libc | glibc 2.31 | west-0 collations: C library glibc 2.31"
            + " instead",
        "ready.2.collations.0.actual | 153.14 | west-0 collations: ICU 153.14 instead of",
        "ready.0.archiver.failed | 00000001000000000000000A | east-0 archiver: could not",
      })
  void a_value_that_is_not_as_it_must_be_fails_a_row_alone(
      String path, String value, String words) {
    assertThat(wrong(rows(altered(path, value)))).singleElement().asString().startsWith(words);
  }

  /** What runs now does not say it: a file was edited, and read by no start since. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | limits.maxConnections          | 99      | max_connections is 99, must be at least"
            + " 100",
        "0 | limits.maxWorkerProcesses      | 7       | max_worker_processes is 7, must be at least"
            + " 8",
        "1 | limits.maxWalSenders           | 9       | max_wal_senders is 9, must be at least 10",
        "1 | limits.maxPreparedTransactions | 9       | max_prepared_transactions is 9",
        "0 | limits.maxLocksPerTransaction  | 63      | max_locks_per_transaction is 63",
        "2 | walLevel                       | minimal | wal_level is minimal, with max_wal_senders"
            + " 10; wal_level is minimal, with archive_mode on",
        "2 | slots                          | 1       | max_replication_slots is 1, must be at"
            + " least 2",
      })
  void a_member_that_would_end_at_its_next_start_is_not_moved(
      int member, String setting, String value, String words) {
    String path = "surroundings." + member + ".configuration.next.0." + setting;
    Object part = value.matches("[0-9]+") ? (Object) Integer.valueOf(value) : value;
    assertThat(wrong(rows(altered(path, part))))
        .singleElement()
        .asString()
        .contains(" next-start-settings: " + words);
  }

  @Test
  void a_target_may_have_lower_limits_and_so_may_a_standby_that_nobody_reads() {
    assertThat(wrong(rows(altered("surroundings.2.configuration.next.0.limits.maxConnections", 9))))
        .isEmpty();
    ObservedMembers unread =
        altered("surroundings.1.configuration.next.0.limits.maxConnections", 9);
    assertThat(
            wrong(
                rows(
                    unread.with(
                        Altered.of(
                            unread.around(),
                            "surroundings.1.configuration.next.0.hotStandby",
                            "off")))))
        .isEmpty();
  }

  /** The target writes its own once it is promoted. */
  @Test
  void a_member_is_measured_by_what_the_target_runs_with_too() {
    ObservedMembers higher = PreflightTest.setting(observed, WEST_0, "max_connections", "101");
    assertThat(wrong(rows(higher)))
        .hasSize(2)
        .allMatch(row -> row.contains("max_connections is 100, must be at least 101"));
  }

  /** Its acts could not record themselves, after the old primary was stopped. */
  @Test
  void mooring_s_directory_that_can_not_be_written_stands_against_a_move() {
    Ownership lost =
        new Ownership("postgres", "postgres", "700", List.of(), List.of("d--- root /m/strait"));
    assertThat(wrong(rows(altered("surroundings.2.ownership", lost))))
        .singleElement()
        .asString()
        .startsWith("west-0 mooring-directory: d--- root /m/strait");
  }

  /** Known before the failover after which neither a rewind nor a copy could make it anew. */
  @Test
  void a_data_directory_that_is_a_mount_is_a_warning() {
    Ownership mount = new Ownership("postgres", "postgres", "700", List.of("/srv/data"), List.of());
    List<CheckRow> rows = rows(altered("surroundings.0.ownership", mount));
    assertThat(wrong(rows)).isEmpty();
    assertThat(rows)
        .filteredOn(row -> row.id().equals("data-directory-mount"))
        .singleElement()
        .asString()
        .contains("east-0", "/srv/data is a mount");
  }

  @ParameterizedTest
  @ValueSource(strings = {"700", "750", "710", "740", "2750", "1700"})
  void a_mode_that_the_server_starts_with_fails_no_row(String mode) {
    assertThat(wrong(rows(altered("surroundings.2.ownership.mode", mode)))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "surroundings.0.managers | other-managers",
        "surroundings.1.managers | siblings",
        "surroundings.2.managers | other-managers",
      })
  void managers_of_a_sibling_are_broken_by_the_rule_of_siblings(String path, String rule) {
    ObservedMembers seen = altered(path, List.of("repmgrd runs"));
    assertThat(wrong(rows(seen))).singleElement().asString().contains("(rule " + rule + "); ");
    assertThat(wrong(rows(seen, rule))).isEmpty();
    String other = rule.equals("siblings") ? "other-managers" : "siblings";
    assertThat(wrong(rows(seen, other))).hasSize(1);
  }

  /** A start by it would end at once, and where it is the old primary nobody would write then. */
  @ParameterizedTest
  @CsvSource({"0, false", "1, true", "2, false"})
  void a_server_program_of_another_major_version_is_let_pass_beside_a_sibling_alone(
      int member, boolean passes) {
    ObservedMembers seen = altered("surroundings." + member + ".software.program", "16.1");
    assertThat(rows(seen))
        .filteredOn(row -> row.verdict() == Judged.WRONG)
        .extracting(CheckRow::remedy)
        .containsExactly(
            "its next start would end at once: install version 15 in /usr/lib/postgresql/15/bin,"
                + " or name its directory as the manager's in the cluster file");
    assertThat(wrong(rows(seen, "siblings", "minor-versions")).isEmpty()).isEqualTo(passes);
  }

  /** A server that archives nothing waits for no archiver, whatever failed before. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "on  | ''  | 0A  | archived 0A",
        "on  | ''  | ''  | nothing yet",
        "off | 0B  | 0A  | archive_mode is off",
      })
  void the_archivers_last_word_says_what_it_archived(
      String mode, String failed, String archived, String words) {
    ObservedMembers reported =
        observed.with(
            Altered.of(
                Altered.of(observed.around(), "ready.0.archiver.failed", failed),
                "ready.0.archiver.archived",
                archived));
    assertThat(rows(PreflightTest.setting(reported, EAST_0, "archive_mode", mode)))
        .filteredOn(row -> row.is("archiver", "east-0"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.verdict()).isEqualTo(Judged.GOOD);
              assertThat(row.seen()).isEqualTo(words);
            });
  }

  @Test
  void a_superusers_walsender_refuses_that_it_is_taken_off_and_nothing_else() {
    MemberReadiness ready = observed.around().ready().get(EAST_0);
    ObservedMembers seen =
        altered(
            "ready.0",
            new MemberReadiness(
                ready.instance(),
                new ConnectedRole(
                    ready.role().name(),
                    ready.role().rights(),
                    List.of(new SuperusersSender("east_1", 4711, "postgres"))),
                ready.lackingExtensions(),
                ready.collations(),
                ready.needs(),
                ready.files(),
                ready.archiver()));
    assertThat(wrong(rows(seen))).isEmpty();
    Move off = move(cluster, List.of(cluster.members().get(EAST_1)));
    assertThat(wrong(Preflight.of(off, seen, List.of())))
        .singleElement()
        .asString()
        .startsWith("east-0 superuser-walsenders: pid 4711 of east_1 runs as postgres");
  }

  @Test
  void a_failure_of_the_archiver_is_told_with_what_forgets_it() {
    assertThat(rows(altered("ready.0.archiver.failed", "0B")))
        .filteredOn(row -> row.verdict() == Judged.WRONG)
        .singleElement()
        .extracting(CheckRow::remedy)
        .asString()
        .contains("pg_stat_reset_shared('archiver')");
  }

  @Test
  void a_c_library_that_neither_host_tells_is_not_taken_for_alike() {
    ObservedMembers unreported =
        observed.with(
            Altered.of(
                Altered.of(observed.around(), "surroundings.0.software.libc", ""),
                "surroundings.2.software.libc",
                ""));
    assertThat(wrong(rows(unreported)))
        .singleElement()
        .asString()
        .startsWith("west-0 collations: C library not known instead of not known");
    assertThat(wrong(rows(unreported, "collations"))).isEmpty();
  }

  @Test
  void what_the_primary_lacks_as_well_is_no_difference() {
    ObservedMembers both =
        observed.with(
            Altered.of(
                Altered.of(observed.around(), "ready.0.lackingExtensions", List.of("old 1.0")),
                "ready.2.lackingExtensions",
                List.of("old 1.0")));
    assertThat(wrong(rows(both))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "150020 | GRANT pg_checkpoint TO mooring",
        "140012 | before version 15 only a superuser may: ALTER ROLE mooring SUPERUSER",
      })
  void a_right_that_is_missing_is_named_with_the_statement_of_its_version(
      String version, String statement) {
    ObservedMembers seen =
        PreflightTest.setting(
            altered("ready.0.role.rights", List.of(MoveRight.REPLICATION)),
            EAST_0,
            "server_version_num",
            version);
    assertThat(rows(seen))
        .filteredOn(row -> row.is("privileges", "east-0"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.verdict()).isEqualTo(Judged.WRONG);
              assertThat(row.seen()).isEqualTo("role mooring lacks to end a checkpoint");
              assertThat(row.remedy()).isEqualTo(statement);
            });
  }

  @Test
  void who_detaches_must_be_able_to_end_walsenders() {
    ObservedMembers seen =
        altered("ready.0.role.rights", List.of(MoveRight.CHECKPOINT, MoveRight.REPLICATION));
    List<Instance> off = List.of(cluster.members().get(EAST_1));
    assertThat(wrong(rows(seen))).isEmpty();
    assertThat(wrong(Preflight.of(move(cluster, off), seen, List.of())))
        .containsExactly(
            "east-0 privileges: role mooring lacks pg_signal_backend, must be to end a checkpoint,"
                + " REPLICATION, pg_signal_backend; GRANT pg_signal_backend TO mooring");
  }

  @Test
  void each_that_will_follow_must_be_let_in_by_the_target() {
    String refusal = "FATAL:  no pg_hba.conf entry for replication connection";
    assertThat(wrong(rows(altered("surroundings.0.trial.0", new Trial("", refusal)))))
        .singleElement()
        .asString()
        .startsWith("east-0 replication-connection: " + refusal);
    assertThat(wrong(rows(altered("surroundings.1.trial.0", new Trial("7", "")))))
        .singleElement()
        .asString()
        .startsWith("east-1 replication-connection: system 7, must be system")
        .contains(", from west-0 (rule siblings); ");
    assertThat(wrong(rows(altered("surroundings.0.trial", List.of()))))
        .singleElement()
        .asString()
        .contains("not tried, psql is not there");
  }

  @Test
  void a_server_that_takes_no_new_connection_does_not_answer() {
    MemberSurroundings around = observed.around();
    ObservedMembers frozen =
        observed.with(
            new MemberSurroundings(
                List.of(around.ready().get(EAST_0), around.ready().get(EAST_1)),
                List.of(
                    new InstanceFailure(
                        cluster.members().get(WEST_0).id(),
                        FailureCode.DATABASE_UNREACHABLE,
                        "timed out")),
                around.surroundings(),
                List.of(),
                around.archives(),
                List.of()));
    assertThat(wrong(rows(frozen)))
        .singleElement()
        .asString()
        .startsWith("west-0 answers: not over a new connection: timed out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HOST_SILENT            | make its host reachable from the worker of its site",
        "AUTHENTICATION_REFUSED | check the account, the key or the password",
        "HOST_PROGRAM_MISSING   | install that program on the host",
      })
  void a_host_that_does_not_tell_stands_against_the_move(FailureCode code, String remedy) {
    MemberSurroundings around = observed.around();
    ObservedMembers seen =
        observed.with(
            new MemberSurroundings(
                around.ready(),
                List.of(),
                List.of(around.surroundings().get(EAST_0), around.surroundings().get(WEST_0)),
                List.of(new InstanceFailure(cluster.members().get(EAST_1).id(), code, "no answer")),
                around.archives(),
                List.of()));
    List<CheckRow> rows = rows(seen);
    assertThat(wrong(rows))
        .singleElement()
        .asString()
        .startsWith("east-1 surroundings: no answer, must be readable (rule siblings); " + remedy);
    assertThat(rows)
        .filteredOn(row -> row.verdict() == Judged.WRONG)
        .allMatch(row -> row.remedy().startsWith(remedy));
  }

  /** What is told, and refuses nothing. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "surroundings.2.software.program      | 15.21 | west-0 server-program",
        "ready.0.collations.1.recorded | 2.31 | east-0 collation-versions",
      })
  void what_is_only_told_refuses_nothing(String path, String value, String title) {
    List<CheckRow> rows = rows(altered(path, value));
    assertThat(wrong(rows)).isEmpty();
    assertThat(rows)
        .filteredOn(row -> row.verdict() == Judged.WARNING)
        .extracting(CheckRow::title)
        .containsExactly(title, "archives");
  }

  @Test
  void configuration_outside_the_data_directory_is_told() {
    ObservedMembers seen = altered("ready.2.files", List.of("/etc/postgresql/pg_hba.conf"));
    assertThat(rows(seen))
        .filteredOn(row -> row.is("configuration-files", "west-0"))
        .extracting(CheckRow::seen)
        .containsExactly("1 readable, outside the data directory [/etc/postgresql/pg_hba.conf]");
    assertThat(wrong(rows(altered("ready.2.files", List.of()))))
        .singleElement()
        .asString()
        .startsWith("west-0 configuration-files: not known");
  }

  @Test
  void versions_of_a_database_that_the_target_does_not_tell_are_unlike() {
    ObservedMembers seen =
        altered("ready.2.collations", List.of(new Collation("ICU", "", "153.120")));
    assertThat(wrong(rows(seen)))
        .singleElement()
        .asString()
        .startsWith("west-0 collations: database postgres not known instead of 2.36");
  }
}
