package dev.mooring.starter.status;

import dev.mooring.evidence.Document;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.runbook.consume.MooredCheck;
import dev.mooring.starter.console.Span;
import dev.mooring.starter.look.EvidenceFacts;
import dev.mooring.starter.look.EvidenceFacts.SiteEvidence;
import dev.mooring.starter.look.InstanceFacts;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.time.Duration;
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
  String verdict(EvidenceFacts evidence) {
    Optional<SiteEvidence> known = evidence.of(site.name());
    Optional<Document<SiteState>> state = known.flatMap(SiteEvidence::state);
    if (state.isEmpty()) {
      findings.add(Finding.critical(name() + " was never moored", "`" + consume() + "`"));
      return name() + " was never moored" + underWay();
    }
    return state
        .get()
        .match(
            intact -> moored(evidence, known.orElseThrow(), intact.content()),
            refused -> {
              findings.add(
                  Finding.critical(
                      "the state of " + name() + " is not to be believed: " + refused.reason(),
                      "`mooring verify " + facts.cluster().name() + "`"));
              return "where " + name() + " stands can't be said: its state is not to be believed";
            });
  }

  private String moored(EvidenceFacts evidence, SiteEvidence known, SiteState state) {
    List<String> drift = moving ? List.of() : drift(state);
    drift.forEach(d -> findings.add(Finding.critical(d, "`" + consume() + "`")));
    String age =
        known
            .pointMadeAt()
            .map(made -> ", " + Span.of(Duration.between(made, facts.now())) + " old")
            .orElse("");
    long behind = behind(evidence, state.restorePoint());
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

  /** How many READY points are newer than that one. */
  private static long behind(EvidenceFacts evidence, RestorePointName at) {
    return evidence.manifests().stream()
        .filter(m -> m.stage() == Stage.PUBLISHED)
        .takeWhile(m -> !m.name().equals(at))
        .count();
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
  static Optional<ParkedInstance> proved(EvidenceFacts evidence, InstanceFacts instance) {
    return evidence
        .of(instance.instance().site())
        .flatMap(SiteEvidence::state)
        .flatMap(document -> document.match(i -> Optional.of(i.content()), r -> Optional.empty()))
        .flatMap(
            state ->
                state.instances().stream()
                    .filter(p -> p.instance().equals(instance.instance().id()))
                    .findFirst());
  }
}
