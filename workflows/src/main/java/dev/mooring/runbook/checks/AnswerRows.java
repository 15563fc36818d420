package dev.mooring.runbook.checks;

import dev.mooring.runbook.Observed;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;

/** Rows for whether workers, hosts, instances and servers answer. */
public final class AnswerRows {
  private static final String SERVER = "answers";

  private AnswerRows() {}

  /** A site whose task queue no worker serves. */
  public static CheckRow worker(SiteName site, Observed.Unseen<?> unseen) {
    return CheckRow.wrong(
        "worker",
        site,
        unseen.why(),
        "serves its task queue",
        "`systemctl start mooring-worker@" + site + "` where that site's worker belongs");
  }

  /** Whether a host answers. */
  public static CheckRow host(Host host, Observed<?> seen) {
    String limit =
        host.access().kind() == HostAccess.Kind.SSH
            ? "answers over SSH with the key it is known by"
            : "runs scripts";
    return seen.match(
        there -> CheckRow.good("host-answers", host.name(), "answers", limit),
        unseen -> CheckRow.unseen("host-answers", host.name(), unseen, limit));
  }

  /** An instance whose host answers, but whose control file can't be read. */
  public static CheckRow controlFile(InstanceId instance, Observed.Unseen<?> unseen) {
    return CheckRow.unseen("control-file", instance, unseen, "readable by pg_controldata");
  }

  /** A server that does not answer over SQL. */
  public static CheckRow server(Cluster cluster, InstanceId instance, Observed.Unseen<?> unseen) {
    return CheckRow.unseen(SERVER, instance, unseen, answers(cluster));
  }

  /** A server that answers over SQL. */
  public static CheckRow server(Cluster cluster, InstanceId instance) {
    return CheckRow.good(SERVER, instance, "answers", answers(cluster));
  }

  /** The limit of that row. */
  public static String answers(Cluster cluster) {
    return "answers " + cluster.policies().database().user();
  }
}
