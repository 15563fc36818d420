package dev.mooring.runbook.failover;

import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * On which machines those are who would tell what became of a primary. With fewer than two beside
 * its own a dead host is never told from a cut network; with fewer than two beside its site a lost
 * site is not.
 */
public record WitnessMachines(Cluster cluster, List<At> all) {
  /** What is wanted of each primary. */
  public static final String WANTED =
      WitnessCheck.AT_LEAST + " machines beside its own, and as many beside its site";

  /** What is missing where it is not so, and what fixes it. */
  public static final String REMEDY =
      "else its silence stays UNKNOWN, and only `--override primary-gone` promotes a standby: run"
          + " the worker of another site on a machine of its own, or add a member on another host";

  public WitnessMachines {
    all = List.copyOf(all);
  }

  /**
   * A witness.
   *
   * @param witness as people call it
   * @param machine as it names that itself
   */
  public record At(String witness, SiteName site, String machine) {
    private static final String WORKER = "the worker of ";

    /** The worker of a site. */
    public static At workerOf(SiteName site, String machine) {
      return new At(WORKER + site, site, machine);
    }

    /** A host of a member. */
    public static At on(HostName host, SiteName site, String machine) {
      return new At(nameOf(host), site, machine);
    }

    private static String nameOf(HostName host) {
      return "host " + host;
    }

    private String place() {
      return machine.isEmpty() ? witness : machine;
    }
  }

  /** Whether workers that answer are not all on one machine; so where a single one does. */
  public boolean workersAreApart() {
    List<String> workers =
        all.stream().filter(one -> one.witness().startsWith(At.WORKER)).map(At::place).toList();
    return workers.size() < 2 || workers.stream().distinct().count() > 1;
  }

  /** Whether enough would tell. */
  public boolean areEnoughFor(Instance primary) {
    boolean anotherSite =
        cluster.members().stream().anyMatch(one -> !one.site().equals(primary.site()));
    return beside(primary, one -> true).size() >= WitnessCheck.AT_LEAST
        && (!anotherSite || besideItsSite(primary).size() >= WitnessCheck.AT_LEAST);
  }

  /** Who would tell. */
  public String inWords(Instance primary) {
    List<At> beside = beside(primary, one -> true);
    return String.format(
        "%d %s%s; %d beside site %s",
        beside.size(),
        beside.size() == 1 ? "machine" : "machines",
        beside.isEmpty()
            ? ""
            : beside.stream().map(At::witness).collect(Collectors.joining(", ", ": ", "")),
        besideItsSite(primary).size(),
        primary.site());
  }

  /** The same of these witnesses alone. */
  WitnessMachines of(List<String> witnesses) {
    return new WitnessMachines(
        cluster, all.stream().filter(one -> witnesses.contains(one.witness())).toList());
  }

  /**
   * The sites that machines beside the primary's own are at, in order; one that serves several
   * sites is known to be at none of them.
   */
  List<SiteName> sitesBeside(Instance primary) {
    return beside(primary, one -> sitesOf(one.place()).size() == 1).stream()
        .map(At::site)
        .distinct()
        .sorted(Comparator.comparing(SiteName::value))
        .toList();
  }

  private List<SiteName> sitesOf(String place) {
    return all.stream().filter(one -> one.place().equals(place)).map(At::site).distinct().toList();
  }

  /**
   * Whether silence to all of them is more than a cut between two sites: one looked within the
   * primary's own site, or some did at two others.
   */
  boolean lookedFromItsSiteOrTwoOthers(Instance primary) {
    List<SiteName> sites = sitesBeside(primary);
    return sites.contains(primary.site()) || sites.size() > 1;
  }

  private List<At> besideItsSite(Instance primary) {
    return beside(primary, one -> !one.site().equals(primary.site()));
  }

  /** One of each machine that is not the primary's own. */
  private List<At> beside(Instance primary, Predicate<At> of) {
    String itself = At.nameOf(primary.host());
    Optional<String> own =
        all.stream().filter(one -> one.witness().equals(itself)).map(At::place).findFirst();
    List<At> found = new ArrayList<>();
    for (At one : all) {
      boolean another =
          own.filter(one.place()::equals).isEmpty()
              && found.stream().noneMatch(other -> other.place().equals(one.place()));
      if (another && of.test(one)) {
        found.add(one);
      }
    }
    return found;
  }

  /** The same as a row of a plan. */
  CheckRow row(Instance primary) {
    return CheckRow.wanted(
        areEnoughFor(primary), "witnesses", primary.id(), inWords(primary), WANTED, REMEDY);
  }
}
