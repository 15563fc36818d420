package dev.mooring.runbook;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ClusterActivities;
import dev.mooring.port.ClusterActivities.ClusterFileObserved;
import dev.mooring.port.ClusterActivities.ObserveClusterFile;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the workers of all sites use the same cluster file. They are asked as soon as the file is
 * read, and their answers are awaited before any decision: two files are two clusters, and the run
 * is refused. A site whose worker does not answer does not block the run, because it may be the
 * site that is lost; the result says that its file was not compared.
 */
final class SitesAgreement {
  private final Cluster cluster;
  private final List<Asked> asked = new ArrayList<>();

  /** Asks all sites; does not wait. */
  SitesAgreement(Cluster cluster) {
    this.cluster = cluster;
    for (Site site : cluster.sites()) {
      ClusterActivities files =
          Workflow.newActivityStub(
              ClusterActivities.class,
              ActivityPolicies.GLANCE.options(
                  ActivityPolicies.queueOf(site.name()), "cluster file of " + site.name()));
      ObserveClusterFile request = new ObserveClusterFile(cluster.name(), site.name());
      asked.add(new Asked(site.name(), Async.function(files::observeClusterFile, request)));
    }
  }

  /**
   * Waits for the answers.
   *
   * @return one sentence for each site whose file could not be compared
   * @throws RunbookStop REFUSED if a site uses another file, or can't read its own
   */
  List<String> refuseUnless() {
    List<String> uncompared = new ArrayList<>();
    for (Asked one : asked) {
      try {
        ClusterFileObserved there = one.answer().get();
        if (!there.digest().equals(cluster.digest())) {
          throw differs(
              String.format(
                  "the cluster file at %s has digest %s, the file that this run uses has %s",
                  one.site(), there.digest(), cluster.digest()));
        }
      } catch (TemporalFailure e) {
        Explained why = Explained.unlessStopped(e);
        if (why.code() == FailureCode.CLUSTER_FILE) {
          throw differs(
              "the worker of " + one.site() + " can't use its own file: " + why.sentence());
        }
        uncompared.add(
            "the cluster file of " + one.site() + " was not compared: " + why.sentence());
      }
    }
    return uncompared;
  }

  private static RunbookStop differs(String sentence) {
    return RunbookStop.refused(FailureCode.CLUSTER_FILE_DIFFERS, sentence);
  }

  private record Asked(SiteName site, Promise<ClusterFileObserved> answer) {}
}
