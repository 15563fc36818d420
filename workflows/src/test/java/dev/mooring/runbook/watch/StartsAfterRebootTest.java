package dev.mooring.runbook.watch;

import static dev.mooring.runbook.watch.WatchBed.OFF;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.port.RunActivities.EnsureReaction;
import dev.mooring.topology.Cluster;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A watch asks for one start of the primary in each boot of its host. */
class StartsAfterRebootTest {
  private WatchBed strait = new WatchBed(auto());

  /** By its defaults. */
  private static Cluster auto() {
    return Strait.cluster();
  }

  @AfterEach
  void close() {
    strait.close();
  }

  private void watchingAfterAMove(Cluster cluster) {
    strait.close();
    strait = new WatchBed(cluster);
    strait.world().members().moved("east-0", 4);
    strait.watching();
  }

  private List<EnsureReaction> asked() {
    return strait.world().runs().reactions();
  }

  /** A change that is seen later shows that the watch went on. */
  private void downAndNotAsked() {
    until(DiagnosisKind.PRIMARY_DOWN);
    strait.world().members().pauseReplay("west-0");
    until(DiagnosisKind.REPLAY_PAUSED);
    assertThat(asked()).isEmpty();
  }

  private void until(DiagnosisKind kind) {
    strait.untilState(state -> state.diagnoses().stream().anyMatch(one -> one.kind() == kind));
  }

  private void untilAsked(int times) {
    strait.until(() -> asked().size() + "", (times + "")::equals);
  }

  @Test
  void a_new_boot_is_asked_for_once_and_the_next_boot_again() {
    watchingAfterAMove(auto());
    strait.world().members().reboot("east-0", "b2");
    untilAsked(1);
    assertThat(asked().get(0).workflowId()).isEqualTo("mooring:strait:start-primary:boot-b2");
    strait.world().members().pauseReplay("west-0");
    until(DiagnosisKind.REPLAY_PAUSED);
    assertThat(asked()).hasSize(1);
    assertThat(strait.open()).contains("primary-down strait");
    strait.world().members().reboot("east-0", "b3");
    untilAsked(2);
    assertThat(asked()).extracting(EnsureReaction::incident).containsExactly("b2", "b3");
  }

  /** A person stopped it, or it crashed. */
  @Test
  void in_the_same_boot_none_is_asked_for() {
    watchingAfterAMove(auto());
    strait.world().members().kill("east-0");
    downAndNotAsked();
  }

  @Test
  void where_a_person_is_to_be_asked_none_is_asked_for() {
    watchingAfterAMove(Strait.cluster("sites:\n", "guard: {startAfterReboot: ask}\nsites:\n"));
    strait.world().members().reboot("east-0", "b2");
    downAndNotAsked();
  }

  @Test
  void while_automation_is_paused_none_is_asked_for_until_that_ends() {
    watchingAfterAMove(auto());
    strait.update("pause", OFF);
    strait.world().members().reboot("east-0", "b2");
    downAndNotAsked();
    strait.update("resume", "{'by':'bob'}");
    untilAsked(1);
  }

  @Test
  void while_another_host_is_silent_none_is_asked_for_until_it_answers() {
    watchingAfterAMove(auto());
    strait.world().trouble().hostAnswers("w0", false);
    strait.untilOpen("host-silent west-0");
    strait.world().members().reboot("east-0", "b2");
    downAndNotAsked();
    strait.world().trouble().hostAnswers("w0", true);
    untilAsked(1);
  }
}
