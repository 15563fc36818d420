package dev.mooring.runbook.switchover;

import dev.mooring.postgres.Lsn;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import io.temporal.workflow.Workflow;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a person types who ends a move without Mooring, made of the move's own values. It is told
 * where a run holds with nobody taking writes: Temporal, a worker or a host may stay away for
 * longer than an application can wait.
 */
final class ByHand {
  private final Move move;

  ByHand(Move move) {
    this.move = move;
  }

  /**
   * Lets the old primary write again: only once the run has ended, which goes on by itself, and
   * where no other member takes writes or ever will. A {@code restart} starts a server that is down
   * as it was last started; a {@code start} would not find a configuration outside of its data.
   */
  String back() {
    Instance from = move.from();
    String run = Workflow.getInfo().getWorkflowId();
    return String.format(
        "By hand: end this run first, or it may yet promote %s: `mooring give-up %s --reason WHY`,"
            + " and wait until it has ended; without Temporal stop all workers, and start none"
            + " before the run is terminated. Then, only once it is certain that no other member"
            + " (%s) takes writes and can't begin to: on %s, as %s, `%s && sed -i"
            + " '/^mooring_fenced_epoch_/d' %s/postgresql.auto.conf && %s -D %s -w restart`%s",
        move.to().id(),
        run,
        move.cluster().members().stream()
            .map(Instance::id)
            .filter(id -> !id.equals(from.id()))
            .toList(),
        from.host(),
        owner(from),
        named(from),
        from.dataDirectory(),
        program(from),
        from.dataDirectory(),
        then(poolersBack()));
  }

  /**
   * Promotes the target instead: only where the old primary can't come back, and the target has all
   * of it. What {@code adopt} is for is looked at there again.
   *
   * @param end where the old primary was shut down
   */
  String forward(Lsn end) {
    Instance to = move.to();
    String control = program(to);
    String replayed =
        String.format(
            "%s/psql -h %s -p %d -U %s -d %s -Atc \"SELECT pg_is_in_recovery() AND"
                + " pg_last_wal_replay_lsn() > '%s'\"",
            to.manager().binDirectory(),
            move.cluster().host(to.host()).access().address(),
            to.port(),
            move.cluster().policies().database().user(),
            move.cluster().policies().database().database(),
            end);
    return String.format(
        "Or by hand the other way, with the run ended as before, and only once %s is proved to be"
            + " down and kept from starting (it was stopped and fenced here; power its host off"
            + " where that can't be looked at) and no other member but %s takes writes: `%s` must"
            + " print t, or writes are lost; then on %s, as %s, `%s -D %s -w promote`%s; then"
            + " `mooring adopt %s %s --reason WHY`, and resilver %s",
        move.from().id(),
        to.id(),
        replayed,
        to.host(),
        owner(to),
        control,
        to.dataDirectory(),
        then(endpointActs()),
        move.cluster().name(),
        to.id(),
        move.from().id());
  }

  private String owner(Instance instance) {
    String user = move.cluster().host(instance.host()).access().user();
    return user.isEmpty() ? "the owner of " + instance.dataDirectory() : user;
  }

  /** Their file leads to the target already, and whoever reloads them would lead clients there. */
  private List<String> poolersBack() {
    return bouncers()
        .map(
            pooler ->
                String.format(
                    "on %s let the line %s of %s lead to %s again, and %s",
                    pooler.host(),
                    pooler.database(),
                    pooler.databasesFile(),
                    move.from().id(),
                    EndpointWords.reloadAndResume(pooler)))
        .toList();
  }

  /** Those that hold their clients first. */
  private List<String> endpointActs() {
    EndpointWords words = new EndpointWords(move);
    return Stream.concat(bouncers(), all().filter(e -> !(e instanceof Endpoint.PgBouncer)))
        .map(words::there)
        .toList();
  }

  private static String then(List<String> acts) {
    return acts.isEmpty() ? "" : "; then " + String.join("; ", acts);
  }

  /** A guarded server starts as a primary only where the authority file of its host names it. */
  private String named(Instance instance) {
    Host host = move.cluster().host(instance.host());
    String file =
        String.format(
            "%s/%s/%s.authority", host.directory(), move.cluster().name(), instance.content());
    return String.format(
        "sed -i '/^writer/d' %s && printf 'writer=%s\\n"
            + "writer_epoch=0\\n"
            + "writer_run=by-hand\\n"
            + "' >>%s",
        file, instance.id(), file);
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
