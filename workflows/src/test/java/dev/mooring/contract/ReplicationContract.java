package dev.mooring.contract;

import static dev.mooring.contract.Refusals.onlyFailed;
import static dev.mooring.contract.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.AwaitStreaming;
import dev.mooring.port.ReplicationActivities.Detach;
import dev.mooring.port.ReplicationActivities.Detached;
import dev.mooring.port.ReplicationActivities.EnsureSlots;
import dev.mooring.port.ReplicationActivities.EnsureWritten;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.MoveRight;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.ReplicationActivities.SlotsSet;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.port.ReplicationActivities.WriteProved;
import dev.mooring.port.ReplicationActivities.WriteRefused;
import dev.mooring.port.SenderPositions;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StandbyNames;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What looking at streaming replication, its slots and writes promise. */
public abstract class ReplicationContract {
  private static final Duration LIMIT = Limit.seconds(60);
  private static final Duration AT_ONCE = Duration.ofMillis(300);
  private static final String READ_ONLY = "25006";

  /** The world all tests of a class share. */
  protected abstract StreamingWorld world();

  @AfterEach
  void asInTheBeginning() {
    world().renew();
  }

  private ReplicationActivities replication() {
    return world().replication();
  }

  private Call call() {
    return new Call(world().cluster().name(), "run-1", "LOOK", 0, Epoch.NONE);
  }

  private DatabaseAccess access() {
    return world().cluster().policies().database();
  }

  private Server server(String id) {
    Instance instance =
        world().cluster().instances().stream()
            .filter(i -> i.id().value().equals(id))
            .findFirst()
            .orElseThrow();
    return new Server(instance, world().cluster().host(instance.host()).access().address());
  }

  private List<Server> servers(String... ids) {
    return Arrays.stream(ids).map(this::server).toList();
  }

  private ReplicationObserved observe(String... ids) {
    return replication().observeReplication(new OnServers(call(), access(), servers(ids)));
  }

  private MemberObserved member(String id) {
    ReplicationObserved seen = observe(id);
    assertThat(seen.failures()).isEmpty();
    return seen.members().get(0);
  }

  @Test
  @Tag("all")
  void each_member_says_over_a_new_connection_what_a_move_depends_on() {
    ReadinessObserved seen =
        replication()
            .observeReadiness(new OnServers(call(), access(), servers("east-0", "west-0")));
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.members())
        .extracting(member -> member.instance().value())
        .containsExactly("east-0", "west-0");
    for (MemberReadiness member : seen.members()) {
      assertThat(member.role().name()).isEqualTo("mooring");
      assertThat(member.role().rights()).contains(MoveRight.CHECKPOINT, MoveRight.REPLICATION);
      assertThat(member.lackingExtensions()).isEmpty();
      assertThat(member.collations()).isNotEmpty();
      assertThat(member.files())
          .anyMatch(file -> file.endsWith("/pg_hba.conf"))
          .noneMatch(file -> file.endsWith("/pg_ident.conf"));
      assertThat(member.archiver().failed()).isEmpty();
    }
    assertThat(seen.members().get(0).needs()).isEqualTo(seen.members().get(1).needs());
  }

  private SlotsSet slots(String id, List<String> present, List<String> absent) {
    return replication()
        .ensureSlots(new EnsureSlots(call(), access(), server(id), present, absent));
  }

  private WriteProved written(String id) {
    return replication().ensureWritten(new EnsureWritten(call(), access(), server(id), LIMIT));
  }

  private StandbysAwaited await(Duration atMost) {
    return replication()
        .awaitStreaming(
            new AwaitStreaming(
                call(),
                access(),
                server("east-0"),
                servers("west-0", "east-1"),
                List.of(new StandbyNames("west_0", "west_0"), new StandbyNames("east_1", "east_1")),
                atMost,
                List.of()));
  }

  private Detached detached(String... names) {
    return replication()
        .ensureDetached(
            new Detach(call(), access(), server("east-0"), List.of(names), Duration.ofSeconds(1)));
  }

  /** One that stands still is served until its walsender is ended; it comes back by itself. */
  @Test
  @Tag("all")
  void the_walsender_of_a_standby_that_stands_still_is_ended_and_its_slot_stays() {
    assertThat(await(LIMIT).behind()).isEmpty();
    world().hands().freeze("east-1");
    assertThat(detached("east_1").ended()).containsExactly("east_1");
    assertThat(detached("east_1").ended()).isEmpty();
    MemberObserved primary = member("east-0");
    assertThat(primary.senders()).extracting(Sender::application).containsExactly("west_0");
    assertThat(primary.slots())
        .extracting(Slot::name, Slot::active)
        .containsExactly(tuple("east_1", false), tuple("west_0", true));
    world().hands().thaw("east-1");
    assertThat(await(LIMIT).behind()).isEmpty();
  }

  @Test
  @Tag("all")
  void the_primary_shows_who_streams_from_it_and_the_standbys_what_they_follow() {
    assertThat(await(LIMIT).behind()).isEmpty();
    ReplicationObserved seen = observe("east-0", "west-0", "east-1");
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.members())
        .extracting(m -> m.instance().value(), m -> m.standing().inRecovery())
        .containsExactly(tuple("east-0", false), tuple("west-0", true), tuple("east-1", true));
    MemberObserved primary = seen.members().get(0);
    assertThat(primary.senders())
        .extracting(Sender::application, Sender::state, Sender::sync, Sender::slot)
        .containsExactly(
            tuple("east_1", "streaming", "async", "east_1"),
            tuple("west_0", "streaming", "async", "west_0"));
    assertThat(primary.senders())
        .allMatch(sender -> sender.silentSeconds() >= 0)
        .allMatch(sender -> sender.silentSeconds(Optional.of(primary.standing())) >= 0);
    assertThat(primary.slots())
        .extracting(Slot::name, Slot::plugin, Slot::active, Slot::walStatus)
        .containsExactly(
            tuple("east_1", "", true, "reserved"), tuple("west_0", "", true, "reserved"));
    assertThat(primary.receivers()).isEmpty();
    for (MemberObserved standby : seen.members().subList(1, 3)) {
      assertThat(standby.system()).isEqualTo(primary.system());
      assertThat(standby.standing().timeline()).isEqualTo(primary.standing().timeline());
      assertThat(standby.standing().replay().paused()).isFalse();
      assertThat(standby.senders()).isEmpty();
      assertThat(standby.receivers())
          .singleElement()
          .satisfies(
              receiver -> {
                assertThat(receiver.status()).isEqualTo("streaming");
                assertThat(receiver.senderHost()).isEqualTo(server("east-0").address());
                assertThat(receiver.senderPort()).isEqualTo(server("east-0").instance().port());
                assertThat(receiver.heardMillis()).isPositive();
                assertConnects(receiver, standby.instance());
              });
    }
  }

  /** It tells its connection without quotes. */
  private void assertConnects(Receiver receiver, InstanceId standby) {
    assertThat(" " + receiver.connection() + " ")
        .contains(" host=" + server("east-0").address() + " ")
        .contains(" port=" + server("east-0").instance().port() + " ")
        .contains(" application_name=" + standby.value().replace('-', '_') + " ")
        .contains(" sslmode=");
  }

  /** Its control file names the old timeline until a restartpoint, minutes later. */
  @Test
  @Tag("all")
  void a_standby_whose_new_primary_dies_at_once_tells_the_timeline_that_it_followed() {
    assertThat(await(LIMIT).behind()).isEmpty();
    RoleSteps steps = new RoleSteps(world());
    slots("west-0", List.of("east_1"), List.of());
    world().hands().kill("east-0");
    world().hands().promote("west-0");
    Steps.until(() -> !member("west-0").standing().inRecovery());
    world().roles(1).ensureFollowing(steps.follow(Steps.newRun(), "east-1", "west-0"));
    WriteProved last = written("west-0");
    Steps.until(() -> !member("east-1").standing().received().isBefore(last.at()));
    world().hands().kill("west-0");
    Steps.until(() -> member("east-1").receivers().isEmpty());
    assertThat(last.timeline()).isEqualTo(new TimelineId(2));
    assertThat(member("east-1").standing().timeline()).isEqualTo(last.timeline());
  }

  @Test
  @Tag("all")
  void each_sender_tells_how_far_a_standby_is_and_each_standby_what_it_replayed_last() {
    world().hands().write("east-0");
    assertThat(await(LIMIT).behind()).isEmpty();
    ReplicationObserved seen = observe("east-0", "west-0", "east-1");
    MemberObserved primary = seen.members().get(0);
    assertThat(primary.senders()).hasSize(2);
    for (Sender sender : primary.senders()) {
      SenderPositions at = sender.positions();
      assertThat(at.priority()).isZero();
      assertThat(Lsn.parse(at.sent())).isGreaterThanOrEqualTo(Lsn.parse(at.written()));
      assertThat(Lsn.parse(at.written())).isGreaterThanOrEqualTo(Lsn.parse(at.flushed()));
      assertThat(Lsn.parse(at.sent())).isGreaterThanOrEqualTo(Lsn.parse(at.replayed()));
    }
    assertThat(primary.standing().replay().lastTransaction()).isEmpty();
    Instant now = Instant.ofEpochMilli(primary.standing().clockMillis());
    for (MemberObserved standby : seen.members().subList(1, 3)) {
      Instant last = Instant.parse(standby.standing().replay().lastTransaction());
      assertThat(last).isBetween(now.minus(LIMIT.multipliedBy(3)), now.plusSeconds(1));
      assertThat(Lsn.parse(standby.receivers().get(0).senderEnd()))
          .isGreaterThanOrEqualTo(standby.standing().replayed());
    }
  }

  @Test
  @Tag("all")
  void what_stands_against_a_move_is_shown_with_the_settings() {
    MemberObserved primary = member("east-0");
    assertThat(primary.load().prepared()).isZero();
    assertThat(primary.load().backups()).isZero();
    assertThat(primary.load().conflicts()).isZero();
    assertThat(primary.settings())
        .extracting(Setting::name)
        .containsExactlyElementsOf(ReplicationActivities.SETTINGS);
    assertThat(primary.setting("wal_level")).contains("replica");
    assertThat(primary.setting("synchronous_standby_names")).contains("");
    assertThat(primary.settings()).noneMatch(Setting::pendingRestart);
    assertThat(member("west-0").setting("primary_slot_name")).contains("west_0");
  }

  /** Whom nothing is lost of that others confirmed: not those who wait for nobody. */
  @Test
  @Tag("all")
  void a_standby_tells_whose_commits_are_set_to_wait_for_nobody() {
    assertThat(member("east-0").load().unwaited()).isEmpty();
    world().commitsWaitForNobody("east-0", "mooring");
    assertThat(await(LIMIT).behind()).isEmpty();
    String database = access().database();
    for (MemberObserved one : observe("east-0", "west-0").members()) {
      assertThat(one.load().unwaited())
          .containsExactly("role mooring in database " + database + ": off");
    }
  }

  /** WAL or none: a primary that has nothing to send says that it is there. */
  @Test
  @Tag("all")
  void a_standby_tells_when_its_primary_was_heard_last() {
    assertThat(await(LIMIT).behind()).isEmpty();
    long heard = member("west-0").receivers().get(0).heardMillis();
    world().hands().write("east-0");
    Steps.until(() -> member("west-0").receivers().get(0).heardMillis() > heard);
    assertThat(member("west-0").receivers().get(0).heardMillis())
        .isLessThanOrEqualTo(member("west-0").standing().clockMillis());
  }

  @Test
  @Tag("all")
  void one_that_is_down_or_stands_still_fails_alone() {
    world().hands().kill("west-0");
    ReplicationObserved down = observe("east-0", "west-0", "east-1");
    assertThat(down.members()).hasSize(2);
    onlyFailed(down.failures(), new InstanceId("west-0"), FailureCode.DATABASE_UNREACHABLE);
    world().hands().freeze("east-1");
    world().hands().write("east-0");
    assertThat(member("east-0").senders())
        .filteredOn(sender -> sender.application().equals("east_1"))
        .singleElement()
        .satisfies(sender -> assertThat(sender.lagBytes()).isPositive());
    ReplicationObserved frozen = observe("east-0", "east-1");
    assertThat(frozen.members()).hasSize(1);
    onlyFailed(frozen.failures(), new InstanceId("east-1"), FailureCode.DATABASE_UNREACHABLE);
  }

  @Test
  void slots_are_made_and_dropped_once_and_one_in_use_stays() {
    for (String id : List.of("east-0", "west-0")) {
      SlotsSet made = slots(id, List.of("north_0"), List.of());
      assertThat(made.made()).containsExactly("north_0");
      assertThat(slots(id, List.of("north_0"), List.of()))
          .isEqualTo(new SlotsSet(new InstanceId(id), List.of(), List.of(), List.of()));
      assertThat(member(id).slots())
          .filteredOn(slot -> slot.name().equals("north_0"))
          .singleElement()
          .satisfies(
              slot -> {
                assertThat(slot.active()).isFalse();
                assertThat(slot.walStatus()).isEqualTo("reserved");
              });
      assertThat(slots(id, List.of(), List.of("north_0")).dropped()).containsExactly("north_0");
      assertThat(slots(id, List.of(), List.of("north_0")).dropped()).isEmpty();
    }
    SlotsSet inUse = slots("east-0", List.of("west_0"), List.of("east_1"));
    assertThat(inUse)
        .isEqualTo(new SlotsSet(new InstanceId("east-0"), List.of(), List.of(), List.of("east_1")));
  }

  @Test
  void a_write_is_proved_on_the_primary_and_refused_by_a_standby() {
    MemberObserved before = member("east-0");
    WriteProved proved = written("east-0");
    assertThat(proved.instance().value()).isEqualTo("east-0");
    assertThat(proved.timeline()).isEqualTo(before.standing().timeline());
    assertThat(proved.at()).isGreaterThan(before.standing().received());
    assertThat(member("east-0").standing().received()).isGreaterThanOrEqualTo(proved.at());
    EnsureWritten onStandby = new EnsureWritten(call(), access(), server("west-0"), LIMIT);
    refused(FailureCode.DATABASE_REFUSED, () -> replication().ensureWritten(onStandby));
    WriteRefused seen = replication().observeWriteRefused(onStandby);
    assertThat(seen.sqlState()).isEqualTo(READ_ONLY);
    assertThat(seen.words()).isNotBlank();
    refused(
        FailureCode.TWO_PRIMARIES,
        () ->
            replication()
                .observeWriteRefused(new EnsureWritten(call(), access(), server("east-0"), LIMIT)));
  }

  @Test
  @Tag("all")
  void a_server_that_is_gone_is_no_refusal_of_a_write() {
    world().hands().kill("west-0");
    EnsureWritten gone = new EnsureWritten(call(), access(), server("west-0"), LIMIT);
    refused(FailureCode.DATABASE_UNREACHABLE, () -> replication().observeWriteRefused(gone));
    refused(FailureCode.DATABASE_UNREACHABLE, () -> replication().ensureWritten(gone));
  }

  @Test
  @Tag("all")
  void standbys_are_awaited_until_they_stream_and_have_what_was_written() {
    written("east-0");
    List<InstanceId> both = List.of(new InstanceId("west-0"), new InstanceId("east-1"));
    assertThat(await(LIMIT)).isEqualTo(new StandbysAwaited(both, List.of(), List.of()));
    world().hands().kill("west-0");
    StandbysAwaited without = await(AT_ONCE);
    assertThat(without.streaming()).containsExactly(new InstanceId("east-1"));
    onlyFailed(without.behind(), new InstanceId("west-0"), FailureCode.NOT_CAUGHT_UP);
    world().hands().start("west-0");
    assertThat(await(LIMIT)).isEqualTo(new StandbysAwaited(both, List.of(), List.of()));
  }

  /** What a command says may hold secrets. */
  @Test
  @Tag("all")
  void of_a_restore_command_it_is_told_that_it_is_set_and_not_what_it_says() {
    assertThat(member("west-0").setting("restore_command")).contains("set");
  }
}
