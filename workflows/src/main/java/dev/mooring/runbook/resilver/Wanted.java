package dev.mooring.runbook.resilver;

import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.util.List;

/**
 * Which instances are to be good standbys again.
 *
 * @param named these; empty for every member that does not stream
 * @param sites of those the ones there; empty for all
 * @param overrides rules about the source that are broken by their names
 * @param systemIdentifierEnds digits the system identifier must end with, or empty
 */
public record Wanted(
    List<InstanceId> named,
    List<SiteName> sites,
    List<String> overrides,
    String systemIdentifierEnds) {
  public Wanted {
    named = List.copyOf(named);
    sites = List.copyOf(sites);
    overrides = List.copyOf(overrides);
  }

  /** These; with none every member that does not stream. */
  public static Wanted named(List<InstanceId> named) {
    return new Wanted(named, List.of(), List.of(), "");
  }

  /** Every member at that site that does not stream. */
  public static Wanted at(SiteName site) {
    return new Wanted(List.of(), List.of(site), List.of(), "");
  }

  /** The same, with these rules broken. */
  public Wanted overriding(List<String> rules) {
    return new Wanted(named, sites, rules, systemIdentifierEnds);
  }

  /** The same, of a system whose identifier ends with these digits; empty for any system. */
  public Wanted ofSystem(String ends) {
    return new Wanted(named, sites, overrides, ends);
  }

  /** Those of them that are at a wanted site. */
  List<Instance> among(List<Instance> instances) {
    return instances.stream().filter(i -> sites.isEmpty() || sites.contains(i.site())).toList();
  }
}
