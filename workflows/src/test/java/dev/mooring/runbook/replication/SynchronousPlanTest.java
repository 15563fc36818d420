package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.MemberLoad;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Replay;
import dev.mooring.port.ReplicationActivities.Replication;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.SenderPositions;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.members.Relaxation;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of synchronous_standby_names, by who streams and what was asked. */
class SynchronousPlanTest {
  private static final String LAST = "\"file:/etc/mooring/replication\"";
  private static final Cluster ANY = cluster("any, number: 1");
  private static final Cluster TWO = cluster("first, number: 2");
  private static final List<String> ALL = List.of("east-0", "east-1", "west-0");
  private static final TimelineId LINE = new TimelineId(3);

  private static Cluster cluster(String synchronous) {
    return Strait.cluster(
        LAST, LAST + ", synchronous: {method: " + synchronous + ", instances: [west-0, east-1]}");
  }

  private static Sender sender(String application) {
    return new Sender(
        application, "", "streaming", "async", 0, application, 0, 0, new SenderPositions());
  }

  private static MemberObserved primary(String names, String commit, String... streaming) {
    Lsn at = new Lsn(900);
    return new MemberObserved(
        new InstanceId("east-0"),
        new SystemIdentifier(7),
        new Standing(false, LINE, at, new Replay(at, false, ""), 0, false),
        new Replication(
            Arrays.stream(streaming).map(SynchronousPlanTest::sender).toList(),
            List.of(),
            List.of()),
        List.of(
            new Setting("synchronous_standby_names", names, false),
            new Setting("synchronous_commit", commit, false)),
        new MemberLoad(0, 0, 0, 0));
  }

  private static List<InstanceRole> roles(FakeCluster world, List<String> answering) {
    Call call = new Call(world.cluster().name(), "run", "LOOK", 1, Epoch.NONE);
    return world.cluster().members().stream()
        .filter(member -> answering.contains(member.id().value()))
        .map(member -> new ObserveRoles(call, WorkLists.on(world.cluster(), member)))
        .flatMap(look -> world.roles().observeRoles(look).roles().stream())
        .toList();
  }

  private static Verdict<SynchronousPlan> judged(
      Cluster cluster, MemberObserved primary, List<String> answering, String more) {
    return byRoles(cluster, primary, roles(new FakeCluster(cluster), answering), more);
  }

  private static Verdict<SynchronousPlan> byRoles(
      Cluster cluster, MemberObserved primary, List<InstanceRole> roles, String more) {
    List<Instance> members = cluster.members();
    return SynchronousPlan.judge(
        cluster,
        new Members(
            members.get(0), members.subList(1, members.size()), List.of(primary), List.of()),
        roles,
        ReplicationRequest.of(
            Typed.json("{'cluster':'strait','act':'synchronous','mode':'plan'" + more + "}")));
  }

  private static String outcome(Verdict<SynchronousPlan> verdict) {
    return verdict instanceof Verdict.Proceed<SynchronousPlan> proceed
        ? proceed.conclusion().after().names()
        : ((Verdict.Never<SynchronousPlan>) verdict).code().name();
  }

  private static SynchronousPlan plan(Verdict<SynchronousPlan> verdict) {
    return ((Verdict.Proceed<SynchronousPlan>) verdict).conclusion();
  }

  private static String reason(Verdict<SynchronousPlan> verdict) {
    return ((Verdict.Never<SynchronousPlan>) verdict).reason();
  }

  /** Strict unless said otherwise: PREFLIGHT refuses, and commits go on waiting. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "any; ''; west_0 east_1; false; ANY 1 (west_0, east_1)",
        "any; ''; east_1; false; ANY 1 (east_1)",
        "any; ANY 1 (west_0); west_0 east_1; true; ANY 1 (west_0, east_1)",
        "any; *; WEST_0; true; ANY 1 (west_0)",
        "any; ANY 1 (west_0, east_1); ''; false; PREFLIGHT",
        "any; ''; ''; false; PREFLIGHT",
        "any; ANY 1 (west_0, east_1); ''; true; ''",
        "any; ANY 1 (west_0, east_1); other; true; ''",
        "any; *; other; true; PREFLIGHT",
        "any; FIRST 2 (*); other; true; ''",
        "two; FIRST 2 (west_0, east_1); west_0; true; PREFLIGHT",
        "two; ''; west_0; false; PREFLIGHT",
        "two; ''; west_0 east_1; false; 'FIRST 2 (west_0, east_1)'",
        "two; FIRST 2 (west_0, east_1); ''; true; ''"
      })
  void commits_wait_for_those_that_stream_or_as_before(
      String file, String before, String streaming, boolean relax, String after) {
    Verdict<SynchronousPlan> verdict =
        judged(
            file.equals("any") ? ANY : TWO,
            primary(before, "on", streaming.split(" ")),
            ALL,
            relax ? ",'relax':true" : "");
    assertThat(outcome(verdict)).isEqualTo(after);
  }

  /** What is read is that of Mooring's own session, and not of the server. */
  @ParameterizedTest
  @CsvSource({"'', true", "west_0 east_1, false"})
  void synchronous_commit_is_never_written(String streaming, boolean relax) {
    Verdict<SynchronousPlan> verdict =
        judged(
            ANY,
            primary("ANY 1 (west_0)", "remote_apply", streaming.split(" ")),
            ALL,
            relax ? ",'relax':true" : "");
    assertThat(plan(verdict).after().commit()).isEmpty();
  }

  /** The names are empty by a run that ended, or by an administrator. */
  @ParameterizedTest
  @CsvSource({"'', 1", "e0, 1", "e0 w0 e1, 0"})
  void commits_are_relaxed_once_each_host_that_answers_has_the_record(String hosts, int left) {
    FakeCluster world = new FakeCluster(ANY);
    for (String host : hosts.isEmpty() ? new String[0] : hosts.split(" ")) {
      Strait.relaxed(world, host, "east-0", LINE.value());
    }
    Verdict<SynchronousPlan> verdict =
        byRoles(ANY, primary("", "on"), roles(world, ALL), ",'relax':true");
    assertThat(plan(verdict).objects()).hasSize(left);
  }

  @Test
  void a_plan_that_restores_shows_what_the_hosts_record_meanwhile() {
    assertThat(plan(judged(ANY, primary("", "on", "west_0", "east_1"), ALL, "")).objects())
        .containsExactly(
            "east-0: synchronous_standby_names = 'ANY 1 (west_0, east_1)', before ''",
            "recorded on the hosts of east-0, east-1, west-0, until the standbys have all WAL:"
                + " commits of east-0 may wait for no standby");
  }

  @Test
  void only_a_relaxation_overrides_that_too_few_hosts_record_it() {
    assertThatThrownBy(
            () ->
                judged(
                    ANY, primary("", "on"), ALL, ",'overrides':'unrecorded','reason':'it burnt'"))
        .hasMessageContaining("unrecorded is a rule of relax alone");
  }

  @Test
  void an_administrators_own_value_is_never_touched() {
    Verdict<SynchronousPlan> verdict =
        judged(Strait.cluster(), primary("FIRST 1 (a)", "on"), ALL, ",'relax':true");
    assertThat(outcome(verdict)).isEqualTo(FailureCode.CLUSTER_FILE.name());
  }

  @Test
  void names_are_of_no_use_while_synchronous_commit_waits_for_no_standby() {
    Verdict<SynchronousPlan> verdict =
        judged(ANY, primary("", "local", "west_0", "east_1"), ALL, "");
    assertThat(reason(verdict)).contains("synchronous_commit of east-0 is 'local'");
  }

  @ParameterizedTest
  @CsvSource({"on, false", "off, true"})
  void a_relaxation_says_that_commits_wait_for_none_anyway(String commit, boolean anyway) {
    assertThat(judged(ANY, primary("ANY 1 (west_0)", commit), ALL, ",'relax':true"))
        .isInstanceOfSatisfying(
            Verdict.Proceed.class,
            proceed ->
                assertThat(
                        ((SynchronousPlan) proceed.conclusion())
                            .planned()
                            .contains("for none while synchronous_commit is off"))
                    .isEqualTo(anyway));
  }

  /** Of n standbys n - k + 1 are read for a claim: one of those is to have the record. */
  @ParameterizedTest
  @CsvSource({
    "any, east-0 east-1, true",
    "any, east-0 west-0, true",
    "any, east-0, false",
    "two, east-0 west-0, false",
    "two, east-0 west-0 east-1, true"
  })
  void as_many_hosts_take_the_record_as_standbys_must_confirm(
      String file, String answering, boolean enough) {
    Cluster cluster = file.equals("any") ? ANY : TWO;
    MemberObserved primary = primary("ANY 1 (west_0)", "on");
    List<String> hosts = List.of(answering.split(" "));
    Verdict<SynchronousPlan> verdict = judged(cluster, primary, hosts, ",'relax':true");
    assertThat(outcome(verdict)).isEqualTo(enough ? "" : "PREFLIGHT");

    String overridden = ",'relax':true,'overrides':'unrecorded','reason':'it burnt'";
    assertThat(judged(cluster, primary, hosts, overridden))
        .isInstanceOfSatisfying(
            Verdict.Proceed.class,
            proceed ->
                assertThat(((SynchronousPlan) proceed.conclusion()).overridden())
                    .hasSize(enough ? 0 : 1));
  }

  /** Once another primary was promoted, its standbys are its own. */
  @Test
  void a_record_counts_for_the_timeline_that_it_is_of() {
    FakeCluster world = new FakeCluster(ANY);
    Strait.relaxed(world, "w0", "east-0", LINE.value());
    List<InstanceRole> roles = roles(world, ALL);
    InstanceId east = new InstanceId("east-0");
    assertThat(Relaxation.of(east, LINE, roles)).isPresent();
    assertThat(Relaxation.of(east, new TimelineId(4), roles)).isEmpty();
    assertThat(Relaxation.of(new InstanceId("west-0"), LINE, roles)).isEmpty();

    String names = "ANY 1 (west_0, east_1)";
    assertThat(byRoles(ANY, primary(names, "on", "west_0", "east_1"), roles, ""))
        .isInstanceOfSatisfying(
            Verdict.Proceed.class,
            proceed ->
                assertThat(((SynchronousPlan) proceed.conclusion()).objects())
                    .containsExactly(
                        "no longer recorded on the hosts of west-0: commits of east-0 may wait for"
                            + " no standby"));
  }
}
