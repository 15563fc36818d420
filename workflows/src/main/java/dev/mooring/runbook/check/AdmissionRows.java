package dev.mooring.runbook.check;

import dev.mooring.port.AccessActivities.Admission;
import dev.mooring.port.AccessActivities.AdmissionObserved;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.check.CheckFacts.OnHost;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.replication.AccessRules;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.function.Function;

/**
 * Whether the other members admit a standby, by connections that were tried from its host: any of
 * them may become the primary, and it then streams from that one and is rewound from it.
 */
final class AdmissionRows {
  private static final String STREAM = "replication-access";
  private static final String REWIND = "rewind-access";
  private static final String LIMIT = "admitted by each other member";
  private static final String ANSWER = "start it, then check again";

  private final Cluster cluster;
  private final List<InstanceId> silent;
  private final CheckRows rows;

  /**
   * @param silent members that answer no worker either: their own rows report that
   */
  AdmissionRows(Cluster cluster, List<InstanceId> silent, CheckRows rows) {
    this.cluster = cluster;
    this.silent = List.copyOf(silent);
    this.rows = rows;
  }

  /** The members there that stream from others; none of a cluster that Patroni runs. */
  static List<Instance> standbys(Cluster cluster, List<Instance> here) {
    return cluster.patroni().isPresent()
        ? List.of()
        : cluster.members().stream()
            .filter(here::contains)
            .filter(member -> !member.upstream().equals(Instance.ARCHIVE))
            .toList();
  }

  void judge(OnHost on) {
    on.admission()
        .ifPresent(
            look ->
                standbys(cluster, on.work().instances())
                    .forEach(standby -> judge(standby, of(standby, look))));
  }

  private static Observed<AdmissionObserved> of(
      Instance standby, Observed<AdmissionObserved> look) {
    return look.seen().stream()
        .flatMap(seen -> seen.failures().stream())
        .filter(failure -> failure.instance().equals(standby.id()))
        .findFirst()
        .<Observed<AdmissionObserved>>map(Observed.Unseen::new)
        .orElse(look);
  }

  private void judge(Instance standby, Observed<AdmissionObserved> look) {
    List<String> lines = AccessRules.lines(cluster, List.of(standby));
    if (look instanceof Observed.Unseen<?> unseen) {
      rows.unseen(STREAM, standby.id(), unseen, LIMIT);
      rows.unseen(REWIND, standby.id(), unseen, LIMIT);
    }
    look.seen()
        .ifPresent(
            seen -> {
              List<Admission> tried =
                  seen.seen().stream().filter(one -> one.from().equals(standby.id())).toList();
              judge(STREAM, standby, tried, Admission::replication, lines.get(0));
              judge(REWIND, standby, tried, Admission::rewind, lines.get(1));
            });
  }

  private void judge(
      String id,
      Instance standby,
      List<Admission> tried,
      Function<Admission, String> refusal,
      String line) {
    List<Admission> refused =
        tried.stream()
            .filter(one -> !refusal.apply(one).isEmpty())
            .filter(one -> !silent.contains(one.to()))
            .toList();
    List<InstanceId> unknown = tried.stream().map(Admission::to).filter(silent::contains).toList();
    if (!refused.isEmpty()) {
      refused(id, standby, refused, refusal, line);
    } else if (!unknown.isEmpty()) {
      rows.warning(id, standby.id(), "not known of " + inWords(unknown), LIMIT, ANSWER);
    } else {
      rows.good(id, standby.id(), "admitted by " + tried.size(), LIMIT);
    }
  }

  /** A standby that can't be rewound is made again by a base backup, which streams. */
  private void refused(
      String id,
      Instance standby,
      List<Admission> refused,
      Function<Admission, String> refusal,
      String line) {
    String seen =
        String.join(
            "; ", refused.stream().map(one -> one.to() + ": " + refusal.apply(one)).toList());
    String remedy =
        String.format(
            "add `%s` to pg_hba.conf of %s and reload (`mooring replicate setup` adds it), and"
                + " check listen_addresses, the password and the network between them",
            line, inWords(refused.stream().map(Admission::to).toList()));
    if (id.equals(STREAM)) {
      rows.wrong(id, standby.id(), seen, LIMIT, remedy);
    } else {
      rows.warning(id, standby.id(), seen, LIMIT, remedy);
    }
  }

  private static String inWords(List<InstanceId> members) {
    return String.join(", ", members.stream().map(InstanceId::value).toList());
  }
}
