package dev.mooring.starter.whois;

import static dev.mooring.starter.console.Table.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.FollowedBefore;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.NextStart;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.status.InstanceFacts;
import dev.mooring.runbook.status.Moored;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class WhoisReportTest {

  @Test
  void one_writer_per_content_and_parked_copies_are_as_it_should_be() {
    WhoisReport report = with("west-0", Moored::seen);

    assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(String.join("\n", report.lines(UNLIMITED)))
        .isEqualTo(
            """
            every content has one writable instance: east-0, east-1

            content  instance  host  role      timeline  WAL end    replayed   read from     epoch  system
            -------  --------  ----  --------  --------  ---------  ---------  ------------  -----  -------------------
            0        east-0    e0    writable  1         0/3000148  -          SQL           -      7100000000000000001
            0        west-0    w0    parked    1         -          0/30000A0  control file  -      7100000000000000001
            1        east-1    e0    writable  1         0/3000148  -          SQL           -      7100000000000000002
            1        west-1    w0    parked    1         -          0/30000A0  control file  -      7100000000000000002\
            """);
  }

  @Test
  void two_writers_of_one_content_are_critical_and_named() {
    WhoisReport report = with("west-0", WhoisReportTest::writable);

    assertThat(report.exitCode()).isEqualTo(ExitCode.STATUS_CRITICAL);
    assertThat(report.lines(UNLIMITED).get(0))
        .isEqualTo("content 0 HAS 2 WRITABLE INSTANCES: east-0, west-0");
  }

  @Test
  void silence_is_unknown_and_never_down() {
    WhoisReport report = with("east-1", Moored::dark);

    assertThat(report.exitCode()).isEqualTo(ExitCode.STATUS_WARNING);
    assertThat(report.lines(UNLIMITED))
        .contains(
            "content 1 has no writable instance among those observed",
            "east-1 is unknown: host e0 does not answer; connection refused");
  }

  @Test
  void a_copy_that_is_not_seen_may_be_a_second_writer_and_the_first_line_says_so() {
    WhoisReport report = with("west-1", Moored::dark);

    assertThat(report.exitCode()).isEqualTo(ExitCode.STATUS_WARNING);
    assertThat(report.lines(UNLIMITED).get(0))
        .isEqualTo(
            "one writable instance was observed of every content: east-0, east-1; 1 instance is"
                + " unknown");
  }

  @Test
  void a_running_server_that_answers_no_sql_is_unknown() {
    WhoisReport report =
        with(
            "east-0",
            instance ->
                new InstanceFacts(
                    instance,
                    new Observed.Seen<>(ObservedInstances.primary(instance)),
                    new Observed.Unseen<>(FailureCode.AUTHENTICATION_REFUSED, "password refused"),
                    Epoch.NONE));

    assertThat(report.lines(UNLIMITED))
        .contains("east-0 is unknown: its host has it running, in production; password refused");
  }

  @Test
  void a_standby_that_streams_and_was_stopped_is_down_and_not_parked() {
    List<InstanceFacts> all = Moored.CLUSTER.instances().stream().map(Moored::seen).toList();
    Instance stopped = Harbour.instance(Moored.CLUSTER, "west-0");

    assertThat(new WhoisReport(seen(all), List.of(stopped)).lines(UNLIMITED))
        .anyMatch(line -> line.matches("0 +west-0 +w0 +down .*"))
        .anyMatch(line -> line.matches("1 +west-1 +w0 +parked .*"));
  }

  /** One of them has pg_wal that was read, of the other nothing but its control file is known. */
  @Test
  void where_no_sql_answers_the_wal_on_disk_is_shown_or_why_it_was_not_read() {
    List<InstanceFacts> all = Moored.CLUSTER.instances().stream().map(Moored::seen).toList();
    Instance read = Harbour.instance(Moored.CLUSTER, "west-0");
    Instance unread = Harbour.instance(Moored.CLUSTER, "west-1");
    InstancesLook.Seen seen =
        new InstancesLook.Seen(
            all,
            List.of(),
            List.of(),
            List.of(
                new WalHeld(
                    read.id(), new WalPosition(new TimelineId(2), Lsn.parse("0/6000060")), false)),
            List.of(
                new InstanceFailure(
                    unread.id(), FailureCode.STATE_UNREADABLE, "no pg_waldump in /bin"),
                new InstanceFailure(
                    Harbour.instance(Moored.CLUSTER, "east-0").id(),
                    FailureCode.STATE_UNREADABLE,
                    "it answers SQL")));
    assertThat(new WhoisReport(seen, List.of()).lines(UNLIMITED))
        .anyMatch(line -> line.matches("0 +west-0 +w0 +parked +2 +0/6000060 +0/30000A0 +pg_wal.*"))
        .contains("pg_wal of west-1 could not be read: no pg_waldump in /bin")
        .noneMatch(line -> line.contains("it answers SQL"));
  }

  private static InstancesLook.Seen seen(List<InstanceFacts> instances) {
    return new InstancesLook.Seen(instances, List.of(), List.of(), List.of(), List.of());
  }

  private static InstanceFacts writable(Instance instance) {
    return new InstanceFacts(
        instance,
        new Observed.Seen<>(ObservedInstances.primary(instance)),
        new Observed.Seen<>(ObservedInstances.server(instance)),
        new Epoch(7));
  }

  private static WhoisReport with(String id, Function<Instance, InstanceFacts> facts) {
    Instance changed = Harbour.instance(Moored.CLUSTER, id);
    List<InstanceFacts> all =
        Moored.CLUSTER.instances().stream()
            .map(i -> i.equals(changed) ? facts.apply(i) : Moored.seen(i))
            .toList();
    return new WhoisReport(seen(all), List.of());
  }

  private static InstanceRole role(Instance instance, String writer, long epoch, String run) {
    return new InstanceRole(
        instance.id(),
        ServerProcess.STOPPED,
        ObservedInstances.primary(instance).control(),
        new NextStart(false, false, writer.equals("none") ? epoch : 0, true, List.of()),
        new Authority(writer, epoch, run, ""),
        new FollowedBefore(List.of(), List.of()),
        List.of());
  }

  private static List<String> ofRoles(InstanceRole... roles) {
    return new WhoisReport(
            new InstancesLook.Seen(List.of(), List.of(roles), List.of(), List.of(), List.of()),
            List.of())
        .lines(UNLIMITED);
  }

  @Test
  void who_may_write_stands_there_by_host_with_the_run_that_said_so() {
    List<Instance> two = Harbour.cluster(2).instances().subList(0, 2);
    List<String> lines =
        ofRoles(role(two.get(0), "none", 17, "run-7"), role(two.get(1), "east-1", 17, "run-7"));
    assertThat(lines)
        .anyMatch(line -> line.matches(two.get(0).id() + " +none +17 +run-7 +epoch 17 *"))
        .anyMatch(line -> line.matches(two.get(1).id() + " +east-1 +17 +run-7.*"))
        .noneMatch(line -> line.startsWith("no instance may write"));
  }

  /** A run between its fence and its promotion, or one that was terminated there. */
  @Test
  void a_run_that_took_the_right_and_gave_it_to_nobody_is_named() {
    List<Instance> two = Harbour.cluster(2).instances().subList(0, 2);
    assertThat(ofRoles(role(two.get(0), "none", 17, "run-7"), role(two.get(1), "", 0, "")))
        .anyMatch(line -> line.matches(two.get(1).id() + " +no instance named yet.*"))
        .anyMatch(
            line ->
                line.startsWith(
                    "no instance may write: run run-7 took the right away in epoch 17"));
  }
}
