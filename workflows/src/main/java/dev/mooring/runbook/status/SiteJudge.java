package dev.mooring.runbook.status;

import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.PointSeen;
import dev.mooring.port.EvidenceActivities.SiteSeen;
import dev.mooring.port.EvidenceActivities.StateSeen;
import dev.mooring.port.RunActivities.ScheduleStanding;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.topology.PublishPolicy;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges one consuming site. */
final class SiteJudge {
  /** An onPublish site may work on one point while the next is created. */
  private static final int POINTS_BEHIND_BEFORE_WARNING = 2;

  private static final String STATE = "site-state";
  private static final String LAG = "points-behind";
  private static final String SEALED = "sealed by a trusted key";

  private final StatusFacts facts;
  private final Site site;
  private final boolean moving;
  private final List<CheckRow> findings = new ArrayList<>();

  /**
   * @param moving whether a DrConsume of this site is in progress
   */
  SiteJudge(StatusFacts facts, Site site, boolean moving) {
    this.facts = facts;
    this.site = site;
    this.moving = moving;
  }

  List<CheckRow> findings() {
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
          CheckRow.wrong(
              STATE,
              name(),
              "not to be believed: " + refused.reason(),
              SEALED,
              Commands.verify(facts.cluster().name())));
      return "where " + name() + " stands can't be said: its state is not to be believed";
    }
    findings.add(CheckRow.wrong(STATE, name(), "never moored", "moored once", consume()));
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
    long behind = known.behind();
    SiteDrift drift = SiteDrift.of(facts, state, behind == 0, moving);
    findings.addAll(drift.findings());
    if (known.point() instanceof PointSeen.Refused refused) {
      findings.add(
          CheckRow.wrong(
              "moored-point",
              name(),
              String.format(
                  "the manifest of %s is not to be believed: %s",
                  state.restorePoint(), refused.reason()),
              SEALED,
              Commands.verify(facts.cluster().name())));
    }
    if (behind > 0 && !moving) {
      lag(known).ifPresent(findings::add);
    }
    return name()
        + (behind == 0 && drift.isNone() ? " is moored at " : " is at ")
        + state.restorePoint()
        + (known.point() instanceof PointSeen.Made made ? ", " + age(made.at()) + " old" : "")
        + (behind == 0 ? "" : ", " + behindInWords(behind))
        + ", "
        + drift.inWords(facts.cluster().instancesAt(site.name()).size())
        + underWay();
  }

  private String age(Instant at) {
    return DurationText.of(Duration.between(at, facts.now()));
  }

  /** An onPublish site is judged by points, a scheduled site by the interval of its schedule. */
  private Optional<CheckRow> lag(StateSeen.Known known) {
    String behind = behindInWords(known.behind());
    if (site.consume() == Site.ConsumeTrigger.ON_PUBLISH) {
      return known.behind() < POINTS_BEHIND_BEFORE_WARNING
          ? Optional.empty()
          : Optional.of(CheckRow.warning(LAG, name(), behind, "one point at most", consume()));
    }
    Instant since =
        known.point() instanceof PointSeen.Made made ? made.at() : known.state().provedAt();
    String at = behind + ", at one made " + age(since) + " ago";
    Optional<Duration> every = interval();
    if (every.isEmpty()) {
      return Optional.of(CheckRow.note(LAG, name(), at, "none", consume()));
    }
    Duration age = Duration.between(since, facts.now());
    String wanted = "moored anew every " + DurationText.of(every.get());
    if (age.compareTo(every.get().multipliedBy(PublishJudge.FAR_TOO_LATE)) > 0) {
      return Optional.of(CheckRow.wrong(LAG, name(), at, wanted, consume()));
    }
    return age.compareTo(every.get().multipliedBy(PublishPolicy.LATE)) > 0
        ? Optional.of(CheckRow.warning(LAG, name(), at, wanted, consume()))
        : Optional.empty();
  }

  /** The interval of the schedule that moors the site; a calendar schedule has none. */
  private Optional<Duration> interval() {
    String id = RunIds.consume(facts.cluster().name(), name());
    return facts
        .service()
        .seen()
        .flatMap(service -> ServiceJudge.schedule(service, id))
        .map(ScheduleStanding::every)
        .filter(every -> every.compareTo(Duration.ZERO) > 0);
  }

  private static String behindInWords(long behind) {
    return behind + (behind == 1 ? " point" : " points") + " behind";
  }

  private String underWay() {
    return moving ? "; it is being moved now" : "";
  }

  private SiteName name() {
    return site.name();
  }

  private String consume() {
    return Commands.consume(facts.cluster().name(), site.name());
  }

  /** The last proof of an instance of this site. */
  static Optional<ParkedInstance> proved(EvidenceObserved evidence, InstanceFacts instance) {
    return stateOf(evidence, instance.instance().site()) instanceof StateSeen.Known known
        ? known.state().instances().stream()
            .filter(p -> p.instance().equals(instance.instance().id()))
            .findFirst()
        : Optional.empty();
  }
}
