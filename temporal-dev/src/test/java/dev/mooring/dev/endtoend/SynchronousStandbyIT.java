package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.publish.PublishStep;
import dev.mooring.topology.ContentId;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The link between a primary and its synchronous standby is cut, and both can be reached: a point
 * is made all the same, and that commits hang is said.
 */
@Tag("root")
@Tag("all")
@Tag("heavy")
class SynchronousStandbyIT {
  private static final String NAMES = "synchronous_standby_names";

  private static Stage stage;
  private static Sites sites;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    sites.change("CREATE TABLE kept (n int)");
    stage.clients().begin();
  }

  @AfterEach
  void mendNetwork() {
    stage.lab.faults().network(sites.east(0).host()).mend();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void a_primary_replaced_by_its_standby_on_another_host_is_published_and_followed() {
    stage.laws().without(6, "it knows the lab's own primaries, one of which is replaced");
    LabInstance east = sites.east(1);
    LabInstance standby = stage.lab.addStandby(1, sites.east(0).host());
    amendedBy(east, standby);
    String before = stage.publish().restorePoint();
    stage.consume();
    stage.clients().silence("one whose second half goes to a stopped primary holds the barrier");
    stage.lab.stop(east);
    sites.ask(standby, "SELECT pg_promote()");
    Soon.soon(
        "the standby accepts writes",
        () -> sites.ask(standby, "SELECT pg_is_in_recovery()").equals("f"));

    PublishResult published = stage.publish();
    ConsumeResult consumed = stage.consume();

    ContentEvidence content = sites.latest().evidenceOf(new ContentId(1)).orElseThrow();
    assertThat(published.restorePoint()).isNotEqualTo(before);
    assertThat(content.owner().instance().value()).isEqualTo(standby.id());
    assertThat(content.target().timeline().value()).isEqualTo(2);
    assertThat(consumed.restorePoint()).isEqualTo(published.restorePoint());
    assertThat(sites.mooredAt()).isEqualTo(published.restorePoint());
  }

  /** The standby stands in the cluster file beside its primary, on the host that it runs on. */
  private static void amendedBy(LabInstance primary, LabInstance standby) {
    stage.amendClusterFile(
        now ->
            now.lines()
                .flatMap(
                    line ->
                        line.contains("id: " + primary.id() + ",")
                            ? Stream.of(line, line(line, primary, standby))
                            : Stream.of(line))
                .collect(Collectors.joining("\n", "", "\n")));
  }

  private static String line(String line, LabInstance primary, LabInstance standby) {
    return line.replace("id: " + primary.id(), "id: " + standby.id())
        .replace("host: " + primary.host().name(), "host: " + standby.host().name())
        .replace("port: " + primary.port(), "port: " + standby.port())
        .replace(primary.dataDirectory().toString(), standby.dataDirectory().toString());
  }

  @Test
  void commits_that_hang_are_said_and_the_point_is_made() {
    LabHost other = sites.east(1).host();
    LabInstance standby = stage.lab.addStandby(0, other);
    String before = stage.publish().restorePoint();
    stage.lab.faults().set(0, NAMES, "east_0_standby");
    Soon.soon("the standby is synchronous", () -> synchronous().equals("1"));
    assertThat(stage.publish().degraded())
        .containsExactly(
            "east-0 has synchronous_standby_names 'east_0_standby', and none is recorded of "
                + before);

    stage.clients().silence("a transfer that hangs holds the barrier, and no point could be made");
    stage.lab.faults().network(sites.east(0).host()).cutFrom(other);
    CompletableFuture<Void> commit =
        CompletableFuture.runAsync(() -> sites.change("INSERT INTO kept VALUES (1)"));
    Soon.soon("a commit has hung for a while", () -> hangingSeconds() > 5);

    PublishResult published = stage.publish();
    assertThat(published.degraded())
        .singleElement()
        .asString()
        .matches(
            "east-0 gets no reply from its synchronous standbys that its commits wait for: [0-9]+"
                + " wait, the first for [0-9]+ s; synchronous_standby_names is 'east_0_standby',"
                + " connected: east_0_standby \\(sync\\)");
    assertThat(stage.consume().restorePoint()).isEqualTo(published.restorePoint());
    assertThat(typed("status")).contains("east-0 synchronous-commits: gets no reply");
    assertThat(typed("check")).containsPattern("east-0 +synchronous-commits +warning");

    // a sender that is told to end would say so first, into a connection that takes nothing more
    stage.lab.faults().set(0, "wal_sender_timeout", "2s");
    Soon.soon("the primary gives it up", () -> synchronous().equals("0"));
    assertNoneIsConnected();
    assertThat(hangingSeconds()).isPositive();

    mend(commit);
    assertEditedBetweenTwoSteps();
    stage.consume();
    stage.lab.stop(standby);
  }

  private static void mend(CompletableFuture<Void> commit) {
    stage.lab.faults().network(sites.east(0).host()).mend();
    Soon.soon("the commit returns", () -> hangingSeconds() == 0 && commit.isDone());
    Soon.soon("the standby is synchronous again", () -> synchronous().equals("1"));
  }

  /** The run that it happens to has its point READY; the next one says what it was. */
  private static void assertEditedBetweenTwoSteps() {
    stage.hooks.before(PublishStep.MAKE_POINT, () -> stage.lab.faults().set(0, NAMES, ""));
    PublishResult during = stage.publish();

    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(during.outcome()).isEqualTo("Completed");
    assertThat(during.degraded()).isEmpty();
    assertThat(stage.publish().degraded())
        .containsExactly(
            "east-0 has synchronous_standby_names '', was 'east_0_standby' when "
                + during.restorePoint()
                + " was begun");
  }

  private static void assertNoneIsConnected() {
    assertThat(stage.publish().degraded())
        .singleElement()
        .asString()
        .startsWith("east-0 has 0 of the 1 synchronous standbys that its commits wait for: ")
        .endsWith("connected: none");
    assertThat(typed("status")).containsPattern("critical +east-0 synchronous-commits: has 0 of");
  }

  private static String typed(String command) {
    Answer answer = stage.mooring().type(command + " " + stage.cluster());
    return answer.out();
  }

  private static String synchronous() {
    return sites.ask(0, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'");
  }

  private static long hangingSeconds() {
    return Long.parseLong(
        sites.ask(
            0,
            "SELECT coalesce(floor(extract(epoch FROM clock_timestamp() - min(query_start))), 0)"
                + "::bigint FROM pg_stat_activity WHERE wait_event = 'SyncRep'"));
  }
}
