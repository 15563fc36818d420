package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.resilver.ResilverResult;
import dev.mooring.runbook.resilver.ResilverStep;
import dev.mooring.starter.console.ExitCode;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What refuses runs that heal, or set standbys up, before any of them has changed anything. */
abstract class ResilveredRefused extends ResilveredStage {
  /** A standby with such a file is taken for one on that timeline, and its primary for outdated. */
  private static final String OF_TIMELINE_2 =
      "SELECT count(*) FROM pg_ls_waldir() WHERE name LIKE '00000002%'";

  /** All that its hosts have of what does not change by itself. */
  private static Map<String, String> fingerprints() {
    return stage.lab.hosts().stream()
        .collect(Collectors.toMap(LabHost::name, stage.lab::fingerprintOf));
  }

  /** By digits of another system at a terminal, and by none where nobody can be asked. */
  @Test
  void a_cluster_that_was_not_meant_is_refused_by_whatever_moves_or_heals() {
    kill("west-0");
    Map<String, String> before = fingerprints();
    String system = ask("east-0", "SELECT system_identifier::text FROM pg_control_system()");
    String ends = system.substring(system.length() - 4);
    String other = ends.equals("0000") ? "0001" : "0000";
    Mooring terminal = stage.mooring();
    Map<String, String> overSsh = new TreeMap<>(stage.lab.environment());
    overSsh.put("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22");
    Mooring unasked = new Mooring(overSsh, stage.service.address());
    for (String what :
        List.of("switchover lee --to west-0", "failback lee --to west", "resilver lee")) {
      String line = what + " --reason fixed --by ann";
      Answer wrong = terminal.typeAnswering(line, other);
      assertThat(wrong.status()).as(line + wrong.err()).isEqualTo(ExitCode.REFUSED.status());
      assertThat(wrong.out() + wrong.err())
          .contains("IDENTITY_DIFFERS", system, "does not end with " + other);
      Answer nobody = unasked.type(line);
      assertThat(nobody.status()).as(line + nobody.err()).isEqualTo(ExitCode.USAGE.status());
      assertThat(nobody.err()).contains("SSH_CONNECTION is set", "--system-identifier-ends");
    }
    assertThat(fingerprints()).isEqualTo(before);
    Answer meant = terminal.typeAnswering("resilver lee --reason fixed --by ann", ends);
    assertThat(meant.status()).as(meant.err()).isEqualTo(ExitCode.DONE.status());
    assertThat(meant.out()).contains("standbys again: west-0 by FOLLOW");
  }

  @Test
  void while_a_run_heals_another_that_would_is_refused_and_names_it() {
    kill("west-0");
    CompletableFuture<EndingRecord> second = new CompletableFuture<>();
    CompletableFuture<EndingRecord> failback = new CompletableFuture<>();
    stage.hooks.before(
        ResilverStep.FOLLOW,
        () -> {
          second.complete(Stage.endingOf(resilver("execute", "")));
          failback.complete(Stage.endingOf(new FailbackToWest(stage).run()));
        });
    WorkflowStub first = resilver("execute", "");
    assertThat(first.getResult(ResilverResult.class).headline())
        .isEqualTo("standbys again: west-0 by FOLLOW");
    for (EndingRecord ending : List.of(second.join(), failback.join())) {
      assertThat(List.of(ending.outcome(), ending.code())).containsExactly("Refused", "LOCK_HELD");
      assertThat(ending.headline())
          .contains("`mooring follow " + first.getExecution().getWorkflowId() + "` shows it");
    }
  }

  @Test
  @Tag("all")
  void nobody_is_healed_from_a_primary_that_stands_still() {
    kill("west-0");
    Map<String, String> before = fingerprints();
    LabInstance primary = stage.lab.instance("east-0");
    stage.lab.faults().signalAll(primary, Signal.STOP);
    try {
      WorkflowStub healing = resilver("execute", "");
      WorkflowStub goingBack = new FailbackToWest(stage).run();
      String none = "no member of lee is known to accept writes: east-0: ";
      assertEnds(healing, "Refused", "NO_PRIMARY", none);
      assertEnds(goingBack, "Refused", "NO_PRIMARY", none);
    } finally {
      stage.lab.faults().signalAll(primary, Signal.CONT);
    }
    assertThat(fingerprints()).isEqualTo(before);
    // who heard nothing for 5 s has left it, and comes back by itself
    Soon.soon("the one nobody killed streams", () -> streams("east_1"));
    assertThat(resilver("execute", "").getResult(ResilverResult.class).headline())
        .isEqualTo("standbys again: west-0 by FOLLOW");
  }

  /** The primary has it since the other went down, whose host has no directory for it. */
  @Test
  @Tag("root") // only root's hosts have file systems of their own
  void a_tablespace_without_a_place_refuses_a_failback_and_a_copy_before_anything_is_healed()
      throws IOException {
    kill("west-0");
    String place = stage.lab.onEachHost("above").resolve("placed").toString();
    for (String id : List.of("east-0", "east-1")) {
      stage.lab.run(stage.lab.instance(id).host(), "mkdir", "-p", place);
    }
    ask("east-0", "CREATE TABLESPACE placed LOCATION '" + place + "'");
    assertEnds(
        new FailbackToWest(stage).run(),
        "Refused",
        "PREFLIGHT",
        "west-0 host-needs: tablespace ",
        " lies in " + place);
    assertThat(stage.lab.isRunning(west())).isFalse();
    Path data = west().dataDirectory();
    Path aside = data.resolveSibling("aside");
    Files.move(data, aside);
    stage.lab.run(west().host(), "mkdir", data.toString());
    assertEnds(
        resilver("execute", ""), "Refused", "HOST_REFUSED", "tablespace " + place, "west-0: ");
    assertThat(data).isEmptyDirectory();
    Files.delete(data);
    Files.move(aside, data);
    stage.lab.run(west().host(), "mkdir", "-p", place);
    assertThat(resilver("execute", "").getResult(ResilverResult.class).headline())
        .isEqualTo("standbys again: west-0 by FOLLOW");
  }

  private static void assertNothingIsMadeFromEast(String... words) {
    Map<String, String> before = fingerprints();
    String slots = slots();
    for (WorkflowStub run :
        List.of(
            resilver("execute", ""),
            asked("ReplicationSetup", "execute", ",\"act\":\"setup\""),
            asked("ReplicationSetup", "execute", ",\"act\":\"remove\",\"instances\":\"west-0\""))) {
      assertEnds(run, "Refused", "TWO_PRIMARIES", words);
    }
    assertEnds(new FailbackToWest(stage).run(), "Refused", "TWO_PRIMARIES", words);
    assertThat(fingerprints()).isEqualTo(before);
    assertThat(slots()).isEqualTo(slots);
  }

  private static String slots() {
    return ask(
        "east-0", "SELECT coalesce(string_agg(slot_name, ' '), '') FROM pg_replication_slots");
  }

  /** Mooring moved the primary west, where it was lost; a person promoted the old one. */
  @Test
  @Tag("all")
  void what_a_person_promoted_is_nobodys_source_until_somebody_answers_for_it() {
    move("west-0");
    stage.clients().silence("a person promotes a member");
    allHaveAll("west-0", "east_0");
    kill("west-0");
    ask("east-0", "SELECT pg_promote()");
    assertNothingIsMadeFromEast(
        "east-0 accepts writes, and since epoch ",
        "the authority says that west-0 may",
        "override other-writer with a reason");

    String rules =
        ",\"overrides\":\"other-writer,authority,siblings\",\"reason\":\"east is the right one\"";
    FailbackToWest failback = new FailbackToWest(stage, rules);
    failback.approveHealing();
    failback.awaitPlanOfMove();
    failback.approve();
    RoleChangeResult back = failback.result();
    assertThat(back.headline()).startsWith("west-0 is the primary, east-0 follows it");
    assertThat(new Sites(stage.lab).lastReceipt().decisions())
        .filteredOn(DecisionRecord::isOverride)
        .anyMatch(rule -> rule.about().startsWith("other-writer: east-0 accepts writes, and "))
        .extracting(DecisionRecord::reason)
        .containsOnly("east is the right one");
  }

  /** The new primary was promoted by hand, and is down when somebody heals the cluster. */
  @Test
  @Tag("all")
  void an_old_primary_that_came_back_is_nobodys_source_while_the_new_one_is_away()
      throws IOException {
    stage.clients().silence("a person promotes a member, and starts the old primary again");
    stage.laws().without(1, "the old primary writes on on its timeline once the new one is down");
    stage.laws().without(6, "a person takes out of the archive what the wrong primary wrote");
    allHaveAll("east-0", "west_0");
    kill("east-0");
    ask("west-0", "SELECT pg_promote()");
    ask("west-0", "CREATE TABLE lab.newer (n int)");
    kill("west-0");
    stage.lab.start(stage.lab.instance("east-0"));
    ask("east-0", "CREATE TABLE lab.older (n int)");
    assertNothingIsMadeFromEast(
        // west-0's, where the other standby followed it too that one may be named
        "east-0 accepts writes on timeline 1, and ",
        " is on timeline 2: it was promoted later",
        "override newer-timeline with a reason");
    assertThat(Stage.endingOf(resilver("execute", "")).headline())
        .containsPattern("timeline 1, and (west-0|east-1) is on timeline 2: it was promoted later");

    removeOfTimeline(2);
    String why =
        ",\"instances\":\"west-0\",\"overrides\":\"newer-timeline\","
            + "\"reason\":\"west was promoted by mistake\"";
    WorkflowStub plan = resilver("plan", why);
    plan.getResult(ResilverResult.class);
    String digest = plan.query("plan", Plan.class).digest();
    assertThat(
            resilver("execute", why + ",\"digest\":\"" + digest + "\"")
                .getResult(ResilverResult.class)
                .headline())
        .isEqualTo("standbys again: west-0 by REWIND");
    assertThat(new Sites(stage.lab).lastReceipt().decisions().toString())
        .contains("newer-timeline", "west was promoted by mistake");
    Soon.soon(
        "it has what the old one wrote",
        () -> ask("west-0", "SELECT to_regclass('lab.older') IS NOT NULL").equals("t"));
    assertThat(ask("west-0", "SELECT to_regclass('lab.newer') IS NULL")).isEqualTo("t");
    assertThat(ask("west-0", OF_TIMELINE_2)).isEqualTo("0");
  }

  private static void allHaveAll(String primary, String standby) {
    Soon.soon(
        standby + " has all",
        () ->
            ask(
                    primary,
                    "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn ="
                        + " pg_current_wal_lsn() AND application_name = '"
                        + standby
                        + "'")
                .equals("1"));
  }

  /** As the remedy of a foreign history says. */
  private static void removeOfTimeline(int timeline) throws IOException {
    String begins = String.format("%08X", timeline);
    try (Stream<Path> archived = Files.list(stage.lab.archive(0))) {
      for (Path file :
          archived.filter(f -> f.getFileName().toString().startsWith(begins)).toList()) {
        Files.delete(file);
      }
    }
  }
}
