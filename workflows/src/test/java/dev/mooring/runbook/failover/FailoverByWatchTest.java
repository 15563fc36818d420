package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.RunBed;
import io.temporal.client.WorkflowStub;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The failovers that a watch starts, with the requests that it makes. */
class FailoverByWatchTest {
  private static final String DOWN =
      "{'cluster':'strait','mode':'execute','by':'watch.reactions.failover',"
          + "'reason':'no member accepts writes','when':'now'}";
  private static final String AWAITS = DOWN.replace("now", "primary-down");

  private final FailoverBed strait = new FailoverBed(Strait.failingOver("act"));

  @AfterEach
  void close() {
    strait.close();
  }

  private WorkflowStub waiting() {
    strait.world().members().kill("east-0");
    return strait.start(DOWN, headline -> headline.startsWith("waits for an approval of plan"));
  }

  /** Also beside a section failover.automatic: only a run that waits for the failure acts alone. */
  @Test
  void it_waits_for_a_person_who_may_be_any() {
    WorkflowStub run = waiting();
    RunBed.decide(
        run, "{'decision':'approve','by':'alice','digest':'" + strait.plan().digest() + "'}");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-1", "west-0");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::by)
        .containsExactly("alice");
  }

  @Test
  void it_ends_if_the_primary_comes_back() {
    WorkflowStub run = waiting();
    strait.world().members().start("east-0");
    assertThat(TestBed.ended(() -> strait.result(run)).record().code()).isEqualTo("PRIMARY_BACK");
  }

  /** No fence was rehearsed. */
  @Test
  void one_that_waits_until_the_primary_is_gone_asks_a_person_if_it_may_not_act() {
    strait.watching(AWAITS, note -> note.startsWith("connects to east-0"));
    strait.world().members().kill("east-0");
    strait.until(strait::headline, line -> line.startsWith("waits for an approval of plan"));
    assertThat(strait.world().members().writers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"propose", "off"})
  void one_that_waits_is_refused_by_a_file_with_another_reaction(String reaction) {
    strait.bed.watchesEndAfter(1);
    WorkflowStub run = strait.watching(AWAITS, note -> note.startsWith("connects to east-0"));
    strait.world().clusterFileBecomes(Strait.failingOver(reaction));
    assertThat(TestBed.ended(() -> strait.result(run)).record().headline())
        .contains("watch.reactions.failover of the cluster file of strait is " + reaction);
  }

  /** The watch starts one for each primary, and no person reads a refusal. */
  @Test
  void one_that_waits_outlasts_a_first_look_that_shows_no_primary() {
    FakeMembers members = strait.world().members();
    List<String> all = List.of("east-0", "east-1", "west-0");
    hostsAnswer(false);
    all.forEach(members::freeze);
    WorkflowStub run = strait.watching(AWAITS, note -> note.endsWith("and the watch continues"));
    all.forEach(members::thaw);
    hostsAnswer(true);
    strait.untilWatched(note -> note.startsWith("connects to east-0"));
    run.terminate("the test is over");
  }

  private void hostsAnswer(boolean answer) {
    List.of("e0", "e1", "w0").forEach(host -> strait.world().trouble().hostAnswers(host, answer));
  }
}
