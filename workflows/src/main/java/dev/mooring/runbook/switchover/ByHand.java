package dev.mooring.runbook.switchover;

import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
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

  /** Lets the old primary write again; only where the target takes no writes, and never will. */
  String back() {
    Instance from = move.from();
    return String.format(
        "By hand, only once it is certain that %s takes no writes and can't begin to: on %s `%s &&"
            + " sed -i '/^mooring_fenced_epoch_/d' %s/postgresql.auto.conf && %s -D %s -w start`%s",
        move.to().id(),
        from.host(),
        named(from),
        from.dataDirectory(),
        program(from),
        from.dataDirectory(),
        then(poolers("-c 'RESUME \"%s\"'")));
  }

  /** Leads clients to the target, which was promoted. */
  String endpoints() {
    List<String> acts = new ArrayList<>(poolers("-c RELOAD -c 'RESUME \"%s\"'"));
    List<String> others =
        all().filter(e -> !(e instanceof Endpoint.PgBouncer)).map(Endpoint::name).toList();
    if (!others.isEmpty()) {
      acts.add("lead " + others + " to " + move.to().id());
    }
    return acts.isEmpty() ? "" : "By hand: " + String.join("; ", acts);
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

  private List<String> poolers(String words) {
    return all()
        .filter(Endpoint.PgBouncer.class::isInstance)
        .map(Endpoint.PgBouncer.class::cast)
        .map(
            pooler ->
                String.format(
                    "on %s `psql -h %s -p %d -U %s -d pgbouncer %s`",
                    pooler.host(),
                    pooler.socketDirectory().isEmpty() ? "127.0.0.1" : pooler.socketDirectory(),
                    pooler.port(),
                    pooler.user(),
                    String.format(words, pooler.database())))
        .toList();
  }
}
