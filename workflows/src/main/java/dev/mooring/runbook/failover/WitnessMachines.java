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
 * The machines from which witnesses would observe a primary. With fewer than two machines beside
 * its own, a dead host can't be distinguished from a cut network; with fewer than two outside its
 * site, a lost site can't.
 */
public record WitnessMachines(Cluster cluster, List<At> all) {
  /** The requirement for each primary. */
  public static final String WANTED =
      WitnessCheck.AT_LEAST + " machines beside its own, and as many beside its site";

  /** What happens if it is not met, and how to fix it. */
  public static final String REMEDY =
      "else its silence stays UNKNOWN, and only `--override primary-gone` promotes a standby: run"
          + " the worker of another site on a machine of its own, or add a member on another host";

  public WitnessMachines {
    all = List.copyOf(all);
  }

  /**
   * A witness.
   *
   * @param witness its name in messages
   * @param isWorker whether it is the worker of that site
   * @param machine the machine as it identifies itself
   */
  public record At(String witness, boolean isWorker, SiteName site, String machine) {
    /** The worker of a site. */
    public static At workerOf(SiteName site, String machine) {
      return new At("the worker of " + site, true, site, machine);
    }

    /** The host of a member. */
    public static At on(HostName host, SiteName site, String machine) {
      return new At(nameOf(host), false, site, machine);
    }

    private static String nameOf(HostName host) {
      return "host " + host;
    }

    private String place() {
      return machine.isEmpty() ? witness : machine;
    }
  }

  /** Whether the workers that answer are on more than one machine; true if fewer than two. */
  public boolean workersAreApart() {
    List<String> workers = all.stream().filter(At::isWorker).map(At::place).toList();
    return workers.size() < 2 || workers.stream().distinct().count() > 1;
  }

  /** Whether there are enough machines. */
  public boolean areEnoughFor(Instance primary) {
    boolean anotherSite =
        cluster.members().stream().anyMatch(one -> !one.site().equals(primary.site()));
    return beside(primary, one -> true).size() >= WitnessCheck.AT_LEAST
        && (!anotherSite || besideItsSite(primary).size() >= WitnessCheck.AT_LEAST);
  }

  /** The machines in words. */
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

  /** The machines of these witnesses only. */
  WitnessMachines of(List<String> witnesses) {
    return new WitnessMachines(
        cluster, all.stream().filter(one -> witnesses.contains(one.witness())).toList());
  }

  /**
   * The sites of the machines beside the primary's own, sorted by name. A machine that serves
   * several sites counts for none of them.
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
   * Whether silence to all of them is more than a cut between two sites: a machine observed from
   * within the primary's own site, or machines did at two other sites.
   */
  boolean lookedFromItsSiteOrTwoOthers(Instance primary) {
    List<SiteName> sites = sitesBeside(primary);
    return sites.contains(primary.site()) || sites.size() > 1;
  }

  private List<At> besideItsSite(Instance primary) {
    return beside(primary, one -> !one.site().equals(primary.site()));
  }

  /** One witness for each machine other than the primary's own. */
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

  /** The requirement as a row of a plan. */
  CheckRow row(Instance primary) {
    return CheckRow.wanted(
        areEnoughFor(primary), "witnesses", primary.id(), inWords(primary), WANTED, REMEDY);
  }
}
