package dev.mooring.runbook.publish;

import dev.mooring.port.DatabaseActivities.Catalogue;
import dev.mooring.port.DatabaseActivities.CatalogueObserved;
import dev.mooring.port.DatabaseActivities.CatalogueRow;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Whether a Greenplum is the one that the cluster file describes, and which instance is the primary
 * of each content now. Catalogue and file must have the same contents, and for each instance the
 * same dbid, content, preferred role, host, port and data directory. Roles that a failover changed
 * since are followed, and reported.
 */
public final class CatalogueCheck {
  private static final int GREENPLUM_6 = 9;
  private static final int OLDEST_POSTGRES = 12;

  /** The remedy for a notice about active and standby instances. */
  public static final String STANDING_BY_REMEDY =
      "`gpstate -e` there says more; bring it back with gprecoverseg";

  private final Cluster cluster;
  private final SiteName site;
  private final Catalogue catalogue;
  private final List<String> differences = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();

  private CatalogueCheck(Cluster cluster, SiteName site, Catalogue catalogue) {
    this.cluster = cluster;
    this.site = site;
    this.catalogue = catalogue;
  }

  /**
   * A Greenplum that matches its file.
   *
   * @param primaries the primary of each content, by content
   * @param mirrors what acts as a mirror, or as the standby coordinator, and is up
   * @param notices facts for an operator that don't stop the run
   */
  public record Fitting(List<Instance> primaries, List<Instance> mirrors, List<String> notices) {
    public Fitting {
      mirrors = List.copyOf(mirrors);
      primaries = List.copyOf(primaries);
      notices = List.copyOf(notices);
    }
  }

  /** The coordinator and its standby, which may have been activated. */
  public static List<Instance> coordinators(Cluster cluster, SiteName site) {
    return cluster.instancesAt(site).stream()
        .filter(i -> i.content().equals(ContentId.COORDINATOR))
        .toList();
  }

  /** The verdict. */
  public static Verdict<Fitting> judge(Cluster cluster, SiteName site, CatalogueObserved seen) {
    if (seen.observed().isEmpty()) {
      return withoutOne(site, seen.failures());
    }
    if (seen.observed().size() > 1) {
      return Verdict.never(
          FailureCode.TWO_PRIMARIES,
          "two coordinators take connections: "
              + seen.observed().stream().map(Catalogue::coordinator).toList());
    }
    Catalogue catalogue = seen.observed().get(0);
    return unsupported(catalogue)
        .orElseGet(() -> new CatalogueCheck(cluster, site, catalogue).judged());
  }

  /**
   * A server that refuses Mooring's account runs, and may be the coordinator. A standby coordinator
   * accepts no connection, so not all of them have to refuse.
   */
  private static Verdict<Fitting> withoutOne(SiteName site, List<InstanceFailure> silent) {
    List<InstanceFailure> refused =
        silent.stream()
            .filter(failure -> failure.code() == FailureCode.AUTHENTICATION_REFUSED)
            .toList();
    return refused.isEmpty()
        ? Verdict.never(
            FailureCode.NO_PRIMARY,
            "no coordinator takes connections at "
                + site
                + ": "
                + String.join(
                    ", ", silent.stream().map(f -> f.instance() + " " + f.message()).toList()))
        : Verdict.never(FailureCode.AUTHENTICATION_REFUSED, OneWriter.refusedEverywhere(refused));
  }

  /** The differences between the catalogue and the cluster file, one sentence each. */
  public static List<String> differences(Cluster cluster, SiteName site, Catalogue catalogue) {
    return new CatalogueCheck(cluster, site, catalogue).compared();
  }

  /** The refusal of a server that is no supported Greenplum; independent of the cluster file. */
  public static Optional<Verdict<Fitting>> unsupported(Catalogue catalogue) {
    if (catalogue.rows().isEmpty()) {
      return Optional.of(
          Verdict.never(
              FailureCode.VERSION_UNSUPPORTED,
              String.format(
                  "%s is no Greenplum: it has no rows of gp_segment_configuration, and runs %s",
                  catalogue.coordinator(), catalogue.version())));
    }
    if (catalogue.postgresVersion() == GREENPLUM_6) {
      return Optional.of(
          Verdict.never(
              FailureCode.VERSION_UNSUPPORTED,
              catalogue.coordinator()
                  + " runs a Greenplum 6 ("
                  + catalogue.version()
                  + "): its PostgreSQL 9.4 has no recovery_target_action, so no copy can be parked"
                  + " at a restore point. HINT: kind greenplum is for Greenplum 7, WarehousePG 7"
                  + " and Cloudberry."));
    }
    return catalogue.postgresVersion() < OLDEST_POSTGRES
        ? Optional.of(
            Verdict.never(
                FailureCode.VERSION_UNSUPPORTED,
                catalogue.coordinator()
                    + " runs "
                    + catalogue.version()
                    + ", of PostgreSQL "
                    + catalogue.postgresVersion()
                    + "; the oldest that is moored is of "
                    + OLDEST_POSTGRES))
        : Optional.empty();
  }

  private Verdict<Fitting> judged() {
    List<String> found = compared();
    return found.isEmpty()
        ? primaries()
        : Verdict.never(
            FailureCode.TOPOLOGY_DIFFERS,
            "gp_segment_configuration differs from the cluster file: " + String.join("; ", found));
  }

  private List<String> compared() {
    contents();
    cluster.instancesAt(site).forEach(this::compare);
    for (CatalogueRow row : catalogue.rows()) {
      if (instance(row).isEmpty() && cluster.contentsAt(site).contains(row.content())) {
        differences.add(
            String.format(
                "dbid %d, content %s on %s port %d, is not in the cluster file",
                row.dbid(), row.content(), row.hostname(), row.port()));
      }
    }
    return List.copyOf(differences);
  }

  /** An expansion is more than an error in the file: the DR sites lack whole contents. */
  private void contents() {
    TreeSet<ContentId> there = new TreeSet<>();
    catalogue.rows().forEach(row -> there.add(row.content()));
    there.removeAll(cluster.contentsAt(site));
    if (!there.isEmpty()) {
      differences.add(
          String.format(
              "it has contents %s beside those of the file: after an expansion every DR site must"
                  + " be made anew (rebaseline)",
              there));
    }
  }

  private void compare(Instance instance) {
    Optional<CatalogueRow> found =
        catalogue.rows().stream().filter(row -> row.dbid() == instance.dbid()).findFirst();
    if (found.isEmpty()) {
      missing(instance);
      return;
    }
    CatalogueRow row = found.get();
    differs(instance, "content", instance.content(), row.content());
    if (!replacedCoordinator(row)) {
      differs(instance, "role", role(!instance.mirror()), role(row.preferredPrimary()));
    }
    differs(instance, "port", instance.port(), row.port());
    differs(instance, "data directory", instance.dataDirectory(), path(row.dataDirectory()));
    Host host = cluster.host(instance.host());
    boolean sameHost =
        Stream.of(host.name().value(), host.access().address())
            .anyMatch(name -> name.equals(row.hostname()) || name.equals(row.address()));
    if (!sameHost) {
      differs(instance, "host", host.name() + " at " + host.access().address(), row.hostname());
    }
  }

  /** gpactivatestandby removes the coordinator it replaces from the catalogue. */
  private void missing(Instance instance) {
    if (instance.content().equals(ContentId.COORDINATOR)
        && !instance.mirror()
        && catalogue.rows().stream().anyMatch(this::replacedCoordinator)) {
      notices.add(
          String.format(
              "coordinator %s (dbid %d) is no longer in gp_segment_configuration: its standby was"
                  + " activated; correct the cluster file",
              instance.id(), instance.dbid()));
      return;
    }
    differences.add(
        String.format(
            "%s (dbid %d) is not in gp_segment_configuration", instance.id(), instance.dbid()));
  }

  private boolean replacedCoordinator(CatalogueRow row) {
    return row.content().equals(ContentId.COORDINATOR)
        && row.primary()
        && instance(row).filter(Instance::mirror).isPresent();
  }

  private void differs(Instance instance, String what, Object file, Object catalogued) {
    if (!Objects.equals(file, catalogued)) {
      differences.add(
          String.format(
              "%s (dbid %d) has %s %s in the file, %s in the catalogue%s",
              instance.id(),
              instance.dbid(),
              what,
              file,
              catalogued,
              file.equals(instance.dataDirectory())
                  ? " (Greenplum starts it by the catalogue's name, link or not: write that into the"
                      + " file)"
                  : ""));
    }
  }

  private Verdict<Fitting> primaries() {
    List<Instance> primaries = new ArrayList<>();
    for (ContentId content : cluster.contentsAt(site)) {
      List<CatalogueRow> acting =
          catalogue.rows().stream()
              .filter(row -> row.content().equals(content) && row.primary())
              .toList();
      if (acting.size() != 1) {
        return Verdict.never(
            acting.isEmpty() ? FailureCode.NO_PRIMARY : FailureCode.TWO_PRIMARIES,
            String.format(
                "gp_segment_configuration has %d rows of role p for content %s",
                acting.size(), content));
      }
      Instance primary = instance(acting.get(0)).orElseThrow();
      primaries.add(primary);
      if (primary.mirror()) {
        notices.add(
            String.format(
                "content %s is served by %s, a mirror now acting", content, primary.id()));
      }
    }
    List<CatalogueRow> standby = catalogue.rows().stream().filter(r -> !r.primary()).toList();
    standby.forEach(this::standingBy);
    List<Instance> mirrors =
        standby.stream().filter(CatalogueRow::up).flatMap(row -> instance(row).stream()).toList();
    return Verdict.proceed(new Fitting(primaries, mirrors, notices));
  }

  private void standingBy(CatalogueRow row) {
    if (!row.up() || !row.inSync()) {
      notices.add(
          String.format(
              "content %s has no mirror that could take over: %s is %s",
              row.content(), instance(row).orElseThrow().id(), row.up() ? "not in sync" : "down"));
    }
  }

  private Optional<Instance> instance(CatalogueRow row) {
    return cluster.instancesAt(site).stream().filter(i -> i.dbid() == row.dbid()).findFirst();
  }

  private static String role(boolean primary) {
    return primary ? "primary" : "mirror";
  }

  private static String path(String directory) {
    return directory.replaceAll("/+$", "");
  }
}
