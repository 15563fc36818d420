package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Strait;
import dev.mooring.port.Call;
import dev.mooring.port.HostWork;
import dev.mooring.port.Ports;
import dev.mooring.port.PrimaryActivities.SetPrimary;
import dev.mooring.port.PrimaryActivities.Wanted;
import dev.mooring.topology.Cluster;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AuthorisedActTest {
  /** Acts that runs do without an approval, or that give nobody a right and discard nothing. */
  private static final Set<String> NOT_LISTED =
      Set.of(
          // documents, notices, runs, points and commands
          "EnsureCommandRun",
          "EnsureConsumer",
          "EnsureNoticed",
          "EnsurePending",
          "EnsureReaction",
          "EnsureReady",
          "EnsureReceipt",
          "EnsureRehearsed",
          "EnsureRestorePoint",
          "EnsureRunStopped",
          "EnsureSiteState",
          "EnsureTorn",
          "EnsureWalSwitched",
          "EnsureWritable",
          "EnsureWritten",
          // copies of a site that is replayed to a point
          "EnsureReplaying",
          "EnsureStopped",
          "EnsureTarget",
          "RevertTarget",
          // clients, slots, accounts and settings, of setups and plans that nobody approves too
          "EnsureAccess",
          "EnsureAccount",
          "EnsureCheckpointed",
          "EnsureCutOff",
          "EnsureDetached",
          "EnsureFollowing",
          "EnsureNoAccount",
          "EnsurePaused",
          "EnsurePointed",
          "EnsurePrepared",
          "EnsurePrimarySet",
          "EnsureRelaxationCleared",
          "EnsureRelaxationRecorded",
          "EnsureRouted",
          "EnsureSlots",
          "EnsureSynchronousSet",
          "RevertAccess",
          "RevertCutOff",
          "RevertPaused",
          "RevertPrepared",
          "RevertSynchronousSet",
          // they take a right or bar a start, and keep WAL
          "EnsureArchivedMarked",
          "EnsureEpochRaised",
          "EnsureNobodyNamed",
          "EnsureWalFetched",
          "EnsureWalKept",
          "RevertCopying",
          "RevertStarted");

  @Test
  void each_act_of_a_port_is_listed_or_known_to_need_no_approval() throws Exception {
    Set<String> acts = new TreeSet<>();
    for (Class<?> port : Ports.all()) {
      for (Method method : port.getMethods()) {
        String name = method.getName();
        if (name.startsWith("ensure") || name.startsWith("revert")) {
          acts.add(Character.toUpperCase(name.charAt(0)) + name.substring(1));
        }
      }
    }
    acts.removeIf(type -> !AuthorisedAct.runbooks(type).isEmpty());
    assertThat(acts).isEqualTo(new TreeSet<>(NOT_LISTED));
  }

  /** What takes effect by a restart may start a primary; a reload starts none. */
  @Test
  void the_undo_of_settings_is_listed_if_they_may_restart_a_primary() {
    assertThat(AuthorisedAct.of("RevertPrimarySet", set("hot_standby"))).isEmpty();
    assertThat(AuthorisedAct.of("RevertPrimarySet", set("wal_level"))).isPresent();
  }

  @Test
  void only_the_runbook_that_runs_is_exempt_if_the_file_asks_nobody_for_it() {
    Cluster file = Strait.synchronous("{automatic: {}}\n" + ApprovalSigner.ONLY_ANNA);
    AuthorisedAct act = new AuthorisedAct(AuthorisedAct.runbooks("EnsurePatroniLet"), List.of());
    assertThat(act.isSigned(file, "Failover")).isFalse();
    assertThat(act.isSigned(file, "Switchover")).isTrue();
    assertThat(act.isSigned(file, "Other")).isTrue();
  }

  private static SetPrimary set(String name) {
    Cluster cluster = Strait.cluster();
    return new SetPrimary(
        new Call(cluster.name(), "run", "SET_PRIMARY", 0, new Epoch(1)),
        new HostWork(cluster.hosts().get(0), List.of(cluster.members().get(0))),
        List.of(new Wanted(name, "on")),
        "");
  }
}
