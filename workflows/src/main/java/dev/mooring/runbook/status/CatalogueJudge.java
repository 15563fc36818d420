package dev.mooring.runbook.status;

import dev.mooring.port.DatabaseActivities.CatalogueObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CatalogueRows;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares a Greenplum's catalogue with the cluster file. A difference is critical: it refuses
 * every publish. Changed roles, and a mirror that is down or not in sync, are warnings. A
 * coordinator that does not answer at all is reported as an instance, not here.
 */
final class CatalogueJudge {
  /** A lost host affects many mirrors; the check has a row for each. */
  private static final int TOLD = 4;

  private final StatusFacts facts;
  private final SiteName publisher;

  private CatalogueJudge(StatusFacts facts) {
    this.facts = facts;
    this.publisher = facts.cluster().policies().publish().site();
  }

  static List<CheckRow> findings(StatusFacts facts) {
    return facts.catalogue().map(seen -> new CatalogueJudge(facts).judge(seen)).orElse(List.of());
  }

  private List<CheckRow> judge(CatalogueObserved seen) {
    if (seen.observed().isEmpty()) {
      return unread(seen);
    }
    CheckRows rows = new CheckRows(List.of());
    new CatalogueRows(facts.cluster(), publisher, rows).judge(new Observed.Seen<>(seen));
    List<CheckRow> reported =
        rows.all().stream()
            .filter(row -> CatalogueRows.IDS.contains(row.id()))
            .filter(row -> row.verdict() != Judged.GOOD)
            .toList();
    if (reported.size() <= TOLD) {
      return reported;
    }
    CheckRow next = reported.get(TOLD);
    List<CheckRow> first = new ArrayList<>(reported.subList(0, TOLD));
    String more =
        String.format(
            "%d more, each of which %s names",
            reported.size() - TOLD, Commands.check(facts.cluster().name()));
    first.add(
        new CheckRow(
            next.id(), next.subject(), more, next.limit(), next.verdict(), "", next.remedy()));
    return first;
  }

  /** A coordinator that answers only in utility mode is in no other finding. */
  private List<CheckRow> unread(CatalogueObserved seen) {
    List<CheckRow> findings = new ArrayList<>();
    for (InstanceFacts one : facts.instances()) {
      if (one.instance().content().equals(ContentId.COORDINATOR)
          && one.instance().site().equals(publisher)
          && one.isWritable()) {
        seen.failures().stream()
            .filter(failure -> failure.instance().equals(one.instance().id()))
            .filter(failure -> failure.code() != FailureCode.NO_WORKER)
            .findFirst()
            .map(this::unread)
            .ifPresent(findings::add);
      }
    }
    return findings;
  }

  private CheckRow unread(InstanceFailure failure) {
    return CheckRow.warning(
        CatalogueRows.COORDINATOR,
        publisher,
        String.format(
            "%s answers in utility mode, and takes no connection such as users have: %s; its"
                + " catalogue was not read",
            failure.instance(), failure.message()),
        CatalogueRows.limit(),
        failure.code().hint());
  }
}
