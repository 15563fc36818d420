package dev.mooring.runbook.status;

import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.SiteSeen;
import dev.mooring.port.EvidenceActivities.StateSeen;
import dev.mooring.runbook.Span;
import dev.mooring.runbook.consume.MooredCheck;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where one consuming site stands. */
final class SiteJudge {
  /** An onPublish site may be at work on one point while the next is made. */
  private static final int POINTS_BEHIND_BEFORE_WARNING = 2;

  private final StatusFacts facts;
  private final Site site;
  private final boolean moving;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param moving whether a DrConsume of this site is under way
   */
  SiteJudge(StatusFacts facts, Site site, boolean moving) {
    this.facts = facts;
    this.site = site;
    this.moving = moving;
  }

  List<Finding> findings() {
    return findings;
  }

  /** The verdict, one sentence. */
  String verdict(EvidenceObserved evidence) {
    StateSeen state = stateOf(evidence, name());
    if (state instanceof StateSeen.Known known) {
      return moored(known);
    }
    if (state instanceof StateSeen.Refused refused) {
      findings.add(
          Finding.critical(
              "the state of " + name() + " is not to be believed: " + refused.reason(),
              "`mooring verify " + facts.cluster().name() + "`"));
      return "where " + name() + " stands can't be said: its state is not to be believed";
    }
    findings.add(Finding.critical(name() + " was never moored", "`" + consume() + "`"));
    return name() + " was never moored" + underWay();
  }

  private static StateSeen stateOf(EvidenceObserved evidence, SiteName site) {
    return evidence.sites().stream()
        .filter(seen -> seen.site().equals(site))
        .map(SiteSeen::state)
        .findFirst()
        .orElseGet(() -> new StateSeen.Refused("it was not among what was read"));
  }

  private String moored(StateSeen.Known known) {
    SiteState state = known.state();
    List<String> drift = moving ? List.of() : drift(state);
    drift.forEach(d -> findings.add(Finding.critical(d, "`" + consume() + "`")));
    String age =
        known.pointMadeAt().isEmpty()
            ? ""
            : ", "
                + Span.of(Duration.between(Instant.parse(known.pointMadeAt()), facts.now()))
                + " old";
    long behind = known.behind();
    int instances = facts.cluster().instancesAt(site.name()).size();
    int proved = state.instances().size() - drift.size();
    String stands =
        behind == 0 && drift.isEmpty()
            ? " is moored at " + state.restorePoint() + age
            : " is at "
                + state.restorePoint()
                + age
                + (behind == 0 ? "" : "," + behindInWords(behind));
    if (site.consume() == Site.ConsumeTrigger.ON_PUBLISH
        && behind >= POINTS_BEHIND_BEFORE_WARNING
        && !moving) {
      findings.add(Finding.warning(name() + " is" + behindInWords(behind), "`" + consume() + "`"));
    }
    return name()
        + stands
        + ", "
        + Math.max(0, proved)
        + " of "
        + instances
        + " proved"
        + (drift.isEmpty() ? "" : ", " + drift.size() + " changed since")
        + underWay();
  }

  private static String behindInWords(long behind) {
    return behind == 0 ? "" : " " + behind + (behind == 1 ? " point" : " points") + " behind";
  }

  private List<String> drift(SiteState state) {
    List<String> drift = new ArrayList<>();
    for (InstanceFacts one : facts.instances()) {
      if (one.instance().site().equals(site.name())) {
        one.host()
            .seen()
            .map(observed -> MooredCheck.drift(state, one.instance(), observed))
            .filter(d -> !d.isEmpty())
            .ifPresent(d -> drift.add(String.join("; ", d)));
      }
    }
    return drift;
  }

  private String underWay() {
    return moving ? "; it is being moved now" : "";
  }

  private SiteName name() {
    return site.name();
  }

  private String consume() {
    return "mooring consume " + facts.cluster().name() + " --site " + site.name();
  }

  /** What was last proved of an instance of this site. */
  static Optional<ParkedInstance> proved(EvidenceObserved evidence, InstanceFacts instance) {
    return stateOf(evidence, instance.instance().site()) instanceof StateSeen.Known known
        ? known.state().instances().stream()
            .filter(p -> p.instance().equals(instance.instance().id()))
            .findFirst()
        : Optional.empty();
  }
}
