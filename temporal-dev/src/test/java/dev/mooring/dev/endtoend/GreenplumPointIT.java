package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.topology.ContentId;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What becomes of a Greenplum's point when its one call is held up, not understood or broken. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("all")
class GreenplumPointIT {
  private static final Pattern NAME = Pattern.compile("sync_point_\\d{8}_\\d{6}_[a-z0-9]+");

  private static final String NIGHTLY_LOAD =
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'nightly load'";

  private static final String CALLS_UNDER_WAY =
      "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
          + " AND query LIKE 'SELECT greenplum.gp_create_restore_point%'";

  private static final String SEGMENT_CALLS =
      "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
          + " AND query LIKE '%pg_create_restore_point(%'";

  private static Stage stage;
  private static Sites sites;
  private static Lab lab;
  private static LabInstance coordinator;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.greenplumLike(2).withInstancesPerHost(2).withWalFileMegabytes(1));
    lab = stage.lab;
    sites = new Sites(lab);
    coordinator = lab.instance("east-c");
    stage.amendClusterFile(
        file -> file.replace("archivePoll", "restorePointTimeout: PT0.5S\n  archivePoll"));
    stage.publish();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  private static void execute(LabInstance instance, String... statements) {
    AtServer.execute(lab, instance, statements);
  }

  private static List<String> rows(LabInstance instance, String query) {
    return AtServer.rows(lab, instance, query);
  }

  private static void report(Statement statement) {
    try {
      statement.execute("SELECT pg_sleep(60)");
    } catch (SQLException cancelled) {
      return; // as wanted, once the publish has ended
    }
  }

  @Test
  @Order(1)
  void commits_are_held_no_longer_than_allowed_and_the_blocker_is_named() throws Exception {
    String before = sites.latest().name().value();
    EndingRecord ending;
    String pid;
    try (Connection holder = lab.connect(coordinator);
        Statement statement = holder.createStatement()) {
      statement.execute("SET application_name = 'nightly load'");
      statement.execute("SELECT pg_advisory_lock_shared(7202)");
      pid = rows(coordinator, NIGHTLY_LOAD).get(0);
      Thread reporting = new Thread(() -> report(statement), "a commit that waits for a segment");
      reporting.start();
      Soon.soon(
          "it tells the segments",
          () -> !rows(coordinator, NIGHTLY_LOAD + " AND state = 'active'").isEmpty());
      ending = stage.publishFails();
      statement.cancel();
      reporting.join();
    }

    assertThat(ending.code()).isEqualTo(FailureCode.BARRIER_NOT_REACHED.name());
    assertThat(ending.toString())
        .containsPattern(NAME.pattern() + " is abandoned")
        .contains("that does not wait for TwophaseCommitLock itself is of pid " + pid)
        .contains("(nightly load)")
        .contains("may still hold that lock or wait for it");
    assertThat(sites.latest().name().value()).isEqualTo(before);
    Soon.soon(
        "the one call that waited has its lock and ends",
        () -> rows(coordinator, CALLS_UNDER_WAY).isEmpty());
    assertThat(named(ending.toString()))
        .as("the names that were asked for")
        .hasSize(1)
        .doesNotContain(stage.publish().restorePoint());
  }

  private static List<String> named(String text) {
    return NAME.matcher(text).results().map(MatchResult::group).distinct().toList();
  }

  /** On 12 every role may create in public; a role's path may have that before all others. */
  @Test
  @Order(1)
  void nothing_of_a_plain_role_is_run_in_a_publish() {
    String ran = " LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.ran VALUES (1); RETURN ";
    execute(
        coordinator,
        "CREATE ROLE plain",
        "GRANT CREATE ON SCHEMA public TO plain",
        "CREATE TABLE public.ran (once int)",
        "GRANT INSERT ON public.ran TO PUBLIC",
        "SET ROLE plain",
        "CREATE FUNCTION public.pg_is_in_recovery() RETURNS boolean" + ran + "true; END $$",
        "CREATE FUNCTION public.now_and_then(numeric, integer) RETURNS numeric" + ran + "0; END $$",
        "CREATE OPERATOR public.* (LEFTARG = numeric, RIGHTARG = integer,"
            + " FUNCTION = public.now_and_then)",
        "CREATE FUNCTION public.gp_create_restore_point(text) RETURNS text" + ran + "''; END $$",
        "CREATE FUNCTION public.gp_switch_wal() RETURNS text" + ran + "''; END $$",
        "CREATE TABLE public.gp_segment_configuration (nothing int)",
        "RESET ROLE",
        "ALTER ROLE mooring SET search_path = public, greenplum, pg_catalog");
    stage.publish();
    List<String> calls = rows(coordinator, "SELECT once FROM public.ran");
    execute(
        coordinator,
        "ALTER ROLE mooring RESET search_path",
        "DROP TABLE public.ran",
        "DROP OWNED BY plain",
        "DROP ROLE plain");
    assertThat(calls).isEmpty();
  }

  @Test
  @Order(1)
  void an_answer_in_another_form_is_asked_for_once() {
    execute(
        coordinator,
        "ALTER FUNCTION greenplum.gp_create_restore_point(text) RENAME TO of_this_build",
        "CREATE TABLE greenplum.asked (name text)",
        """
        CREATE FUNCTION greenplum.gp_create_restore_point(name text) RETURNS text
        LANGUAGE sql SECURITY DEFINER AS $$
          INSERT INTO greenplum.asked VALUES (name);
          SELECT '-1 at 0/100682F0'
        $$
        """);
    EndingRecord ending = stage.publishFails();
    List<String> asked = rows(coordinator, "SELECT name FROM greenplum.asked");
    execute(
        coordinator,
        "DROP FUNCTION greenplum.gp_create_restore_point(text)",
        "DROP TABLE greenplum.asked",
        "ALTER FUNCTION greenplum.of_this_build(text) RENAME TO gp_create_restore_point");

    assertThat(ending.code()).isEqualTo(FailureCode.STATE_UNREADABLE.name());
    assertThat(ending.toString())
        .contains(asked.get(0) + " is abandoned")
        .contains("'-1 at 0/100682F0'");
    assertThat(asked).hasSize(1);
  }

  @Test
  @Order(2)
  void a_segment_that_dies_in_the_call_leaves_a_name_that_is_never_used_again() {
    LabInstance segment = lab.instance("east-1");
    execute(
        segment,
        "CREATE SEQUENCE greenplum.deaths",
        """
        CREATE FUNCTION greenplum.pg_create_restore_point(name text) RETURNS pg_lsn
        LANGUAGE plpgsql AS $$
        BEGIN
          IF nextval('greenplum.deaths') = 1 THEN
            PERFORM pg_terminate_backend(pg_backend_pid());
          END IF;
          RETURN pg_catalog.pg_create_restore_point(name);
        END $$
        """);
    PublishResult result = stage.publish();
    execute(
        segment,
        "DROP FUNCTION greenplum.pg_create_restore_point(text)",
        "DROP SEQUENCE greenplum.deaths");

    List<String> whole = points(1);
    assertThat(whole).contains(result.restorePoint());
    assertThat(points(0)).containsAll(whole).hasSize(whole.size() + 1);
  }

  /** From now on that segment's own record stops one of its processes, then does that. */
  private static void stopsInTheCall(LabInstance segment, String process, String then) {
    execute(
        segment,
        "CREATE TABLE greenplum.stopping (said text)",
        """
        CREATE FUNCTION greenplum.pg_create_restore_point(name text) RETURNS pg_lsn
        LANGUAGE plpgsql AS $$
        BEGIN
          COPY greenplum.stopping FROM PROGRAM 'kill -STOP %s';
          %s;
          RETURN pg_catalog.pg_create_restore_point(name);
        END $$
        """
            .formatted(process, then));
  }

  /** Once the call has ended, the segment's record is made as ever. */
  private static void callsAgain(LabInstance segment) {
    Soon.soon("the call ends", () -> rows(coordinator, CALLS_UNDER_WAY).isEmpty());
    execute(
        segment,
        "DROP FUNCTION greenplum.pg_create_restore_point(text)",
        "DROP TABLE greenplum.stopping");
  }

  /** The segment's own record stops its postmaster, so that nobody is let in any more. */
  @Test
  @Order(3)
  void a_segment_that_hangs_in_the_call_is_named() {
    LabInstance segment = lab.instance("east-1");
    String before = sites.latest().name().value();
    stage.amendClusterFile(file -> file.replace("PT0.5S", "PT2S"));
    stopsInTheCall(segment, "$(head -n 1 postmaster.pid)", "PERFORM pg_sleep(15)");
    EndingRecord ending;
    try {
      ending = stage.publishFails();
    } finally {
      lab.faults().signal(segment, Signal.CONT);
    }
    callsAgain(segment);

    assertThat(ending.code()).isEqualTo(FailureCode.BARRIER_NOT_REACHED.name());
    assertThat(ending.hint()).contains("restorePointTimeout");
    assertThat(ending.headline())
        .contains("east-1 does not answer (content 1, ")
        .contains(segment.dataDirectory().toString())
        .doesNotContain("east-0 does not answer", "east-c does not answer");
    assertThat(sites.latest().name().value()).isEqualTo(before);
  }

  /** Its postmaster lets others in, so that it is the session that tells. */
  @Test
  @Order(4)
  void a_segment_whose_session_is_stopped_in_the_call_is_named_with_it() {
    LabInstance segment = lab.instance("east-0");
    String before = sites.latest().name().value();
    stopsInTheCall(segment, "$PPID", "NULL");
    EndingRecord ending;
    EndingRecord next;
    String hanging;
    try {
      ending = stage.publishFails();
      hanging = rows(segment, SEGMENT_CALLS).get(0);
      next = stage.publishFails();
    } finally {
      Soon.soon("no session makes a point any more", () -> resumed(segment).isEmpty());
    }
    callsAgain(segment);

    assertThat(ending.code()).isEqualTo(FailureCode.BARRIER_NOT_REACHED.name());
    assertThat(ending.headline())
        .contains("east-0 accepts logins, and of its sessions pid " + hanging + " still makes this")
        .doesNotContain("east-1", "east-c", "does not answer");
    assertThat(next.code()).isEqualTo(FailureCode.BARRIER_NOT_REACHED.name());
    assertThat(next.headline())
        .contains("east-0 accepts logins", "pid " + hanging + " still makes another point");
    assertThat(sites.latest().name().value()).isEqualTo(before);
  }

  /** Lets its sessions that make a point go on; gives them. */
  private static List<String> resumed(LabInstance segment) {
    List<String> making = rows(segment, SEGMENT_CALLS);
    making.forEach(pid -> signal(pid));
    return making;
  }

  private static void signal(String pid) {
    try {
      new ProcessBuilder("kill", "-CONT", pid).start().waitFor();
    } catch (IOException | InterruptedException failed) {
      throw new AssertionError("kill -CONT " + pid, failed);
    }
  }

  /** The names in the archived file that holds LATEST's point. */
  private static List<String> points(int content) {
    String dump =
        sites.decoded(coordinator, sites.latest().evidenceOf(new ContentId(content)).orElseThrow());
    return NAME.matcher(dump).results().map(MatchResult::group).distinct().toList();
  }
}
