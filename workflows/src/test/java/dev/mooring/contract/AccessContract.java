package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Steps.Run;
import dev.mooring.port.AccessActivities.AccessSet;
import dev.mooring.port.AccessActivities.Admission;
import dev.mooring.port.AccessActivities.AdmissionObserved;
import dev.mooring.port.AccessActivities.EnsureAccess;
import dev.mooring.port.AccessActivities.ObserveAccess;
import dev.mooring.port.AccessActivities.ObserveAdmission;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who may connect: Mooring's lines are set once, read as they were set, and taken out whole. */
public abstract class AccessContract {
  private static final String STANDBY = "west-0";
  private static final int SET = 4;
  private static final List<String> LINES =
      List.of(
          "host replication streams 198.51.100.7/32 scram-sha-256", "host all rewinds ::1/128 md5");

  private final Run run = Steps.newRun();

  /** The world all tests of a class share. */
  protected abstract StreamingWorld world();

  @AfterEach
  void renew() {
    world().renew();
  }

  private List<String> seen() {
    RoleSteps steps = new RoleSteps(world());
    return world()
        .access(1)
        .observeAccess(new ObserveAccess(steps.call(run, 0), steps.on(STANDBY)))
        .seen()
        .get(0)
        .lines();
  }

  private EnsureAccess request(List<String> lines) {
    RoleSteps steps = new RoleSteps(world());
    return new EnsureAccess(steps.call(run, SET), steps.on(STANDBY), lines);
  }

  @Test
  void lines_are_set_once_and_taken_out_whole() {
    assertThat(seen()).isEmpty();
    AccessSet set = world().access(1).ensureAccess(request(LINES));
    assertThat(set.changed()).isTrue();
    assertThat(set.file()).endsWith("/pg_hba.conf");
    assertThat(seen()).isEqualTo(LINES);
    assertThat(world().access(2).ensureAccess(request(LINES)).changed()).isFalse();

    assertThat(world().access(1).revertAccess(request(List.of())).changed()).isTrue();
    assertThat(seen()).isEmpty();
    assertThat(world().access(2).revertAccess(request(List.of())).changed()).isFalse();
  }

  @Test
  void a_member_admits_a_standby_and_one_that_is_down_is_named_with_what_was_said() {
    assertThat(tried())
        .containsExactly(
            new Admission(new InstanceId(STANDBY), new InstanceId("east-0"), "", ""),
            new Admission(new InstanceId(STANDBY), new InstanceId("east-1"), "", ""));

    world().hands().kill("east-1");

    assertThat(tried().get(0).replication()).isEmpty();
    assertThat(tried().get(1).replication()).contains("refused");
    assertThat(tried().get(1).rewind()).contains("refused");
  }

  @Test
  @Tag("all")
  void a_member_without_a_line_for_standbys_is_named_with_what_it_said_and_admits_pg_rewind() {
    world().admitsNoStandbys("east-1");

    List<Admission> tried = tried();
    assertThat(tried.get(0))
        .isEqualTo(new Admission(new InstanceId(STANDBY), new InstanceId("east-0"), "", ""));
    Admission refused = tried.get(1);
    assertThat(refused.to()).isEqualTo(new InstanceId("east-1"));
    assertThat(refused.replication()).contains("no pg_hba.conf entry for replication connection");
    assertThat(refused.rewind()).isEmpty();
  }

  private List<Admission> tried() {
    RoleSteps steps = new RoleSteps(world());
    MemberActs acts = new MemberActs(world().cluster());
    AdmissionObserved seen =
        world()
            .access(1)
            .observeAdmission(
                new ObserveAdmission(
                    steps.call(run, 0),
                    steps.on(STANDBY),
                    List.of("east-0", "east-1", STANDBY).stream()
                        .map(to -> acts.upstream(steps.instance(to), "tried", ""))
                        .toList(),
                    world().cluster().policies().database().database()));
    assertThat(seen.failures()).isEmpty();
    return seen.seen();
  }
}
