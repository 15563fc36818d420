package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.contract.RoleContract;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.ledger.LoadPlan.Barrier;
import dev.mooring.dev.prober.Prober;
import dev.mooring.dev.prober.WritableSeen;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.RoleActivities.Follow;
import dev.mooring.port.RoleActivities.GivenBack;
import dev.mooring.port.RoleActivities.HandedOver;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.TimelineId;
import dev.mooring.quoting.StandbyList;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What of roles only servers and hosts can show. */
abstract class RolesOfServers extends RoleContract {
  private static final List<List<String>> SHELLS =
      List.of(List.of("dash"), List.of("bash", "--posix"), List.of("busybox", "sh"));

  @Override
  protected abstract StreamingRealWorld world();

  final LabInstance server(String id) {
    return world().lab().instance(id);
  }

  private Path authority(String id) {
    return world().hands().authority(id);
  }

  /** The authority of an instance's host says this, besides what the acts of a run left there. */
  final void authoritySays(String id, String writer) throws IOException {
    world().hands().authoritySays(id, writer, run());
  }

  @Test
  @Tag("all")
  void under_load_nothing_is_lost_and_never_do_two_accept_writes() throws SQLException {
    world().lab().load().start(Barrier.HELD);
    List<WritableSeen> seen;
    try (Prober prober = world().lab().prober()) {
      until(() -> wrote(prober, EAST));
      HandedOver end = steps().handedOver(run(), EAST);
      steps().takenOver(run(), WEST, end);
      follow(EAST, WEST);
      follow("east-1", WEST);
      until(() -> wrote(prober, WEST));
      until(
          () ->
              ask(WEST, "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
                  .equals("2"));
      seen = prober.seen();
    }
    world().lab().load().checkPrimaries().assertExact();
    world().lab().load().stop();
    assertThat(seen.stream().filter(one -> one.instance().equals(EAST)))
        .allSatisfy(
            old ->
                assertThat(seen.stream().filter(one -> one.instance().equals(WEST)))
                    .allMatch(one -> old.acknowledged().isBefore(one.asked())));
    assertThat(seen.stream().map(WritableSeen::instance)).containsOnly(EAST, WEST);
  }

  private void follow(String id, String upstream) {
    world().roles(1).ensureFollowing(steps().follow(run(), id, upstream));
  }

  private static boolean wrote(Prober prober, String id) {
    return prober.seen().stream().map(WritableSeen::instance).anyMatch(id::equals);
  }

  @Test
  @Tag("all")
  void one_that_could_not_write_its_last_checkpoint_is_given_back_by_crash_recovery() {
    world().hands().checkpointer(EAST, Signal.STOP);
    world().hands().write(EAST);
    refused(
        FailureCode.STOP_TOO_LONG,
        () ->
            world()
                .roles(1)
                .ensureHandedOver(steps().handOver(run(), EAST, Duration.ofMillis(500))));
    GivenBack back = steps().givenBack(run(), EAST);
    assertThat(back).isEqualTo(new GivenBack(steps().instance(EAST).id(), true, true));
    assertThat(steps().givenBack(run(), EAST)).isEqualTo(back);
    world().hands().write(EAST);
  }

  /** A line of our own would outrank what an administrator sets in postgresql.conf later. */
  @Test
  @Tag("all")
  void what_commits_wait_for_leaves_no_line_once_it_is_taken_back() throws IOException {
    Path conf = server(WEST).dataDirectory().resolve("postgresql.auto.conf");
    String before = Files.readString(conf);
    world()
        .roles(1)
        .ensureSynchronousSet(steps().synchronous(run(), WEST, "FIRST 1 (east_0)", "remote_write"));
    assertThat(Files.readString(conf))
        .contains("synchronous_standby_names = 'FIRST 1 (east_0)'", "'remote_write'");
    world().roles(1).revertSynchronousSet(steps().synchronous(run(), WEST, "", "on"));
    assertThat(Files.readString(conf)).isEqualTo(before);
  }

  /** A server that has a line which it can't parse does not start again. */
  @Test
  @Tag("all")
  void what_commits_wait_for_is_read_by_the_servers_program_before_it_is_written()
      throws IOException {
    Path conf = server(WEST).dataDirectory().resolve("postgresql.auto.conf");
    String before = Files.readString(conf);
    refused(
        FailureCode.HOST_REFUSED,
        () ->
            world()
                .roles(1)
                .ensureSynchronousSet(steps().synchronous(run(), WEST, "ANY 1 (0east)", "on")));
    assertThat(Files.readString(conf)).isEqualTo(before);
    world()
        .roles(2)
        .ensureSynchronousSet(steps().synchronous(run(), WEST, "ANY 1 (\"0east\")", "on"));
    assertThat(Files.readString(conf)).contains("'ANY 1 (\"0east\")'");
    long attempt = 2;
    for (String name : List.of("any", "FIRST", "East-0", "1", "a\"b", "*", "EAST")) {
      String waits = new StandbyList("ANY", 1, List.of(name, "0east")).toString();
      attempt++;
      world().roles(attempt).ensureSynchronousSet(steps().synchronous(run(), WEST, waits, "on"));
      assertThat(Files.readString(conf)).contains("'" + waits + "'");
    }
  }

  @Test
  @Tag("all")
  void what_a_standby_follows_is_read_by_the_servers_program_before_it_is_written()
      throws IOException {
    Path conf = server("east-1").dataDirectory().resolve("postgresql.auto.conf");
    String before = Files.readString(conf);
    Follow sound = steps().follow(run(), "east-1", EAST);
    Upstream from = sound.upstream().get(0);
    Upstream unsound =
        new Upstream(
            from.instance(), from.host(), from.port(), from.login(), from.application(), "No-Slot");
    refused(
        FailureCode.STATE_UNREADABLE,
        () ->
            world()
                .roles(1)
                .ensureFollowing(
                    new Follow(
                        sound.call(),
                        sound.on(),
                        List.of(unsound),
                        "",
                        List.of(from.instance()),
                        "postgres")));
    assertThat(Files.readString(conf)).isEqualTo(before);
  }

  /** Its launcher starts it by the link, and the plan of the next move compares that name. */
  @Test
  @Tag("all")
  void a_server_whose_data_directory_is_a_link_is_started_by_the_name_of_the_link()
      throws IOException {
    Path link = server(EAST).dataDirectory();
    Path data = link.resolveSibling("behind-a-link");
    world().lab().stop(server(EAST));
    Files.move(link, data);
    Files.createSymbolicLink(link, data);
    try {
      world().hands().start(EAST);
      steps().handedOver(run(), EAST);
      assertThat(steps().givenBack(run(), EAST).wasFenced()).isTrue();
      assertThat(ask(EAST, "SHOW data_directory")).isEqualTo(link.toString());
      assertThat(steps().around(EAST, WEST, HostNeeds.NONE).configuration().dataDirectory())
          .isEqualTo(link.toString());
    } finally {
      world()
          .lab()
          .run(
              server(EAST).host(),
              world().lab().postgresPrograms().resolve("pg_ctl").toString(),
              "--silent",
              "--wait",
              "--pgdata=" + link,
              "stop");
      Files.delete(link);
      Files.move(data, link);
    }
    world().hands().start(EAST);
  }

  @Test
  @Tag("all")
  void a_lost_answer_is_found_by_the_next_attempt() {
    world().hands().freeze("east-1");
    CompletableFuture<HandedOver> first =
        CompletableFuture.supplyAsync(() -> steps().handedOver(run(), EAST));
    until(() -> steps().look(EAST).start().fencedEpoch() != 0);
    world().lab().faults().killSshAndSessions(server(EAST).host());
    assertThatThrownBy(first::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(ApplicationFailure.class);
    world().lab().faults().startSsh(server(EAST).host());
    world().hands().thaw("east-1");
    HandedOver end = world().roles(2).ensureHandedOver(steps().handOver(run(), EAST, LIMIT));
    assertThat(steps().look(EAST).control().checkpoint().location()).isEqualTo(end.checkpoint());
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
  }

  /** The limit of a stop is that of its first attempt: another one adds nothing to the outage. */
  @Test
  @Tag("all")
  void another_attempt_of_a_stop_that_took_too_long_has_no_time_of_its_own() {
    world().hands().freeze("east-1");
    refused(
        FailureCode.STOP_TOO_LONG,
        () ->
            world().roles(1).ensureHandedOver(steps().handOver(run(), EAST, Duration.ofMillis(1))));
    refused(
        FailureCode.STOP_TOO_LONG,
        () ->
            world().roles(2).ensureHandedOver(steps().handOver(run(), EAST, Duration.ofHours(1))));
    world().hands().thaw("east-1");
    assertThat(steps().givenBack(run(), EAST).wasFenced()).isTrue();
    world().hands().write(EAST);
  }

  /** It may promote at any moment, so it is no more kept from it: it is brought to its end. */
  @Test
  @Tag("all")
  void one_that_runs_and_may_have_been_told_is_promoted_by_the_look_at_it() throws IOException {
    HandedOver end = steps().handedOver(run(), EAST);
    refused(
        FailureCode.NOT_CAUGHT_UP,
        () ->
            steps()
                .takenOver(
                    run(),
                    WEST,
                    new HandedOver(
                        end.instance(), end.system(), end.timeline(), end.checkpoint().plus(8))));
    authoritySays(WEST, WEST);
    List<TakenOver> taken =
        world().roles(1).revertTakenOver(steps().takeOver(run(), WEST, end)).taken();
    assertThat(taken).hasSize(1);
    world().hands().write(WEST);
  }

  @Test
  @Tag("all")
  void one_that_is_killed_on_its_way_takes_over_all_the_same() throws IOException {
    HandedOver end = steps().handedOver(run(), EAST);
    refused(
        FailureCode.NOT_CAUGHT_UP,
        () ->
            steps()
                .takenOver(
                    run(),
                    WEST,
                    new HandedOver(
                        end.instance(), end.system(), end.timeline(), end.checkpoint().plus(8))));
    authoritySays(WEST, WEST);
    world().hands().kill(WEST);
    TakenOver taken = world().roles(2).ensureTakenOver(steps().takeOver(run(), WEST, end));
    world().hands().kill(WEST);
    assertThat(world().roles(3).ensureTakenOver(steps().takeOver(run(), WEST, end)))
        .isEqualTo(taken);
    assertThat(steps().look(WEST).control().state()).isEqualTo(InstanceState.IN_PRODUCTION);
    world().hands().write(WEST);
  }

  @Test
  @Tag("all")
  void where_another_may_write_nothing_is_handed_over_given_back_or_taken() throws IOException {
    world().roles(1).ensureSynchronousSet(steps().synchronous(before(), EAST, "", ""));
    world().roles(1).ensureSynchronousSet(steps().synchronous(before(), WEST, "", ""));
    authoritySays(EAST, WEST);
    authoritySays(WEST, EAST);
    refused(FailureCode.TWO_PRIMARIES, () -> steps().handedOver(run(), EAST));
    refused(FailureCode.TWO_PRIMARIES, () -> steps().givenBack(run(), EAST));
    assertThat(steps().look(EAST).start().fencedEpoch()).isZero();
    world().hands().write(EAST);
    HandedOver end =
        new HandedOver(
            steps().instance(EAST).id(),
            steps().look(EAST).control().systemIdentifier(),
            steps().look(EAST).control().checkpoint().timeline(),
            steps().look(EAST).control().checkpoint().location());
    refused(FailureCode.TWO_PRIMARIES, () -> steps().takenOver(run(), WEST, end));
  }

  @Test
  @Tag("all")
  void the_guard_says_why_before_the_server_is_started() throws IOException {
    world().roles(1).ensureSynchronousSet(steps().synchronous(before(), EAST, "", ""));
    assertThat(steps().look(EAST).start().guarded()).isTrue();
    installLauncher();
    refusedByGuard("names no instance that may");
    authoritySays(EAST, EAST);
    SHELLS.forEach(shell -> world().lab().run(server(EAST).host(), guard(shell)));
    steps().handedOver(run(), EAST);
    refusedByGuard("fenced in epoch " + run().epoch());
    world().hands().start(EAST);
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
    takeFenceOut();
    refusedByGuard("no instance may");
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
    Files.createFile(server(EAST).dataDirectory().resolve("standby.signal"));
    SHELLS.forEach(shell -> world().lab().run(server(EAST).host(), guard(shell)));
    world().lab().run(server(EAST).host(), launchAsDebianDoes(programs()));
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.RUNNING);
  }

  /** Its fence went when it was made to follow. */
  @Test
  @Tag("all")
  void an_old_primary_that_lost_what_makes_it_a_standby_is_kept_down_by_the_guard_alone()
      throws IOException {
    HandedOver end = steps().handedOver(run(), EAST);
    TimelineId timeline = steps().takenOver(run(), WEST, end).timeline();
    follow(EAST, WEST);
    until(() -> steps().look(EAST).followed().timelines().equals(List.of(timeline)));
    installLauncher();
    world().hands().kill(EAST);
    Files.delete(server(EAST).dataDirectory().resolve("standby.signal"));
    refusedByGuard("no instance may");
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
    world().hands().start(EAST);
    assertThat(steps().look(EAST).control().state()).isEqualTo(InstanceState.IN_PRODUCTION);
    world().hands().write(EAST);
  }

  @Test
  @Tag("all")
  @Tag("root")
  void systemd_does_not_start_what_the_guard_keeps_down() throws IOException, InterruptedException {
    world().roles(1).ensureSynchronousSet(steps().synchronous(before(), EAST, "", ""));
    steps().handedOver(run(), EAST);
    UnitOfSystemd.Started fenced = startByItsUnit();
    assertThat(fenced.said())
        .contains("east-0 is not started: ", "fenced in epoch " + run().epoch());
    assertThat(fenced.status()).isNotZero();
    assertThat(fenced.began()).isFalse();
    // by these words a rehearsal tells that the guard stands before a unit
    assertThat(fenced.shown()).startsWith("ExecStartPre={ path=");
    assertThat(fenced.shown()).contains("; argv[]=").contains(" east-0 ; ignore_errors=no ; ");
    takeFenceOut();
    Files.createFile(server(EAST).dataDirectory().resolve("standby.signal"));
    UnitOfSystemd.Started standby = startByItsUnit();
    assertThat(standby.status()).as(standby.said()).isZero();
    assertThat(standby.began()).isTrue();
  }

  /** With the page's drop-in, as when its host starts. */
  final UnitOfSystemd.Started startByItsUnit() throws IOException, InterruptedException {
    Path directory = Files.createDirectories(server(EAST).host().mooring().resolve("systemd"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    String account = Files.getOwner(server(EAST).dataDirectory()).getName();
    return new UnitOfSystemd(directory).start(dropIn().replace("-u postgres", "-u " + account));
  }

  /** As a person does. */
  private void takeFenceOut() throws IOException {
    Path configuration = server(EAST).dataDirectory().resolve("postgresql.auto.conf");
    String fenced = Files.readString(configuration);
    Files.writeString(configuration, fenced.replaceAll("mooring_fenced_epoch_.*\n", ""));
  }

  /** By each shell, and by the launchers that the page on fencing shows. */
  final void refusedByGuard(String words) throws IOException {
    List<String[]> starts = new ArrayList<>(SHELLS.stream().map(this::guard).toList());
    starts.add(launch());
    if (steps().look(EAST).process() == ServerProcess.STOPPED) {
      starts.add(launchAsDebianDoes(programs()));
    }
    for (String[] start : starts) {
      assertThatThrownBy(() -> world().lab().run(server(EAST).host(), start))
          .isInstanceOf(LabFailure.class)
          .hasMessageContaining("east-0 is not started: ")
          .hasMessageContaining(words)
          .hasMessageContaining("HINT: ");
    }
  }

  private Path programs() {
    return server(EAST).host().mooring().resolve("bin");
  }

  /** The page's own launcher, for this host. */
  final void installLauncher() throws IOException {
    String page = page();
    String launcher =
        page.substring(page.indexOf("#!/bin/sh"), page.indexOf("```", page.indexOf("#!/bin/sh")));
    Path program = programs().resolve("pg_ctl");
    Files.writeString(program, ofThisHost(launcher));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(
        programs().resolve("pg_ctl.real"), world().lab().postgresPrograms().resolve("pg_ctl"));
  }

  private static String page() throws IOException {
    return Files.readString(Path.of("..", "docs", "operations", "fencing.md"));
  }

  private String ofThisHost(String text) {
    return text.replace("/var/lib/mooring/bin", programs().toString())
        .replace("/var/lib/mooring/harbour/0.authority", authority(EAST).toString())
        .replace("/var/lib/postgresql/15/main", server(EAST).dataDirectory().toString());
  }

  /** Debian's pg_ctlcluster, which calls a pg_ctl: the server's own, or what took its place. */
  final String[] launchAsDebianDoes(Path programs) {
    LabInstance server = server(EAST);
    Path configuration = world().lab().configuration(server);
    world().lab().run(server.host(), "ln", "-sfn", server.log().toString(), configuration + "/log");
    Path version = Objects.requireNonNull(configuration.getParent());
    return new String[] {
      "env",
      "PG_CLUSTER_CONF_ROOT=" + version.getParent(),
      "/usr/bin/pg_ctlcluster",
      "--bindir=" + programs,
      version.getFileName().toString(),
      server.id(),
      "start"
    };
  }

  /** The page's own drop-in, for this host. */
  private String dropIn() throws IOException {
    String page = page();
    int begin = page.indexOf("[Service]");
    return ofThisHost(page.substring(begin, page.indexOf("```", begin)));
  }

  private String[] launch() {
    return new String[] {
      "sh",
      programs().resolve("pg_ctl").toString(),
      "-s",
      "-w",
      "-D",
      server(EAST).dataDirectory().toString(),
      "-l",
      "/dev/null",
      "start"
    };
  }

  private String[] guard(List<String> shell) {
    List<String> command = new ArrayList<>(shell);
    command.addAll(
        List.of(
            programs().resolve("mooring-guard").toString(),
            server(EAST).dataDirectory().toString(),
            authority(EAST).toString(),
            EAST));
    return command.toArray(String[]::new);
  }

  final String ask(String id, String sql) {
    try (Connection connection = world().lab().connect(server(id));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
