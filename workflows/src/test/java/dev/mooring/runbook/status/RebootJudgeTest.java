package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Altered;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.Followed;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Of three members whose hosts have the guard; the authority files name east-0. */
class RebootJudgeTest {
  private static final Observed<Monitoring> WATCHED = monitoring(true);

  private Cluster cluster = Strait.cluster();
  private List<InstanceRole> roles = roles("east-0");
  private List<LastRehearsal> rehearsed = List.of();

  private static Observed<Monitoring> monitoring(boolean watched, Pause... pauses) {
    return new Observed.Seen<>(new Monitoring(watched, List.of(pauses), List.of()));
  }

  private static List<InstanceRole> roles(String writer) {
    FakeCluster world = new FakeCluster(Strait.cluster());
    world.members().moved(writer, 4);
    Call call = new Call(world.cluster().name(), "run", "LOOK", 0, Epoch.NONE);
    return WorkLists.byHost(world.cluster(), world.cluster().members()).stream()
        .map(host -> world.roles().observeRoles(new ObserveRoles(call, host)))
        .flatMap(seen -> seen.roles().stream())
        .toList();
  }

  private List<CheckRow> rows(Optional<Observed<Monitoring>> monitoring) {
    return RebootJudge.findings(
        new StatusFacts(
            cluster,
            Moored.NOW,
            List.of(),
            List.of(),
            Moored.service(List.of(), false),
            Optional.empty(),
            new StatusFacts.Streaming(
                List.of(),
                Optional.empty(),
                Optional.empty(),
                roles,
                List.of(new RehearsalsObserved(new HostName("e0"), rehearsed, List.of())),
                monitoring)));
  }

  private void starts(Observed<Monitoring> monitoring, String who, String remedy) {
    assertThat(rows(Optional.of(monitoring)))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.id()).isEqualTo("start-after-reboot");
              assertThat(row.verdict()).isEqualTo(Judged.GOOD);
              assertThat(row.seen()).startsWith(who);
              assertThat(row.remedy()).startsWith(remedy);
            });
  }

  private void guard(String setting) {
    cluster = Strait.cluster("sites:\n", "guard: {" + setting + "}\nsites:\n");
  }

  @Test
  void the_watch_starts_it_by_default() {
    starts(WATCHED, "the watch", "");
    assertThat(rows(Optional.of(WATCHED)).get(0).subject()).isEqualTo("east-0");
  }

  @Test
  void a_person_does_without_a_watch_while_it_is_paused_and_where_that_can_not_be_read() {
    starts(monitoring(false), "a person: no watch runs", "`mooring monitor strait on`");
    Pause pause = new Pause("alice", "disks", Instant.EPOCH, List.of());
    starts(monitoring(true, pause), "a person: automation is paused by alice", "`mooring monitor");
    starts(
        new Observed.Unseen<>(FailureCode.OUTCOME_UNKNOWN, "no answer"),
        "a person: whether automation is paused can't be read",
        "`mooring monitor strait`");
  }

  @Test
  void the_file_may_leave_it_to_a_person_or_to_the_launcher() {
    guard("startAfterReboot: ask");
    starts(
        WATCHED,
        "a person: guard.startAfterReboot is ask",
        "`mooring start-primary strait --reason WHY`");
    guard("afterReboot: start");
    starts(WATCHED, "its launcher: guard.afterReboot is start", "");
  }

  @Test
  void its_launcher_does_where_its_host_has_no_guard() {
    roles = roles.stream().map(role -> Altered.of(role, "start.guarded", false)).toList();
    starts(WATCHED, "its launcher: mooring-guard is not on e0", "`mooring replicate setup");
  }

  @Test
  void its_launcher_does_where_the_last_rehearsal_showed_that_it_asks_no_guard() {
    rehearsed(List.of(Proof.GUARD, Proof.BOOT), List.of(Proof.UNIT));
    starts(WATCHED, "its launcher: the last rehearsal", "put `mooring-guard");
    rehearsed(List.of(Proof.UNIT), List.of(Proof.AFTER_REBOOT));
    starts(WATCHED, "its launcher: the last rehearsal", "put `mooring-guard");
    rehearsed(List.of(Proof.UNIT), List.of(Proof.GUARDED_LAUNCHER));
    starts(WATCHED, "the watch", "");
    rehearsed(List.of(), List.of(Proof.AFTER_REBOOT));
    starts(WATCHED, "the watch", "");
  }

  private void rehearsed(List<Proof> shown, List<Proof> not) {
    rehearsed =
        List.of(
            new LastRehearsal(
                new InstanceId("east-0"), Instant.EPOCH, true, "run", "words", shown, not));
  }

  /** Its host is silent, or no run and no person has named one yet. */
  @Test
  void it_is_not_known_where_no_host_shows_that_it_is_the_primary() {
    roles = List.of();
    starts(WATCHED, "not known: no host that was read names it", "");
    assertThat(rows(Optional.of(WATCHED)).get(0).remedy()).isEmpty();
  }

  /** As a resilver leaves it, whose epoch is newer than that of the primary. */
  @Test
  void a_standby_that_was_made_to_follow_does_not_hide_the_primary() {
    roles =
        roles.stream()
            .map(role -> role.instance().value().equals("west-0") ? madeToFollow(role) : role)
            .toList();
    starts(WATCHED, "the watch", "");
    assertThat(rows(Optional.of(WATCHED)).get(0).subject()).isEqualTo("east-0");
  }

  private static InstanceRole madeToFollow(InstanceRole role) {
    InstanceRole revoked =
        Altered.of(Altered.of(role, "authority.writer", Authority.NOBODY), "authority.epoch", 9L);
    return Altered.of(
        revoked, "followed.instances", List.of(new Followed(new InstanceId("east-0"), 9)));
  }

  @Test
  void where_patroni_manages_the_members_it_is_not_judged() {
    assertThat(rows(Optional.empty())).isEmpty();
  }
}
