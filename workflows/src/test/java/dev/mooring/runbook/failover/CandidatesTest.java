package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.CommitsWait;
import dev.mooring.port.MemberLoad;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Replay;
import dev.mooring.port.ReplicationActivities.Replication;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.runbook.failover.Candidates.Standby;
import dev.mooring.runbook.failover.Candidates.Wishes;
import dev.mooring.runbook.failover.LastSynchronousStandbys.Waits;
import dev.mooring.runbook.members.SynchronousStandbyNames;
import dev.mooring.topology.InstanceId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CandidatesTest {
  private static final SystemIdentifier SYSTEM = new SystemIdentifier(7);
  private static final TimelineId LINE = new TimelineId(2);
  private static final LastSynchronousStandbys ANY_OF_THREE = waitedFor("ANY 1 (a, b, c)");
  private static final LastSynchronousStandbys NOBODY = waitedFor("");
  private static final String NOTHING =
      "no commit that was acknowledged, if commits waited as its host's configuration has it";

  private static final Wishes NO_WISHES = new Wishes(List.of(), List.of(), List.of());

  private static LastSynchronousStandbys waitedFor(String names, String... confirming) {
    return new LastSynchronousStandbys(
        SynchronousStandbyNames.of(names),
        List.of(confirming),
        "as its host's configuration has it",
        "");
  }

  private static List<InstanceId> ids(String... names) {
    return Stream.of(names).map(InstanceId::new).toList();
  }

  private static Standby standby(String name, long position) {
    return standby(name, SYSTEM, LINE, true, position);
  }

  private static Standby standby(
      String name, SystemIdentifier system, TimelineId line, boolean inRecovery, long position) {
    return standby(name, system, line, inRecovery, position, false);
  }

  private static Standby standby(
      String name,
      SystemIdentifier system,
      TimelineId line,
      boolean inRecovery,
      long position,
      boolean more) {
    Lsn at = new Lsn(position);
    return new Standby(
        name,
        new MemberObserved(
            new InstanceId(name),
            system,
            new Standing(inRecovery, line, at, new Replay(at, false, ""), 0, more),
            new Replication(List.of(), List.of(), List.of()),
            List.of(),
            new MemberLoad(0, 0, 0, 0)));
  }

  private static List<Candidate> ranked(LastSynchronousStandbys waited, Standby... read) {
    return ranked(waited, NO_WISHES, read);
  }

  private static List<Candidate> ranked(
      LastSynchronousStandbys waited, Wishes wishes, Standby... read) {
    return Candidates.ranked(List.of(read), waited, SYSTEM, LINE, wishes, Optional.empty());
  }

  private static List<String> names(List<Candidate> ranked) {
    return ranked.stream().map(one -> one.instance().value()).toList();
  }

  @Test
  void one_that_commits_waited_for_comes_before_one_that_has_more() {
    List<Candidate> ranked = ranked(waitedFor("FIRST 1 (b)"), standby("a", 900), standby("b", 800));
    assertThat(names(ranked)).containsExactly("b", "a");
    assertThat(ranked.get(0).lag().bytes()).isEqualTo(100);
    assertThat(ranked.get(0).loss().words()).isEqualTo(NOTHING);
    assertThat(ranked.get(1).loss().words()).isEqualTo(NOTHING);
  }

  @Test
  void of_equals_the_one_with_more_and_then_the_file_decides() {
    assertThat(names(ranked(NOBODY, standby("a", 800), standby("b", 900), standby("c", 900))))
        .containsExactly("b", "c", "a");
  }

  @Test
  void of_equals_the_preferred_one_comes_first_and_then_one_of_the_same_site() {
    Standby[] equals = {standby("a", 900), standby("b", 900), standby("c", 900), standby("d", 800)};
    assertThat(names(ranked(NOBODY, new Wishes(ids("d", "c"), List.of(), ids("b", "d")), equals)))
        .containsExactly("c", "b", "a", "d");
  }

  private static String why(LastSynchronousStandbys waited, Wishes wishes, Standby... read) {
    List<Candidate> ranked = ranked(waited, wishes, read);
    return ranked.get(0).instance() + ": " + Candidates.why(ranked.get(0), ranked.get(1), wishes);
  }

  private static Wishes wishes(List<InstanceId> prefer, List<InstanceId> exclude) {
    return new Wishes(prefer, exclude, ids("a", "c"));
  }

  /** The same rules as those that rank them, each where it is the first that tells both apart. */
  @Test
  void the_first_rule_that_tells_two_apart_says_why_one_comes_first() {
    Standby less = standby("a", 800);
    Standby more = standby("b", 900);
    Wishes none = wishes(ids(), ids());
    assertThat(why(NOBODY, none, standby("a", SYSTEM, LINE, false, 900), more))
        .isEqualTo("b: a can't be promoted");
    assertThat(why(NOBODY, wishes(ids(), ids("b")), less, more))
        .isEqualTo("a: failover.exclude names b, and not it");
    assertThat(why(waitedFor("ANY 1 (a, b)"), none, less, more))
        .isEqualTo("b: a may lack commits that were acknowledged");
    assertThat(why(waitedFor("FIRST 1 (a, b)", "a"), none, standby("a", 900), more))
        .isEqualTo("a: commits waited for it, and perhaps for b");
    assertThat(why(NOBODY, none, less, more)).isEqualTo("b: it has 100 bytes of WAL more than a");
    assertThat(why(NOBODY, wishes(ids("b"), ids()), standby("a", 900), more))
        .isEqualTo("b: failover.prefer names it before a");
    assertThat(why(NOBODY, none, more, standby("a", 900)))
        .isEqualTo("a: it is at the site of the old primary, and b is not");
    assertThat(why(NOBODY, none, standby("a", 900), standby("c", 900)))
        .isEqualTo("a: the cluster file names it before c, all else is equal");
  }

  @Test
  void what_commits_waited_for_is_told_beside_the_record_of_it() {
    LastSynchronousStandbys any = waitedFor("ANY 1 (a, b)");
    assertThat(any.inWords(Optional.of(new CommitsWait("", "", 7, "ANY 1 (b, a)"))))
        .isEqualTo(
            "ANY 1 (a, b), as its host's configuration has it; recorded in epoch 7: the same");
    assertThat(any.inWords(Optional.of(new CommitsWait("", "", 7, "")))).endsWith(" 7: no standby");
    assertThat(any.inWords(Optional.empty())).endsWith("; no record was read");
  }

  /** Not even one that has less is passed over for it. */
  @Test
  void one_that_the_file_excludes_comes_after_all_that_may_be_promoted() {
    List<Candidate> ranked =
        ranked(
            waitedFor("FIRST 1 (a)"),
            new Wishes(List.of(), ids("a"), List.of()),
            standby("a", 900),
            standby("b", 800),
            standby("c", SYSTEM, new TimelineId(1), true, 5000));
    assertThat(names(ranked)).containsExactly("b", "a", "c");
    assertThat(ranked).extracting(Candidate::excluded).containsExactly(false, true, false);
  }

  @Test
  void no_loss_is_claimed_only_where_enough_of_those_waited_for_were_read() {
    assertThat(names(ranked(ANY_OF_THREE, standby("a", 900), standby("d", 950))))
        .as("of two that may lack something the one that has more")
        .containsExactly("d", "a");
    List<Candidate> two = ranked(ANY_OF_THREE, standby("a", 900), standby("b", 800));
    assertThat(two)
        .extracting(one -> one.loss().words())
        .allMatch(loss -> loss.startsWith("unknown: 2 of"));
    List<Candidate> all =
        ranked(ANY_OF_THREE, standby("a", 900), standby("b", 800), standby("c", 700));
    assertThat(all)
        .extracting(one -> one.loss().words())
        .containsExactly(
            NOTHING,
            "100 bytes that a standby has which commits waited for",
            "200 bytes that a standby has which commits waited for");
    List<Candidate> ofTwo =
        ranked(waitedFor("ANY 2 (a, b, c)"), standby("a", 900), standby("b", 800));
    assertThat(ofTwo.get(0).loss().words()).isEqualTo(NOTHING);
  }

  @Test
  void where_commits_waited_for_nobody_the_loss_is_not_known() {
    assertThat(ranked(NOBODY, standby("a", 900)).get(0).loss().words())
        .isEqualTo("unknown: commits waited for no standby");
  }

  /** Of FIRST n more than n have a place, and which of them streamed is known to the primary. */
  @Test
  void a_potential_one_is_not_one_that_commits_waited_for() {
    LastSynchronousStandbys first = waitedFor("FIRST 1 (a, b)");
    List<Candidate> alone = ranked(first, standby("b", 900), standby("c", 950));
    assertThat(names(alone)).as("the one that has more").containsExactly("c", "b");
    assertThat(names(ranked(first, standby("c", 900), standby("b", 900))))
        .as("equals")
        .containsExactly("b", "c");
    assertThat(alone).extracting(Candidate::waits).containsExactly(Waits.NOT, Waits.POTENTIAL);
    assertThat(alone).noneMatch(Candidate::mayTakeItsPlace);
    assertThat(alone.get(1).loss().words())
        .isEqualTo(
            "unknown: 1 of the 2 standbys of which commits waited for 1 were read, 2 are needed");

    assertThat(names(ranked(first, standby("a", 800), standby("b", 900), standby("c", 950))))
        .as("one that has all comes before one that has more and may not be promoted")
        .startsWith("b");
    List<Candidate> both = ranked(first, standby("a", 800), standby("b", 900));
    assertThat(names(both)).containsExactly("b", "a");
    assertThat(both).extracting(Candidate::mayTakeItsPlace).containsExactly(true, false);
    assertThat(both.get(0).loss().words()).isEqualTo(NOTHING);

    List<Candidate> seen =
        ranked(waitedFor("FIRST 1 (a, b)", "a"), standby("a", 800), standby("b", 900));
    assertThat(names(seen)).containsExactly("a", "b");
    assertThat(seen).extracting(Candidate::waits).containsExactly(Waits.SURELY, Waits.POTENTIAL);
    List<Candidate> all = ranked(waitedFor("FIRST 2 (a, b)"), standby("b", 900));
    assertThat(all.get(0).waits()).isEqualTo(Waits.SURELY);
    assertThat(all.get(0).loss().words()).isEqualTo(NOTHING);
  }

  /** Whichever of them confirmed a commit may be the one that has it alone. */
  @Test
  void one_of_a_quorum_takes_the_place_only_where_it_has_all_that_enough_of_it_have() {
    List<Candidate> two = ranked(ANY_OF_THREE, standby("a", 900), standby("b", 800));
    assertThat(two).extracting(Candidate::waits).containsOnly(Waits.QUORUM);
    assertThat(two).noneMatch(Candidate::mayTakeItsPlace);
    assertThat(ranked(ANY_OF_THREE, standby("a", 900), standby("b", 900), standby("c", 700)))
        .extracting(Candidate::mayTakeItsPlace)
        .containsExactly(true, true, false);
    assertThat(ranked(waitedFor("ANY 2 (a, b, c)"), standby("a", 900), standby("b", 800)))
        .extracting(Candidate::mayTakeItsPlace)
        .containsExactly(true, false);
  }

  /** It replays what lies on its disk, and was not asked how much that is. */
  @Test
  void one_that_was_started_anew_may_have_more_than_it_tells() {
    Standby anew = standby("b", SYSTEM, LINE, true, 800, true);
    List<Candidate> ranked = ranked(waitedFor("FIRST 1 (b)"), standby("a", 900), anew);
    assertThat(ranked)
        .extracting(one -> one.loss().words())
        .containsOnly(
            "unknown: 0 of the 1 standbys of which commits waited for 1 were read, 1 are needed");
    assertThat(ranked).extracting(one -> one.lag().atLeast()).containsExactly(true, false);
  }

  /** A setup writes it where nobody streams yet: none of them may be kept from its place. */
  @ParameterizedTest
  @ValueSource(strings = {"*", "FIRST 1 (*)", "ANY 1 (*)"})
  void where_anybody_may_have_confirmed_the_loss_is_not_known(String names) {
    List<Candidate> ranked = ranked(waitedFor(names), standby("a", 900), standby("b", 800));
    assertThat(ranked).extracting(Candidate::waits).containsOnly(Waits.ANYBODY);
    assertThat(ranked).allMatch(Candidate::mayTakeItsPlace);
    assertThat(ranked)
        .extracting(one -> one.loss().words())
        .allMatch(
            loss -> loss.startsWith("unknown: commits waited for any standby that streamed, "));
  }

  @Test
  void where_record_and_configuration_differ_the_loss_is_not_known() {
    LastSynchronousStandbys changed =
        new LastSynchronousStandbys(
            SynchronousStandbyNames.of("FIRST 1 (a)"), List.of(), "", "it was changed by hand");
    assertThat(ranked(changed, standby("a", 900)).get(0).loss().words())
        .isEqualTo("unknown: it was changed by hand");
  }

  /** As an administrator may write it: all that have a name must confirm. */
  @Test
  void where_more_must_confirm_than_have_a_name_one_of_them_is_read_for_a_claim() {
    LastSynchronousStandbys two = waitedFor("ANY 2 (a)");
    assertThat(ranked(two, standby("b", 900)).get(0).loss().words())
        .isEqualTo(
            "unknown: 0 of the 1 standbys of which commits waited for 2 were read, 1 are needed");
    assertThat(ranked(two, standby("a", 900)).get(0).loss().words()).isEqualTo(NOTHING);
  }

  /** If they waited for none, any may take its place; if not, the one that has all may. */
  @Test
  void where_commits_may_have_been_relaxed_the_loss_is_unknown_and_waited_for_holds_as_before() {
    LastSynchronousStandbys perhaps =
        new LastSynchronousStandbys(
            SynchronousStandbyNames.of("ANY 1 (a, b)"), List.of(), "", "", "perhaps", false);
    List<Candidate> ranked = ranked(perhaps, standby("a", 900), standby("b", 800));
    assertThat(ranked)
        .extracting(one -> one.loss().words())
        .containsExactly(
            "unknown: perhaps", "unknown: perhaps; another standby has 100 bytes more");
    assertThat(ranked).noneMatch(Candidate::hasAll);
    assertThat(ranked).extracting(Candidate::mayTakeItsPlace).containsExactly(true, false);
  }

  /** A position on another line says nothing of this one, however high it is. */
  @Test
  void one_of_another_line_or_system_may_not_be_promoted_and_counts_for_nobody() {
    List<Candidate> ranked =
        ranked(
            ANY_OF_THREE,
            standby("a", SYSTEM, new TimelineId(1), true, 5000),
            standby("b", new SystemIdentifier(8), LINE, true, 5000),
            standby("c", SYSTEM, LINE, false, 5000),
            standby("d", 800));
    assertThat(names(ranked)).containsExactly("d", "a", "b", "c");
    assertThat(ranked.get(0).lag().bytes()).isZero();
    assertThat(ranked.get(0).loss().words()).startsWith("unknown: 0 of the 3");
    assertThat(ranked.subList(1, 4)).noneMatch(Candidate::mayBePromoted);
    assertThat(ranked.subList(1, 4))
        .extracting(Candidate::against)
        .containsExactly(
            "it is on timeline 1, the primary wrote 2",
            "it is of system 8, the primary of 7",
            "it accepts writes");
  }

  /** Whichever k of the names confirmed a commit, one that claims no loss has it. */
  @Property
  void who_claims_no_loss_has_what_any_who_confirmed_have(
      @ForAll @Size(3) List<@IntRange(min = 1, max = 20) Integer> positions,
      @ForAll @IntRange(min = 1, max = 3) int number,
      @ForAll @IntRange(min = 0, max = 7) int unread,
      @ForAll boolean first) {
    List<String> names = List.of("a", "b", "c");
    List<Standby> read =
        IntStream.range(0, 3)
            .filter(index -> (unread >> index & 1) == 0)
            .mapToObj(index -> standby(names.get(index), positions.get(index)))
            .toList();
    long committed = positions.stream().sorted(Comparator.reverseOrder()).toList().get(number - 1);
    for (Candidate one :
        Candidates.ranked(
            read,
            waitedFor((first ? "FIRST " : "ANY ") + number + " (a, b, c)"),
            SYSTEM,
            LINE,
            NO_WISHES,
            Optional.empty())) {
      assertThat(one.hasAll()).isEqualTo(one.loss().words().startsWith("no commit"));
      if (one.hasAll()) {
        assertThat((long) positions.get(names.indexOf(one.instance().value())))
            .isGreaterThanOrEqualTo(committed);
      }
    }
  }
}
