package dev.mooring.clusterfile;

import java.util.ArrayList;
import java.util.List;

/**
 * Checks {@code parkMode: readable}: only at a site that consumes, of a cluster whose parked
 * instances show by themselves what was restored. A Greenplum's do not: a transaction that its
 * coordinator has committed is invisible on segments which have not replayed the second phase, and
 * only the opened cluster settles it (ADR 0021).
 */
final class ParkModeChecks {
  private ParkModeChecks() {}

  static List<Problem> of(Setting file) {
    List<String> published = PolicyChecks.published(file);
    List<Problem> problems = new ArrayList<>();
    for (Setting site : file.at("sites").items()) {
      Setting mode = site.at("parkMode");
      if (!mode.text().equals("readable")) {
        continue;
      }
      if (TopologyChecks.isGreenplum(file)) {
        problems.add(
            mode.problem(
                "segments of a greenplum that are read one by one show less than was restored, and"
                    + " a coordinator in recovery dispatches nothing. HINT: write parkMode:"
                    + " shutdown, and read an opened copy."));
      }
      if (published.equals(List.of(site.at("name").text()))) {
        problems.add(
            mode.problem(
                "site '"
                    + site.at("name").text()
                    + "' is publish.site, whose instances are never parked. HINT: parkMode is for"
                    + " a site that consumes."));
      }
    }
    return problems;
  }
}
