package dev.mooring.runbook.status;

import dev.mooring.port.DatabaseActivities.Catalogue;
import dev.mooring.port.DatabaseActivities.CatalogueObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.publish.CatalogueCheck;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What a Greenplum's catalogue says against the cluster file: a difference refuses every publish
 * and is critical; who acts in another's place, and a mirror that is down or not in sync, are
 * warnings. A coordinator that does not answer at all is told as an instance, not here.
 */
final class CatalogueJudge {
  /** A host that is gone takes many mirrors along; the check has a row for each. */
  private static final int TOLD = 4;

  private final StatusFacts facts;
  private final SiteName publisher;

  private CatalogueJudge(StatusFacts facts) {
    this.facts = facts;
    this.publisher = facts.cluster().policies().publish().site();
  }

  static List<Finding> findings(StatusFacts facts) {
    return facts.catalogue().map(seen -> new CatalogueJudge(facts).judge(seen)).orElse(List.of());
  }

  private List<Finding> judge(CatalogueObserved seen) {
    if (seen.observed().isEmpty()) {
      return unread(seen);
    }
    if (seen.observed().size() == 1) {
      Catalogue catalogue = seen.observed().get(0);
      List<String> differences =
          CatalogueCheck.unsupported(catalogue).isPresent()
              ? List.of()
              : CatalogueCheck.differences(facts.cluster(), publisher, catalogue);
      if (!differences.isEmpty()) {
        return told(
            differences,
            one ->
                Finding.critical(
                    "gp_segment_configuration differs from the cluster file: " + one,
                    FailureCode.TOPOLOGY_DIFFERS.hint()));
      }
    }
    return CatalogueCheck.judge(facts.cluster(), publisher, seen)
        .match(
            fits ->
                told(
                    fits.conclusion().notices(),
                    one -> Finding.warning(one, CatalogueCheck.STANDING_BY_REMEDY)),
            notYet -> List.of(Finding.warning(notYet.awaiting(), "")),
            never -> List.of(Finding.critical(never.reason(), never.code().hint())));
  }

  private List<Finding> told(List<String> sentences, Function<String, Finding> finding) {
    List<Finding> findings = new ArrayList<>();
    sentences.stream().limit(TOLD).map(finding).forEach(findings::add);
    if (sentences.size() > TOLD) {
      findings.add(
          finding.apply(
              String.format(
                  "%d more, each of which %s names",
                  sentences.size() - TOLD, Commands.check(facts.cluster().name()))));
    }
    return findings;
  }

  /** One that answers in utility mode and not as users reach it is nobody else's finding. */
  private List<Finding> unread(CatalogueObserved seen) {
    List<Finding> findings = new ArrayList<>();
    for (InstanceFacts one : facts.instances()) {
      if (one.instance().content().equals(ContentId.COORDINATOR)
          && one.instance().site().equals(publisher)
          && one.isWritable()) {
        seen.failures().stream()
            .filter(failure -> failure.instance().equals(one.instance().id()))
            .filter(failure -> failure.code() != FailureCode.NO_WORKER)
            .findFirst()
            .map(CatalogueJudge::unread)
            .ifPresent(findings::add);
      }
    }
    return findings;
  }

  private static Finding unread(InstanceFailure failure) {
    return Finding.warning(
        String.format(
            "%s answers in utility mode, and takes no connection such as users have: %s; its"
                + " catalogue was not read",
            failure.instance(), failure.message()),
        failure.code().hint());
  }
}
