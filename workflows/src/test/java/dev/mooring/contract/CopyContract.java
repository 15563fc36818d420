package dev.mooring.contract;

import static dev.mooring.contract.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.Steps.Run;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities.AwaitCopied;
import dev.mooring.port.CopyActivities.Content;
import dev.mooring.port.CopyActivities.Copy;
import dev.mooring.port.CopyActivities.CopyAwaited;
import dev.mooring.port.CopyActivities.CopyLimits;
import dev.mooring.port.CopyActivities.CopyPlaced;
import dev.mooring.port.CopyActivities.CopyState;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.CopyActivities.Held;
import dev.mooring.port.CopyActivities.KeepWal;
import dev.mooring.port.CopyActivities.ObserveDirectories;
import dev.mooring.port.CopyActivities.OwnSetting;
import dev.mooring.port.CopyActivities.Source;
import dev.mooring.port.CopyActivities.WalKept;
import dev.mooring.port.CopyActivities.Way;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineFork;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Login;
import dev.mooring.topology.StreamingPolicy.Replication;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What making a data directory anew promises. */
public abstract class CopyContract extends CommandContract {
  private static final Duration LIMIT = Limit.seconds(60);
  private static final Duration AT_ONCE = Duration.ofSeconds(1);
  private static final long SLOW = 64 << 10;
  private static final String PRIMARY = "east-0";
  private static final String STANDBY = "west-0";

  @AfterEach
  void asInTheBeginning() {
    world().renew();
  }

  protected DirectorySeen look(String id) {
    var seen = world().copies(1).observeDirectories(new ObserveDirectories(call(0), on(id)));
    assertThat(seen.failures()).isEmpty();
    return seen.seen().get(0);
  }

  protected Held data(String id) {
    DirectorySeen seen = look(id);
    assertThat(seen.contents().kind()).as(seen.contents().why()).isEqualTo(Content.READABLE);
    return seen.contents().held().get(0);
  }

  /** One that this test's run asks for. */
  protected Copy copy(String id, Way way, String from, CopyLimits limits) {
    Replication replication = world().cluster().streaming().orElseThrow().replication();
    Instance source = instance(from);
    Upstream upstream =
        new Upstream(
            source.id(),
            world().cluster().host(source.host()).access().address(),
            source.port(),
            new Login(replication.login().user(), replication.login().password(), "disable", ""),
            Instance.replicationName(id),
            "");
    return new Copy(
        call(3),
        on(id),
        way,
        new Source(upstream, "postgres", "", List.of()),
        limits,
        List.of(
            new OwnSetting("port", String.valueOf(instance(id).port())),
            new OwnSetting(
                "listen_addresses",
                world().cluster().host(instance(id).host()).access().address())),
        List.of());
  }

  /** The same, asked for by the next run. */
  protected Copy ofAnotherRun(Copy copy) {
    Run next = Steps.newRun();
    return by(new Call(world().cluster().name(), next.id(), "STEP_3", 3, next.epoch()), copy);
  }

  private static Copy by(Call call, Copy copy) {
    return new Copy(
        call, copy.on(), copy.way(), copy.source(), copy.limits(), copy.own(), copy.system());
  }

  /** At full speed, and the old directory is kept. */
  protected static CopyLimits quick() {
    return new CopyLimits(0, LIMIT, true);
  }

  protected CopyAwaited await(Copy copy, Duration atMost) {
    return world().copies(1).awaitCopied(new AwaitCopied(copy, atMost));
  }

  /** It is made, and brought to its place. */
  protected CopyPlaced made(Copy copy) {
    assertThat(world().copies(1).ensureCopying(copy).begun()).isTrue();
    CopyAwaited ended = await(copy, LIMIT);
    assertThat(ended.state()).as(ended.words()).isEqualTo(CopyState.DONE);
    return world().copies(1).ensurePlaced(copy);
  }

  /** A person promotes the standby while the primary goes on and then dies. */
  private Lsn divergedPrimary() {
    world().hands().promote(STANDBY);
    world().hands().write(PRIMARY);
    world().hands().write(PRIMARY);
    world().hands().kill(PRIMARY);
    world().hands().write(STANDBY);
    world().checkpoint(STANDBY);
    TimelineHistory theirs =
        data(STANDBY).histories().stream()
            .filter(h -> h.of().value() == 2)
            .findFirst()
            .orElseThrow();
    return TimelineFork.of(TimelineHistory.first(), theirs).orElseThrow().at().orElseThrow();
  }

  @Test
  @Tag("all")
  void a_directory_in_use_is_looked_at_and_left_alone() {
    DirectorySeen standby = look(STANDBY);
    assertThat(standby.process()).isEqualTo(ServerProcess.RUNNING);
    assertThat(standby.programs().lacking()).isEmpty();
    assertThat(standby.space().trouble()).isEmpty();
    assertThat(standby.space().size().bytes()).isPositive();
    assertThat(standby.space().freeBytes()).isPositive();
    Held data = standby.contents().held().get(0);
    assertThat(data.flags().standbySignal()).isTrue();
    assertThat(data.flags().hintBits()).isTrue();
    assertThat(data.flags().fullPages()).isTrue();
    assertThat(data.wal()).isEmpty();
    assertThat(data.oldest()).isNotEmpty();
    assertThat(data.control().systemIdentifier())
        .isEqualTo(data(PRIMARY).control().systemIdentifier());
  }

  @Test
  void a_lost_directory_is_copied_anew_and_streams() {
    world().lose(STANDBY);
    assertThat(look(STANDBY).contents().kind()).isIn(Content.EMPTY, Content.MISSING);
    Copy copy = copy(STANDBY, Way.BASE_BACKUP, PRIMARY, quick());
    assertThat(made(copy).old()).isEmpty();
    assertThat(world().copies(2).ensurePlaced(copy).old()).isEmpty();
    assertThat(data(STANDBY).flags().standbySignal()).isTrue();
    assertThat(data(STANDBY).flags().unfinishedBackup()).isTrue();
    world().follows(STANDBY, PRIMARY);
    world().hands().write(PRIMARY);
    assertThat(data(STANDBY).control().state()).isEqualTo(InstanceState.IN_ARCHIVE_RECOVERY);
  }

  @Test
  @Tag("all")
  protected void a_running_standby_is_replaced_and_its_old_directory_is_kept() {
    Copy copy = copy(STANDBY, Way.BASE_BACKUP, PRIMARY, quick());
    assertThat(world().copies(1).ensureCopying(copy).begun()).isTrue();
    assertThat(await(copy, LIMIT).state()).isEqualTo(CopyState.DONE);
    assertThat(look(STANDBY).process()).isEqualTo(ServerProcess.RUNNING);
    String old = world().copies(1).ensurePlaced(copy).old();
    assertThat(old).isNotEmpty();
    assertThat(look(STANDBY).process()).isEqualTo(ServerProcess.STOPPED);
    assertThat(look(STANDBY).aside()).containsExactly(old);
    assertThat(world().copies(2).ensurePlaced(copy).old()).isEqualTo(old);
    world().hands().start(STANDBY);
    assertThat(look(STANDBY).process()).isEqualTo(ServerProcess.RUNNING);
    assertThat(world().copies(3).ensureOldRemoved(copy).removed()).isEmpty();
    assertThat(world().copies(1).revertCopying(copy).placed()).isTrue();
    assertThat(look(STANDBY).aside()).containsExactly(old);
  }

  @Test
  @Tag("all")
  protected void a_running_standby_is_replaced_and_of_its_old_directory_nothing_is_kept() {
    Copy copy = copy(STANDBY, Way.BASE_BACKUP, PRIMARY, new CopyLimits(0, LIMIT, false));
    assertThat(made(copy).old()).isEmpty();
    assertThat(world().copies(2).ensurePlaced(copy).old()).isEmpty();
    assertThat(look(STANDBY).aside()).isEmpty();
    world().follows(STANDBY, PRIMARY);
    assertThat(world().copies(3).ensureOldRemoved(copy).removed()).isEmpty();
    assertThat(look(STANDBY).aside()).isEmpty();
  }

  @Test
  void a_primary_that_diverged_is_rewound_and_its_lost_transactions_are_kept() {
    Lsn fork = divergedPrimary();
    Held before = data(PRIMARY);
    assertThat(before.wal().get(0).read()).isTrue();
    assertThat(before.wal().get(0).end()).isGreaterThan(fork);
    assertThat(before.control().state()).isEqualTo(InstanceState.IN_PRODUCTION);
    KeepWal keep = new KeepWal(call(2), on(PRIMARY), List.of(fork));
    WalKept kept = world().copies(1).ensureWalKept(keep);
    assertThat(kept.files()).isPositive();
    assertThat(kept.transactions().commits()).isEqualTo(2);
    assertThat(kept.transactions().listed()).hasSize(2).allMatch(line -> line.contains("COMMIT"));
    assertThat(kept.transactions().unlisted()).isEmpty();
    assertThat(world().copies(2).ensureWalKept(keep)).isEqualTo(kept);
    world().hands().start(PRIMARY);
    assertThat(look(PRIMARY).process()).isEqualTo(ServerProcess.STOPPED);
    Copy rewind = copy(PRIMARY, Way.REWIND, STANDBY, quick());
    made(rewind);
    assertThat(data(PRIMARY).flags().standbySignal()).isTrue();
    world().follows(PRIMARY, STANDBY);
    assertThat(world().written(PRIMARY)).isEqualTo(world().written(STANDBY));
  }

  @Test
  @Tag("all")
  void a_rewind_that_sees_nothing_to_do_did_not_do_it() {
    world().hands().kill(STANDBY);
    // both are on one timeline, which is all that pg_rewind looks at
    Copy rewind = copy(STANDBY, Way.REWIND, PRIMARY, quick());
    world().copies(1).ensureCopying(rewind);
    CopyAwaited ended = await(rewind, LIMIT);
    assertThat(ended.state()).isEqualTo(CopyState.FAILED);
    assertThat(ended.words()).contains("no rewind required");
    refused(FailureCode.OUTCOME_UNKNOWN, () -> world().copies(1).ensurePlaced(rewind));
    assertThat(look(STANDBY).contents().kind()).isEqualTo(Content.MISSING);
    assertThat(world().copies(1).revertCopying(rewind).placed()).isFalse();
    assertThat(world().copies(2).revertCopying(rewind).placed()).isFalse();
    assertThat(look(STANDBY).contents().kind()).isEqualTo(Content.READABLE);
    world().hands().start(STANDBY);
    assertThat(look(STANDBY).process()).isEqualTo(ServerProcess.STOPPED);
  }

  @Test
  @Tag("all")
  void a_copy_that_is_asked_for_again_is_found() {
    Copy slow = copy(STANDBY, Way.BASE_BACKUP, PRIMARY, new CopyLimits(SLOW, LIMIT, true));
    assertThat(world().copies(1).ensureCopying(slow).begun()).isTrue();
    assertThat(world().copies(2).ensureCopying(slow).begun()).isFalse();
    assertThat(await(slow, AT_ONCE).state()).isEqualTo(CopyState.RUNNING);
    refused(FailureCode.OUTCOME_UNKNOWN, () -> world().copies(2).ensurePlaced(slow));
    assertThat(world().copies(3).revertCopying(slow).placed()).isFalse();
    refused(FailureCode.START_FAILED, () -> await(slow, AT_ONCE));
    DirectorySeen after = look(STANDBY);
    assertThat(after.process()).isEqualTo(ServerProcess.RUNNING);
    assertThat(after.aside()).isEmpty();
  }

  @Test
  @Tag("all")
  void a_copy_that_died_begins_anew_and_one_that_takes_too_long_is_ended() {
    Copy dies = copy(STANDBY, Way.BASE_BACKUP, PRIMARY, new CopyLimits(SLOW, LIMIT, true));
    world().copies(1).ensureCopying(dies);
    world().killCopy(STANDBY);
    assertThat(await(dies, AT_ONCE).state()).isEqualTo(CopyState.DIED);
    Copy again = copy(STANDBY, Way.BASE_BACKUP, PRIMARY, new CopyLimits(SLOW, AT_ONCE, true));
    assertThat(world().copies(2).ensureCopying(again).begun()).isTrue();
    assertThat(await(again, LIMIT).state()).isEqualTo(CopyState.TIMED_OUT);
    assertThat(world().copies(3).ensureCopying(again).begun()).isTrue();
    assertThat(world().copies(3).revertCopying(again).placed()).isFalse();
    assertThat(look(STANDBY).process()).isEqualTo(ServerProcess.RUNNING);
  }

  @Test
  @Tag("all")
  protected void
      one_that_was_a_primary_comes_up_neither_while_it_is_copied_nor_after_it_took_too_long() {
    divergedPrimary();
    Held before = data(PRIMARY);
    Copy slow = copy(PRIMARY, Way.BASE_BACKUP, STANDBY, new CopyLimits(SLOW, LIMIT, true));
    assertThat(world().copies(1).ensureCopying(slow).begun()).isTrue();
    world().hands().start(PRIMARY);
    assertThat(look(PRIMARY).process()).isEqualTo(ServerProcess.STOPPED);
    assertThat(world().copies(2).revertCopying(slow).placed()).isFalse();
    CopyLimits brief = new CopyLimits(SLOW, AT_ONCE, true);
    Copy tooLong = ofAnotherRun(copy(PRIMARY, Way.BASE_BACKUP, STANDBY, brief));
    assertThat(world().copies(3).ensureCopying(tooLong).begun()).isTrue();
    assertThat(await(tooLong, LIMIT).state()).isEqualTo(CopyState.TIMED_OUT);
    assertThat(world().copies(4).revertCopying(tooLong).placed()).isFalse();
    world().hands().start(PRIMARY);
    assertThat(look(PRIMARY).process()).isEqualTo(ServerProcess.STOPPED);
    assertThat(data(PRIMARY).flags().standbySignal()).isFalse();
    assertThat(data(PRIMARY).control()).isEqualTo(before.control());
  }

  /** Undone, all is as it was. */
  @Test
  @Tag("all")
  void data_of_another_system_is_not_fenced() {
    SystemIdentifier ours = data(STANDBY).control().systemIdentifier();
    world().putAnothers(STANDBY);
    SystemIdentifier theirs = data(STANDBY).control().systemIdentifier();
    assertThat(theirs).isNotEqualTo(ours);
    Copy slow =
        copy(STANDBY, Way.BASE_BACKUP, PRIMARY, new CopyLimits(SLOW, LIMIT, true)).ownOnlyOf(ours);
    assertThat(world().copies(1).ensureCopying(slow).begun()).isTrue();
    assertThat(world().copies(2).revertCopying(slow).placed()).isFalse();
    world().hands().start(STANDBY);
    assertThat(look(STANDBY).process()).isEqualTo(ServerProcess.RUNNING);
    assertThat(data(STANDBY).control().systemIdentifier()).isEqualTo(theirs);
    assertThat(world().setting(STANDBY, "hot_standby_feedback")).isEqualTo("on");
  }

  @Test
  @Tag("all")
  void what_takes_its_place_has_nothing_of_its_configuration() {
    SystemIdentifier ours = data(STANDBY).control().systemIdentifier();
    world().putAnothers(STANDBY);
    assertThat(made(copy(STANDBY, Way.BASE_BACKUP, PRIMARY, quick()).ownOnlyOf(ours)).old())
        .isNotEmpty();
    assertThat(data(STANDBY).control().systemIdentifier()).isEqualTo(ours);
    world().follows(STANDBY, PRIMARY);
    assertThat(world().setting(STANDBY, "hot_standby_feedback")).isEqualTo("off");
  }

  /** Its own stays its own, and nobody starts it as a primary while it is copied. */
  @Test
  @Tag("all")
  void data_of_that_system_is_fenced_all_the_same() {
    SystemIdentifier ours = data(STANDBY).control().systemIdentifier();
    divergedPrimary();
    Copy slow =
        copy(PRIMARY, Way.BASE_BACKUP, STANDBY, new CopyLimits(SLOW, LIMIT, true)).ownOnlyOf(ours);
    assertThat(world().copies(1).ensureCopying(slow).begun()).isTrue();
    world().hands().start(PRIMARY);
    assertThat(look(PRIMARY).process()).isEqualTo(ServerProcess.STOPPED);
    world().copies(2).revertCopying(slow);
  }

  @Test
  @Tag("all")
  void of_two_directories_neither_is_touched() {
    Copy copy = copy(STANDBY, Way.BASE_BACKUP, PRIMARY, quick());
    assertThat(world().copies(1).ensureCopying(copy).begun()).isTrue();
    assertThat(await(copy, LIMIT).state()).isEqualTo(CopyState.DONE);
    world().leaveRewind(STANDBY);
    refused(FailureCode.HOST_REFUSED, () -> world().copies(1).ensurePlaced(copy));
    Copy rewind = copy(STANDBY, Way.REWIND, PRIMARY, quick());
    refused(FailureCode.HOST_REFUSED, () -> world().copies(2).ensureCopying(rewind));
    world().copies(3).revertCopying(copy);
    DirectorySeen seen = look(STANDBY);
    assertThat(seen.process()).isEqualTo(ServerProcess.RUNNING);
    assertThat(seen.contents().kind()).isEqualTo(Content.READABLE);
    assertThat(seen.space().trouble()).contains(".mooring-rewind are there");
  }

  @Test
  @Tag("all")
  void nobody_who_accepts_writes_is_made_anew() {
    Copy rewind = copy(PRIMARY, Way.REWIND, STANDBY, quick());
    refused(FailureCode.TWO_PRIMARIES, () -> world().copies(1).ensureCopying(rewind));
    Copy copy = copy(PRIMARY, Way.BASE_BACKUP, STANDBY, quick());
    world().copies(2).ensureCopying(copy);
    await(copy, LIMIT);
    refused(FailureCode.TWO_PRIMARIES, () -> world().copies(2).ensurePlaced(copy));
    world().copies(3).revertCopying(copy);
    assertThat(look(PRIMARY).process()).isEqualTo(ServerProcess.RUNNING);
  }

  @Test
  @Tag("all")
  void a_run_that_is_over_changes_nothing() {
    Copy newer = copy(STANDBY, Way.BASE_BACKUP, PRIMARY, quick());
    Call older =
        new Call(
            world().cluster().name(), "run-0", "STEP_3", 3, new Epoch(run.epoch().value() - 1));
    world().copies(1).ensureWalKept(new KeepWal(call(2), on(STANDBY), List.of()));
    Copy stale = by(older, newer);
    refused(FailureCode.EPOCH_REFUSED, () -> world().copies(9).ensureCopying(stale));
    refused(FailureCode.EPOCH_REFUSED, () -> world().copies(9).ensurePlaced(stale));
  }
}
