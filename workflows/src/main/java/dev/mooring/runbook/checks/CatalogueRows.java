package dev.mooring.runbook.checks;

import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.Catalogue;
import dev.mooring.port.DatabaseActivities.CatalogueObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.publish.CatalogueCheck;
import dev.mooring.runbook.publish.CatalogueCheck.Fitting;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.util.List;

/** The rows of what a Greenplum coordinator reports over an ordinary connection. */
public final class CatalogueRows {
  public static final String COORDINATOR = "coordinator";
  private static final String CATALOGUE = "catalogue";

  /** The ids of rows that may show a difference. */
  public static final List<String> IDS = List.of(COORDINATOR, CATALOGUE);

  private final Cluster cluster;
  private final SiteName site;
  private final CheckRows rows;

  public CatalogueRows(Cluster cluster, SiteName site, CheckRows rows) {
    this.cluster = cluster;
    this.site = site;
    this.rows = rows;
  }

  /**
   * Returns the active instances and the standbys: by the catalogue, or by the cluster file if the
   * two differ or the catalogue was not read.
   */
  public Fitting judge(Observed<CatalogueObserved> observed) {
    List<Instance> all = cluster.instancesAt(site);
    Fitting byFile =
        new Fitting(
            all.stream().filter(i -> !i.mirror()).toList(),
            all.stream().filter(Instance::mirror).toList(),
            List.of());
    return observed.match(
        seen -> judge(seen, byFile),
        unseen -> {
          rows.unseen(COORDINATOR, site, unseen, limit());
          return byFile;
        });
  }

  /** The limit of the coordinator's row. */
  public static String limit() {
    return "one takes connections, of a Greenplum 7, a WarehousePG 7 or a Cloudberry";
  }

  private Fitting judge(CatalogueObserved seen, Fitting byFile) {
    Verdict<Fitting> verdict = CatalogueCheck.judge(cluster, site, seen);
    if (seen.observed().size() != 1) {
      rows.judged(COORDINATOR, site, verdict, "", limit());
      return byFile;
    }
    Catalogue catalogue = seen.observed().get(0);
    rows.judged(
        COORDINATOR,
        site,
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
    String id = id(name);
    String limit = name + " of a superuser in database " + cluster.policies().database().database();
    String instead = instead(name);
    if (catalogue.functions().contains(name)) {
      rows.good(id, catalogue.coordinator(), "there", limit);
    } else if (!instead.isEmpty()) {
      rows.good(id, catalogue.coordinator(), "not there; " + instead, "there, or done without");
    } else {
      rows.wrong(
          id, catalogue.coordinator(), "not there", limit, DatabaseActivities.GREENPLUM_BUILT_IN);
    }
  }

  /** Its name without its arguments. */
  private static String id(String name) {
    return name.replaceFirst("\\(.*", "").replace('_', '-');
  }

  private void catalogued(Catalogue catalogue, Verdict<Fitting> verdict) {
    String limit = "gp_segment_configuration as the cluster file";
    List<String> differences = CatalogueCheck.differences(cluster, site, catalogue);
    differences.forEach(
        difference ->
            rows.wrong(CATALOGUE, site, difference, limit, FailureCode.TOPOLOGY_DIFFERS.hint()));
    if (differences.isEmpty()) {
      rows.judged(CATALOGUE, site, verdict, catalogue.rows().size() + " rows", limit);
    }
    if (verdict instanceof Verdict.Proceed<Fitting> fits) {
      fits.conclusion()
          .notices()
          .forEach(
              notice ->
                  rows.warning(
                      CATALOGUE,
                      site,
                      notice,
                      "every instance in its role, up and in sync",
                      CatalogueCheck.STANDING_BY_REMEDY));
    }
  }

  /** The replacement for a function that a build lacks; empty if a publish needs the function. */
  private static String instead(String name) {
    return name.equals("gp_switch_wal()") ? "pg_switch_wal is called on each instance" : "";
  }
}
