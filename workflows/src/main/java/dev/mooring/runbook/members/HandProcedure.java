package dev.mooring.runbook.members;

import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SessionSettings;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Synchronous.Method;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The commands for a move without Mooring, or for ending one, with the values of the move. A plan
 * shows the whole procedure. A run that holds while no instance accepts writes shows the rest of
 * it: Temporal, a worker or a host may be down for longer than an application can wait.
 */
public final class HandProcedure {
  /** After this time an observation is out of date, and a person observes anew. */
  private static final Duration GOOD_FOR = Duration.ofHours(1);

  /** A server that is down is started with the options of its last start. */
  private static final String RESTART = " -w restart";

  private final Move move;

  public HandProcedure(Move move) {
    this.move = move;
  }

  /**
   * The whole move, each act on one host or on none. The old primary stays fenced: a resilver makes
   * it a standby once Mooring runs again.
   */
  public List<String> whole() {
    Instant seen = RunbookRun.now().truncatedTo(ChronoUnit.SECONDS);
    List<String> acts = new ArrayList<>();
    acts.add(withoutMooring());
    bouncers().map(EndpointWords::pause).forEach(acts::add);
    acts.add(typed(move.from(), fence(move.from(), namedByOld())));
    acts.add(
        typed(move.from(), program(move.from()) + " -D " + data(move.from()) + " -m fast -w stop"));
    acts.add(
        typed(
                move.from(),
                String.format(
                    "%s/pg_controldata %s | grep -e state: -e 'checkpoint location'",
                    move.from().manager().binDirectory(), data(move.from())))
            + " must say 'shut down', and the location, which is END below");
    acts.add(
        String.format(
            "`%s` must print t, or %s lacks writes and must not be promoted: start %s as the"
                + " primary again instead: %s%s",
            hasReplayed("END"),
            move.to().id(),
            move.from().id(),
            typed(move.from(), named(move.from()) + " && " + started(move.from())),
            then(poolersBack())));
    acts.add(typed(move.to(), named(move.to()) + " && " + waitingForNobody(move.to())));
    acts.add(typed(move.to(), promoted(move.to())));
    bouncers()
        .map(pooler -> new EndpointWords(move).lead(pooler, move.from(), move.to()))
        .forEach(acts::add);
    acts.addAll(endpointActs());
    acts.add(afterwards());
    return numbered(seen, acts);
  }

  /**
   * A whole failover: no standby is promoted before the old primary has ended and can't start, or
   * is powered off.
   *
   * @param hostAnswers whether the old primary's host answers
   */
  public List<String> withoutOld(boolean hostAnswers) {
    Instant seen = RunbookRun.now().truncatedTo(ChronoUnit.SECONDS);
    List<String> acts = new ArrayList<>();
    acts.add(withoutMooring());
    acts.addAll(oldKeptFromWriting(hostAnswers, namedByOld()));
    acts.add(typed(move.to(), named(move.to()) + " && " + waitingForNobody(move.to())));
    acts.add(typed(move.to(), promoted(move.to())));
    EndpointWords words = new EndpointWords(move);
    all()
        .map(
            endpoint ->
                hostAnswers
                    ? words.lead(endpoint, move.from(), move.to())
                    : words.pointFromLost(endpoint, move.from(), move.to()))
        .forEach(acts::add);
    acts.add(afterwards());
    return numbered(seen, acts);
  }

  /**
   * By a proof on its host or by a power-off; then verifies that no other instance accepts writes.
   *
   * @param writer the instance that its host names from then on
   */
  public List<String> oldKeptFromWriting(boolean hostAnswers, String writer) {
    List<String> acts = new ArrayList<>();
    if (hostAnswers) {
      acts.add(typed(move.from(), fence(move.from(), writer)));
      acts.add(typed(move.from(), killed(move.from())));
      acts.add(
          typed(move.from(), leftOf(move.from()))
              + " must print nothing, or "
              + move.from().id()
              + " may still accept writes: type both again; if that host does not answer, power it"
              + " off and keep it off; if neither can be done, promote no standby");
    } else {
      acts.add(
          String.format(
              "power %s off, and make sure that it stays off: nothing else keeps %s from writing",
              move.from().host(), move.from().id()));
    }
    acts.add(noOtherWrites());
    return acts;
  }

  /**
   * The start of a stopped primary; no standby is promoted.
   *
   * @param primary the instance to start
   * @param timeline the timeline of the primary
   */
  public static List<String> start(Cluster cluster, Instance primary, TimelineId timeline) {
    return new HandProcedure(new Move(cluster, primary, primary)).started(timeline);
  }

  private List<String> started(TimelineId timeline) {
    Instant seen = RunbookRun.now().truncatedTo(ChronoUnit.SECONDS);
    Instance primary = move.to();
    List<String> acts = new ArrayList<>();
    acts.add(withoutMooring());
    acts.add(noOtherWrites());
    for (Instance other : move.siblings()) {
      acts.add(
          typed(
                  other,
                  String.format(
                      "ls %s/standby.signal %s/pg_wal/*.history; %s/pg_controldata %s | grep"
                          + " TimeLineID",
                      data(other), data(other), other.manager().binDirectory(), data(other)))
              + String.format(
                  " must show standby.signal, and no timeline after %s (a history file begins with"
                      + " its timeline, in hexadecimal), or there was a primary after %s: start"
                      + " nothing. The same if that host does not answer",
                  timeline, primary.id()));
    }
    acts.add(
        typed(
            primary,
            named(primary) + " && " + program(primary) + " -D " + data(primary) + RESTART));
    acts.add(
        String.format(
            "once Mooring is there again: `mooring adopt %s %s --reason WHY`",
            move.cluster().name(), primary.id()));
    return numbered(seen, acts);
  }

  private String noOtherWrites() {
    return String.format(
        "make sure that no other member accepts writes: `mooring whois %s`, which needs no"
            + " Temporal",
        move.cluster().name());
  }

  /** Kills every process whose working directory is its data directory, stopped or not. */
  private static String killed(Instance instance) {
    return ofEachServer(instance, "kill -KILL ${p#/proc/}");
  }

  private static String leftOf(Instance instance) {
    return ofEachServer(instance, "echo $p");
  }

  /** A server of a container may have the same path: what counts is the directory itself. */
  private static String ofEachServer(Instance instance, String act) {
    return String.format(
        "d=$(cd %s && pwd -P) && [ -n \"$d\" ] && for p in /proc/[0-9]*; do [ \"$(readlink"
            + " $p/cwd)\" != \"$d\" ] || [ ! $p/cwd -ef \"$d\" ] || %s; done",
        data(instance), act);
  }

  public String withoutMooring() {
    return "end or terminate every run of "
        + move.cluster().name()
        + ", stop every worker of it, and start none before this is over";
  }

  /** What leads back to a cluster that Mooring moves. */
  String afterwards() {
    String afterwards =
        String.format(
            "leave %s down; once Mooring is there again: `mooring adopt %s %s --reason WHY`, then"
                + " `mooring resilver %s --reason WHY`, which makes the others its standbys",
            move.from().id(), move.cluster().name(), move.to().id(), move.cluster().name());
    return move.policy().replication().synchronous().method() == Method.NONE
        ? afterwards
        : String.format(
            "%s, then `mooring replicate setup %s --reason WHY`, which sets the standbys that"
                + " commits wait for",
            afterwards, move.cluster().name());
  }

  public static List<String> numbered(Instant seen, List<String> acts) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            "of what was observed at %s; from %s on plan it anew", seen, seen.plus(GOOD_FOR)));
    for (int i = 0; i < acts.size(); i++) {
      lines.add(i + 1 + ". " + acts.get(i));
    }
    return lines;
  }

  public String typed(Instance at, String command) {
    return String.format("on %s, as %s, `%s`", at.host(), owner(at), command);
  }

  private static String data(Instance instance) {
    return instance.dataDirectory().toString();
  }

  public static String promoted(Instance instance) {
    return program(instance) + " -D " + data(instance) + " -w promote";
  }

  /** Read only at the next start, so it can be written while the server accepts writes. */
  private String fence(Instance instance, String writer) {
    return naming(instance, writer) + " && " + set(instance, "mooring_fenced_epoch_0", "by hand");
  }

  /**
   * Written aside and renamed: neither a server nor a crash finds half of the file. A link is
   * followed, never replaced.
   */
  private static String set(Instance instance, String parameter, String value) {
    return String.format(
        "c=$(readlink -f %s/postgresql.auto.conf) && cp -p $c $c.new && { sed -e '/^[[:space:]]*%s/d' -e '$a\\'"
            + " $c && echo \"%s = '%s'\"; } >$c.new && sync $c.new && mv -f $c.new $c",
        data(instance), parameter, parameter, value);
  }

  /** No standby streams from it yet, so its commits would wait forever. */
  public String waitingForNobody(Instance instance) {
    return String.format(
        "%s && %s -D %s reload",
        set(instance, "synchronous_standby_names", ""), program(instance), data(instance));
  }

  /** The setting is in the configuration that Patroni writes. */
  public String waitingAsPatroniSays(Instance instance) {
    return String.format(
        "%s && %s -D %s reload",
        without(instance, "synchronous_standby_names"), program(instance), data(instance));
  }

  /** With the options of its last start: not all of Patroni's settings are in files. */
  public String startedAsBefore(Instance instance) {
    return String.format(
        "%s -D %s -l %s/by-hand.log -w restart", program(instance), data(instance), data(instance));
  }

  /** It may have commits that no other member has, and Patroni removes it. */
  public String walKept(Instance instance) {
    return String.format("cp -a %s/pg_wal %s.pg_wal", data(instance), data(instance));
  }

  private static String started(Instance instance) {
    return String.format(
        "%s && %s -D %s%s",
        without(instance, "mooring_fenced_epoch_"), program(instance), data(instance), RESTART);
  }

  private static String without(Instance instance, String parameter) {
    return String.format(
        "sed -i '/^[[:space:]]*%s/d' $(readlink -f %s/postgresql.auto.conf)",
        parameter, data(instance));
  }

  private String hasReplayed(String end) {
    Instance to = move.to();
    return String.format(
        "%s %s/psql -h %s -p %d -U %s -d %s -XAtc \"SELECT pg_is_in_recovery() AND"
            + " pg_last_wal_replay_lsn() > '%s'\"",
        SessionSettings.BEFORE_PSQL,
        to.manager().binDirectory(),
        move.cluster().host(to.host()).access().address(),
        to.port(),
        move.cluster().policies().database().user(),
        move.cluster().policies().database().database(),
        end);
  }

  /**
   * Lets the old primary write again: only after the run has ended, which may still promote the
   * target automatically, and only if no other member accepts writes or will. {@code restart}
   * starts a stopped server with the options of its last start; {@code start} would not find a
   * configuration outside its data directory.
   */
  public String back() {
    Instance from = move.from();
    String run = Workflow.getInfo().getWorkflowId();
    return String.format(
        "By hand: end this run first, or it may yet promote %s: `mooring give-up %s --reason WHY`,"
            + " and wait until it has ended; without Temporal stop all workers, and start none"
            + " before the run is terminated. Then, only once it is certain that no other member"
            + " (%s) accepts writes and can't begin to: %s%s",
        move.to().id(),
        run,
        move.cluster().members().stream()
            .map(Instance::id)
            .filter(id -> !id.equals(from.id()))
            .toList(),
        typed(from, named(from) + " && " + started(from)),
        then(poolersBack()));
  }

  /**
   * Promotes the target instead, only if the old primary can't come back and the target has all its
   * WAL. {@code adopt} verifies its own conditions again.
   *
   * @param end where the old primary was shut down
   */
  public String forward(Lsn end) {
    Instance to = move.to();
    return String.format(
        "Or by hand the other way, with the run ended as before, and only once %s is proved to be"
            + " down and kept from starting (it was stopped and fenced here; power its host off if"
            + " that can't be verified) and no other member but %s accepts writes: `%s` must print"
            + " t, or writes are lost; then %s%s; then `mooring adopt %s %s --reason WHY`, and"
            + " resilver %s",
        move.from().id(),
        to.id(),
        hasReplayed(end.toString()),
        typed(to, promoted(to)),
        then(endpointActs()),
        move.cluster().name(),
        to.id(),
        move.from().id());
  }

  private String owner(Instance instance) {
    String user = move.cluster().host(instance.host()).access().user();
    return user.isEmpty() ? "the owner of " + instance.dataDirectory() : user;
  }

  /** Their file points at the target already, and a reload would point clients there. */
  private List<String> poolersBack() {
    return bouncers()
        .map(
            pooler ->
                String.format(
                    "on %s point the line %s of %s at %s again, and %s",
                    pooler.host(),
                    pooler.database(),
                    pooler.databasesFile(),
                    move.from().id(),
                    EndpointWords.reloadAndResume(pooler)))
        .toList();
  }

  /** PgBouncers first, because they pause their clients. */
  private List<String> endpointActs() {
    EndpointWords words = new EndpointWords(move);
    return Stream.concat(bouncers(), all().filter(e -> !(e instanceof Endpoint.PgBouncer)))
        .map(words::there)
        .toList();
  }

  private static String then(List<String> acts) {
    return acts.isEmpty() ? "" : "; then " + String.join("; ", acts);
  }

  /** A guarded server starts as a primary only if the authority file of its host names it. */
  public String named(Instance instance) {
    return naming(instance, instance.id().value());
  }

  /** Lets no instance of that host write, so that each may be promoted there. */
  public String namingNobody(Instance at) {
    return typed(at, naming(at, Authority.NOBODY));
  }

  /** An authority file names an instance of its own host, or none. */
  private String namedByOld() {
    return move.sharesHost() ? move.to().id().value() : Authority.NOBODY;
  }

  /**
   * Creates no authority file: an incomplete one would stop all others. It is replaced as a whole,
   * so that one that names no instance any more is never left.
   */
  private String naming(Instance at, String writer) {
    Host host = move.cluster().host(at.host());
    String file =
        String.format("%s/%s/%s.authority", host.directory(), move.cluster().name(), at.content());
    return String.format(
        "f=%s; { [ ! -e $f ] || { cp -p $f $f.by-hand.new && { grep -v '^writer' $f && printf"
            + " 'writer=%s\\n"
            + "writer_epoch=0\\n"
            + "writer_run=by-hand\\n"
            + "writer_boot=' && cat /proc/sys/kernel/random/boot_id; } >$f.by-hand.new && sync"
            + " $f.by-hand.new && mv -f $f.by-hand.new $f; }; }",
        file, writer);
  }

  private static String program(Instance instance) {
    return instance.manager().binDirectory() + "/pg_ctl";
  }

  private Stream<Endpoint> all() {
    return move.policy().endpoints().stream();
  }

  private Stream<Endpoint.PgBouncer> bouncers() {
    return move.policy().poolers().stream();
  }
}
