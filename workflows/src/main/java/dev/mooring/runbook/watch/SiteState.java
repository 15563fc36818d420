package dev.mooring.runbook.watch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.util.List;
import java.util.Optional;

/**
 * What is known of the members of one site.
 *
 * @param seen whether its worker looks
 * @param why it does not, or empty
 * @param signs those that are steady; none if no worker looks
 * @param unknown the members of one that is watched of which it is not known whether they accept
 *     writes
 */
public record SiteState(
    SiteName site,
    Seen seen,
    String why,
    List<Sign> signs,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<InstanceId> unknown) {
  public SiteState {
    signs = List.copyOf(signs);
    unknown = List.copyOf(unknown);
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
    return new SiteState(site, Seen.NOT_YET, "", List.of(), List.of());
  }

  static SiteState watched(SiteName site, List<Instance> members, List<Sign> signs) {
    SiteState seen = new SiteState(site, Seen.WATCHED, "", signs, List.of());
    return new SiteState(
        site,
        Seen.WATCHED,
        "",
        signs,
        members.stream()
            .map(Instance::id)
            .filter(id -> seen.value(Kind.ROLE, id).isEmpty())
            .toList());
  }

  static SiteState lost(SiteName site, String why) {
    return new SiteState(site, Seen.LOST, why, List.of(), List.of());
  }

  /**
   * The same while no worker looks: another member may be promoted meanwhile, and who was the
   * primary before is no second one. A host may have started again too: its new boot is not known
   * either. Of a DR site, which has no members, nothing is known then.
   */
  SiteState withoutRoles(List<Instance> members) {
    return seen == Seen.WATCHED
        ? watched(
            site,
            members,
            signs.stream()
                .filter(sign -> !members.isEmpty())
                .filter(sign -> sign.kind() != Kind.ROLE && sign.kind() != Kind.NEW_BOOT)
                .toList())
        : this;
  }

  /** Whether it is known of any member whether it accepts writes, or that it does not answer. */
  boolean hasRoles() {
    return signs.stream().anyMatch(sign -> sign.kind() == Kind.ROLE);
  }

  /** The one value of that kind of a member, if it is known. */
  Optional<String> value(Kind kind, InstanceId member) {
    return signs.stream()
        .filter(sign -> sign.kind() == kind && sign.subject().equals(member))
        .map(Sign::words)
        .findFirst();
  }
}
