package dev.mooring.runbook.publish;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Explained;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.failure.TemporalFailure;
import java.util.ArrayList;
import java.util.List;

/** The sites that consume on publish; an activity at each starts or signals its DrConsume. */
final class Consumers {
  private final List<SiteName> sites;
  private final PublishCalls ports;

  Consumers(Cluster cluster, PublishCalls ports) {
    this.sites =
        cluster.sites().stream()
            .filter(s -> s.consume() == Site.ConsumeTrigger.ON_PUBLISH)
            .map(Site::name)
            .toList();
    this.ports = ports;
  }

  boolean none() {
    return sites.isEmpty();
  }

  /** Starts or signals DrConsume at each site; one that can't be reached delays no other. */
  Reported report() {
    List<String> reported = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (SiteName site : sites) {
      try {
        reported.add(ports.startConsumer(site).inWords());
      } catch (TemporalFailure e) {
        failed.add(unstarted(site, Explained.of(e)));
      }
    }
    return new Reported(reported, failed);
  }

  private static String unstarted(SiteName site, Explained why) {
    return why.code() == FailureCode.CANCELLED
        ? "DrConsume at " + site + " may not have been started: the run was stopped"
        : "DrConsume at " + site + " could not be started: " + why.sentence();
  }

  /** The result at each site, one sentence each. */
  record Reported(List<String> reported, List<String> failed) {
    Reported {
      reported = List.copyOf(reported);
      failed = List.copyOf(failed);
    }

    String inWords() {
      List<String> all = new ArrayList<>(reported);
      all.addAll(failed);
      return String.join("; ", all);
    }
  }
}
