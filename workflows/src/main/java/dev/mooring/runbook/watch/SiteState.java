package dev.mooring.runbook.watch;

import dev.mooring.port.Sign;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.util.List;
import java.util.Optional;

/**
 * What is known of the members of one site.
 *
 * @param seen whether its worker looks
 * @param why it does not, or empty
 * @param signs those that are steady; none where nobody looks
 */
public record SiteState(SiteName site, Seen seen, String why, List<Sign> signs) {
  public SiteState {
    signs = List.copyOf(signs);
  }

  /** Whether a worker of a site looks. */
  public enum Seen {
    /** The first looks are under way. */
    NOT_YET,
    /** It does. */
    WATCHED,
    /** None does: nothing is known of the members there. */
    LOST
  }

  static SiteState notYet(SiteName site) {
    return new SiteState(site, Seen.NOT_YET, "", List.of());
  }

  static SiteState watched(SiteName site, List<Sign> signs) {
    return new SiteState(site, Seen.WATCHED, "", signs);
  }

  static SiteState lost(SiteName site, String why) {
    return new SiteState(site, Seen.LOST, why, List.of());
  }

  /** The one value of that kind of a member, if it is known. */
  Optional<String> value(Sign.Kind kind, InstanceId member) {
    return signs.stream()
        .filter(sign -> sign.kind() == kind && sign.subject().equals(member))
        .map(Sign::words)
        .findFirst();
  }
}
