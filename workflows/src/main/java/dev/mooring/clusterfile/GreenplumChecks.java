package dev.mooring.clusterfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks what only a Greenplum's instances have, and must have: a dbid that no other instance has
 * at any site, one instance configured as the primary of each content, mirrors only at the
 * publishing site, its own programs as their manager. All of it is refused in a cluster of another
 * kind.
 *
 * <p>The dbids of a DR site differ from production's: with the same ones an opened copy takes the
 * catalogue's rows of production for its own and writes there.
 */
final class GreenplumChecks {
  private final Setting file;
  private final boolean greenplum;
  private final List<Problem> problems = new ArrayList<>();

  private GreenplumChecks(Setting file) {
    this.file = file;
    this.greenplum = TopologyChecks.isGreenplum(file);
  }

  static List<Problem> of(Setting file) {
    GreenplumChecks checks = new GreenplumChecks(file);
    file.at("instances").items().forEach(checks::manager);
    if (checks.greenplum) {
      checks.dbids();
      checks.places();
      checks.barrier();
    } else {
      file.at("instances").items().forEach(checks::neitherDbidNorRole);
    }
    return checks.problems;
  }

  private void manager(Setting instance) {
    Setting manager = instance.at("manager");
    if (manager.at("greenplum").given() != greenplum) {
      problems.add(
          manager.problem(
              greenplum
                  ? "an instance of a greenplum is started with the environment of its GPHOME."
                      + " HINT: write manager: {greenplum: GPHOME}."
                  : "greenplum runs the instances of a cluster of kind greenplum only, this is one"
                      + " of kind "
                      + file.at("kind").text()));
    }
  }

  private void neitherDbidNorRole(Setting instance) {
    if (instance.at("manager").at("greenplum").given()) {
      return;
    }
    if (instance.at("dbid").given()) {
      problems.add(instance.at("dbid").problem("only an instance of a greenplum has a dbid"));
    }
    if (TopologyChecks.isMirror(instance)) {
      problems.add(
          instance.at("role").problem("only a greenplum has mirrors that Mooring must know"));
    }
  }

  private void dbids() {
    Map<Integer, Setting> taken = new HashMap<>();
    for (Setting instance : file.at("instances").items()) {
      Setting dbid = instance.at("dbid");
      if (!dbid.given()) {
        problems.add(dbid.problem("is missing. HINT: write dbid: N, " + whereToFind(instance)));
        continue;
      }
      Setting first = taken.putIfAbsent(dbid.number(), instance);
      if (first != null) {
        problems.add(
            dbid.problem(
                "dbid %d is that of instance '%s' in line %d. HINT: a copy gets a dbid of its own by pg_basebackup --target-gp-dbid; with production's, an opened copy writes into production."
                    .formatted(dbid.number(), first.at("id").text(), first.at("dbid").line())));
      }
    }
  }

  /** A copy is in no catalogue until its site is opened: its own directory identifies it. */
  private String whereToFind(Setting instance) {
    return isPublished(instance.at("site").text())
        ? "its dbid in gp_segment_configuration."
        : "the gp_dbid in %s/internal.auto.conf on host %s."
            .formatted(instance.at("dataDirectory").path(), instance.at("host").text());
  }

  /** At each site one primary per content; mirrors only where production runs. */
  private void places() {
    Map<String, Setting> taken = new HashMap<>();
    for (Setting instance : file.at("instances").items()) {
      boolean mirror = TopologyChecks.isMirror(instance);
      String site = instance.at("site").text();
      if (mirror && !isPublished(site)) {
        problems.add(
            instance
                .at("role")
                .problem(
                    "site '"
                        + site
                        + "' consumes, its instances have no mirrors. HINT: make them after the"
                        + " site was opened."));
        continue;
      }
      String place =
          "%s of content %d at site '%s'"
              .formatted(mirror ? "mirror" : "primary", instance.at("content").number(), site);
      Setting first = taken.putIfAbsent(place, instance);
      if (first != null) {
        problems.add(
            instance
                .at("id")
                .problem(
                    "instance '%s' in line %d is the %s already. HINT: role: mirror says that an instance is a mirror or the standby coordinator."
                        .formatted(first.at("id").text(), first.at("id").line(), place)));
      }
    }
  }

  private boolean isPublished(String site) {
    Setting given = file.at("publish").at("site");
    return given.given()
        ? given.text().equals(site)
        : PolicyChecks.publishable(file).contains(site);
  }

  private void barrier() {
    Setting barrier = file.at("publish").at("barrier");
    if (barrier.at("sql").given() || barrier.at("command").given()) {
      problems.add(
          barrier.problem(
              "a greenplum holds its two-phase commits itself while it makes a point; remove the"
                  + " barrier"));
    }
  }
}
