package dev.mooring.runbook.failback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.RoleChangeResult;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** While the healed catch up no lock is held, and others may do what they want. */
class FailbackCatchUpTest {
  private final FailbackBed strait = new FailbackBed();

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  static Stream<Named<Consumer<FakeMembers>>> moves() {
    return Stream.of(
        Named.of(
            "east-1 accepts writes",
            members -> {
              members.kill("east-0");
              members.promote("east-1");
            }),
        Named.of(
            "run run-of-the-move changed the right to write",
            members -> members.moved("east-1", Long.MAX_VALUE)));
  }

  /** West-0 is healed, and while it is waited for something happens to the members. */
  private Ended endedThough(Consumer<FakeMembers> change) {
    strait.lostWest();
    String digest = strait.run(FailbackBed.TO_WEST).digest();
    strait
        .bed
        .faults()
        .before(
            call -> call.method().equals("awaitStreaming"),
            () -> change.accept(strait.world().members()));
    return TestBed.ended(() -> strait.run(FailbackBed.executing(digest)));
  }

  /** It has not caught up with whoever is primary now, and its old directory is kept. */
  @ParameterizedTest
  @MethodSource("moves")
  void a_primary_that_moved_while_they_caught_up_ends_the_run(Consumer<FakeMembers> move) {
    Ended ended = endedThough(move);
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("PLAN_CHANGED");
    assertThat(ended.record().headline())
        .contains("the primary was moved while instances caught up with it", "and plan again")
        .contains("west-0 by BASE_BACKUP: that stays; the primary was not moved");
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(
            Named.<Consumer<FakeMembers>>of(
                "the archive of the primary fails", members -> members.unarchived("east-0", 100)),
            "east-0 archive-backlog: 100 files"),
        Arguments.of(
            Named.<Consumer<FakeMembers>>of(
                "a name leads to another member's host",
                members -> members.setOn("west-0", "data_directory", "/other")),
            "west-0 data-directory: /other"));
  }

  /** Rows 21 and 22 of the faults: the move has checks of its own, and what is healed stays. */
  @ParameterizedTest
  @MethodSource("refusals")
  void what_began_to_stand_against_the_move_refuses_the_move_alone(
      Consumer<FakeMembers> change, String words) {
    Ended ended = endedThough(change);
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("PREFLIGHT");
    assertThat(ended.record().headline())
        .contains(words, "west-0 by BASE_BACKUP: that stays; the primary was not moved");
    strait.stands("east-0");
  }

  /** A primary that is away for a while is waited for, and nobody has to say so. */
  @Test
  void nobodys_silence_says_that_the_primary_moved() {
    strait.lostWest();
    FakeMembers members = strait.world().members();
    AtomicBoolean died = new AtomicBoolean();
    strait
        .bed
        .faults()
        .before(
            call -> call.method().equals("awaitStreaming") && !died.getAndSet(true),
            () -> members.kill("east-0"));
    strait.start(FailbackBed.executing(strait.run(FailbackBed.TO_WEST).digest()));
    strait.bed.until("failback", "CATCH_UP can't go on");
    assertThat(strait.says()).contains("it is checked again automatically");
    members.start("east-0");
    strait.bed.until("failback", "waits for an approval");
    strait.decide("reject", "");
    assertThat(strait.ended().record().code()).isEqualTo("REJECTED");
  }

  @Test
  void a_plan_tells_what_stands_against_the_move_beside_what_is_healed() {
    strait.lostWest().world().members().kill("east-1");
    RoleChangeResult plan = strait.run(FailbackBed.TO_WEST);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(plan.headline())
        .contains("of the other checks these block it now: east-1 answers")
        .doesNotContain("west-0 answers");
  }
}
