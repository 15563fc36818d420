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
 * is refused, unless they differ only in notices or in the thresholds of a watch. A site whose
 * worker does not answer does not block the run, because it may be the site that is lost; the
 * result says that its file was not compared.
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
   * @return one sentence for each site whose file could not be compared, or differs in what no run
   *     needs
   * @throws RunbookStop REFUSED if a site uses another file, or can't read its own
   */
  List<String> refuseUnless() {
    List<ClusterFileObserved> read = new ArrayList<>();
    List<String> uncompared = new ArrayList<>();
    for (Asked one : asked) {
      try {
        read.add(one.answer().get());
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
    read.stream()
        .filter(there -> !there.digest().equals(cluster.digest()))
        .map(there -> unlessUsed(there, read))
        .forEach(uncompared::add);
    return uncompared;
  }

  /** Only a site with the run's own file shows in which sections another differs from it. */
  private String unlessUsed(ClusterFileObserved there, List<ClusterFileObserved> read) {
    List<String> sections = there.differingFrom(cluster.digest(), read);
    if (!sections.isEmpty() && sections.stream().allMatch(SitesAgreement::isUnneeded)) {
      return String.format(
          "the cluster file at %s differs in %s, which this run does not need there",
          there.site(), String.join(", ", sections));
    }
    throw differs(
        String.format(
            "the cluster file at %s has digest %s, the file that this run uses has %s%s",
            there.site(),
            there.digest(),
            cluster.digest(),
            sections.isEmpty() ? "" : "; they differ in " + String.join(", ", sections)));
  }

  /** Of the sections of {@link Cluster#needed} none. */
  private static boolean isUnneeded(String section) {
    return section.equals("notices") || section.equals("watch thresholds");
  }

  private static RunbookStop differs(String sentence) {
    return RunbookStop.refused(FailureCode.CLUSTER_FILE_DIFFERS, sentence);
  }

  private record Asked(SiteName site, Promise<ClusterFileObserved> answer) {}
}
