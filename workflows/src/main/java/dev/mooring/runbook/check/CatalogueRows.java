package dev.mooring.runbook.check;

import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.Catalogue;
import dev.mooring.port.DatabaseActivities.CatalogueObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Sight;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.publish.CatalogueCheck;
import dev.mooring.runbook.publish.CatalogueCheck.Fitting;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.util.List;

/** The rows of what a Greenplum's coordinator says over a connection such as users have. */
final class CatalogueRows {
  private static final String CATALOGUE = "gp_segment_configuration";

  private final Cluster cluster;
  private final SiteName site;
  private final Rows rows;

  CatalogueRows(Cluster cluster, SiteName site, Rows rows) {
    this.cluster = cluster;
    this.site = site;
    this.rows = rows;
  }

  /** Answers who acts and who stands by: by the catalogue, by the file where they do not agree. */
  Fitting judge(Sight<CatalogueObserved> sight) {
    List<Instance> all = cluster.instancesAt(site);
    Fitting byFile =
        new Fitting(
            all.stream().filter(i -> !i.mirror()).toList(),
            all.stream().filter(Instance::mirror).toList(),
            List.of());
    return sight.match(
        seen -> judge(seen, byFile),
        unseen -> {
          rows.unseen(site + ": coordinator", unseen, limit());
          return byFile;
        });
  }

  private static String limit() {
    return "one takes connections, of a Greenplum 7, a WarehousePG 7 or a Cloudberry";
  }

  private Fitting judge(CatalogueObserved seen, Fitting byFile) {
    Verdict<Fitting> verdict = CatalogueCheck.judge(cluster, site, seen);
    if (seen.observed().size() != 1) {
      rows.judged(site + ": coordinator", verdict, "", limit());
      return byFile;
    }
    Catalogue catalogue = seen.observed().get(0);
    rows.judged(
        site + ": coordinator",
        CatalogueCheck.unsupported(catalogue).orElse(Verdict.proceed(byFile)),
        catalogue.coordinator()
            + " runs "
            + catalogue.version()
            + ", of PostgreSQL "
            + catalogue.postgresVersion(),
        limit());
    DatabaseActivities.GREENPLUM_FUNCTIONS.forEach(name -> function(name, catalogue));
    if (CatalogueCheck.unsupported(catalogue).isPresent()) {
      return byFile;
    }
    catalogued(catalogue, verdict);
    return verdict instanceof Verdict.Proceed<Fitting> fits ? fits.conclusion() : byFile;
  }

  private void function(String name, Catalogue catalogue) {
    String looked = catalogue.coordinator() + ": " + name;
    String database =
        "found by the search path of database " + cluster.policies().database().database();
    String instead = instead(name);
    if (catalogue.functions().contains(name)) {
      rows.good(looked, "there", database);
    } else if (!instead.isEmpty()) {
      rows.good(looked, "not there; " + instead, "there, or done without");
    } else {
      rows.wrong(looked, "not there", database, DatabaseActivities.GREENPLUM_BUILT_IN);
    }
  }

  private void catalogued(Catalogue catalogue, Verdict<Fitting> verdict) {
    String looked = site + ": " + CATALOGUE;
    String limit = "as in the cluster file";
    List<String> differences = CatalogueCheck.differences(cluster, site, catalogue);
    differences.forEach(
        difference -> rows.wrong(looked, difference, limit, FailureCode.TOPOLOGY_DIFFERS.hint()));
    if (differences.isEmpty()) {
      rows.judged(looked, verdict, catalogue.rows().size() + " rows", limit);
    }
    if (verdict instanceof Verdict.Proceed<Fitting> fits) {
      fits.conclusion()
          .notices()
          .forEach(
              notice ->
                  rows.warning(
                      looked,
                      notice,
                      "every instance in its role, up and in sync",
                      CatalogueCheck.STANDING_BY_REMEDY));
    }
  }

  /** What is done where a build has none of it; a publish can't do without the others. */
  private static String instead(String name) {
    return name.equals("gp_switch_wal()") ? "pg_switch_wal is called on each instance" : "";
  }
}
