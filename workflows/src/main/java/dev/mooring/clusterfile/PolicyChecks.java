package dev.mooring.clusterfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Checks the settings beside the topology together with it: hosts that can be reached, a publishing
 * site that exists.
 */
final class PolicyChecks {
  private static final Pattern NAMES_A_MANIFEST = Pattern.compile("\\{manifest_(path|file)}");
  private static final List<String> SSH_SETTINGS =
      List.of("user", "identityFile", "knownHostsFile");

  private final Setting file;
  private final List<Problem> problems = new ArrayList<>();

  private PolicyChecks(Setting file) {
    this.file = file;
  }

  static List<Problem> of(Setting file) {
    PolicyChecks checks = new PolicyChecks(file);
    file.at("hosts").items().forEach(checks::host);
    checks.problems.addAll(ArchiveChecks.of(file));
    checks.problems.addAll(ParkModeChecks.of(file));
    checks.problems.addAll(StreamingChecks.of(file));
    checks.store(file.at("evidence").at("store"));
    file.at("evidence").at("furtherStores").items().forEach(checks::store);
    checks.apart();
    checks.writes();
    checks.publishSite();
    checks.readers();
    checks.arbiter();
    return checks.problems;
  }

  /** The site that is published; several, or none, if the file does not settle it. */
  static List<String> published(Setting file) {
    Setting given = file.at("publish").at("site");
    return given.given() ? List.of(given.text()) : publishable(file);
  }

  /** The sites that could be published if the file names none. */
  static List<String> publishable(Setting file) {
    return file.at("sites").items().stream()
        .filter(site -> !consumesOnPublish(site) && !StreamingChecks.streams(site))
        .map(site -> site.at("name").text())
        .toList();
  }

  private static boolean consumesOnPublish(Setting site) {
    return site.at("consume").text().equals("onPublish");
  }

  /** The number of writes: more than half of the stores, unless the file requires more. */
  static int writes(Setting evidence) {
    int stores = 1 + evidence.at("furtherStores").items().size();
    Setting writes = evidence.at("writes");
    return stores == 1 ? 0 : writes.given() ? writes.number() : stores / 2 + 1;
  }

  /** A store named twice would count twice, and a write on it alone for one on two stores. */
  private void apart() {
    Setting evidence = file.at("evidence");
    Set<String> seen = new TreeSet<>(List.of(place(evidence.at("store"))));
    for (Setting store : evidence.at("furtherStores").items()) {
      String place = place(store);
      if (!seen.add(place)) {
        problems.add(
            store.problem(
                "the store '%s' is named once more, and would count twice. HINT: name another place."
                    .formatted(place)));
      }
    }
  }

  private static String place(Setting store) {
    Setting s3 = store.at("s3");
    if (s3.given()) {
      return String.join(
          " ", "s3", text(s3.at("endpoint")), s3.at("bucket").text(), text(s3.at("prefix")));
    }
    Setting sftp = store.at("sftp");
    if (sftp.given()) {
      return String.join(" ", "sftp", sftp.at("host").text(), text(sftp.at("directory")));
    }
    return "directory " + text(store.at("directory"));
  }

  private static String text(Setting place) {
    return place.given() ? place.text().replaceAll("/+", "/").replaceAll("/$", "") : "";
  }

  private void writes() {
    Setting evidence = file.at("evidence");
    int stores = 1 + evidence.at("furtherStores").items().size();
    Setting writes = evidence.at("writes");
    if (writes.given() && (writes.number() > stores || 2 * writes.number() <= stores)) {
      problems.add(
          writes.problem(
              "%d of %d evidence stores can't be required: more than half of them, %d to %d, are"
                      .formatted(writes.number(), stores, stores / 2 + 1, stores)
                  + " needed so that every reader meets the last write"));
    }
  }

  private void host(Setting host) {
    String name = host.at("name").text();
    if (host.at("access").text().equals("local")) {
      if (host.at("ssh").given()) {
        problems.add(
            host.at("ssh")
                .problem("host '" + name + "' has access local, for which no ssh is used"));
      }
      return;
    }
    List<String> lacks = new ArrayList<>();
    for (String setting : SSH_SETTINGS) {
      if (!host.at("ssh").at(setting).given() && !file.at("ssh").at(setting).given()) {
        lacks.add("ssh." + setting);
      }
    }
    if (!host.at("address").given()) {
      lacks.add(0, "address");
    }
    if (!lacks.isEmpty()) {
      problems.add(
          host.at("name")
              .problem(
                  "host '%s' has access ssh, but no %s%s"
                      .formatted(
                          name,
                          String.join(", ", lacks),
                          lacks.equals(List.of("address"))
                              ? ""
                              : ". HINT: set ssh for this host or in the section ssh.")));
    }
  }

  private void store(Setting store) {
    Setting reference = store.at("sftp").at("host");
    if (!reference.given()) {
      return;
    }
    sftpHost(
            file,
            reference,
            "an SFTP store needs ssh. HINT: use store: {directory: …} if every worker can read the"
                + " directory.")
        .ifPresent(problems::add);
  }

  /** The problem of a host that nothing reaches over SFTP. */
  static Optional<Problem> sftpHost(Setting file, Setting reference, String remedy) {
    Map<String, Setting> hosts = new TreeMap<>();
    file.at("hosts").items().forEach(host -> hosts.put(host.at("name").text(), host));
    Setting host = hosts.get(reference.text());
    if (host != null && host.at("prefix").given()) {
      return Optional.of(
          reference.problem(
              "host '" + reference.text() + "' has a prefix, and SFTP does not go through it"));
    }
    return host != null && host.at("access").text().equals("local")
        ? Optional.of(
            reference.problem("host '" + reference.text() + "' has access local, " + remedy))
        : TopologyChecks.unknown("host", reference, hosts.keySet());
  }

  private void publishSite() {
    Setting publish = file.at("publish");
    Setting reference = publish.at("site");
    if (!reference.given()) {
      List<String> candidates = publishable(file);
      if (candidates.size() != 1) {
        problems.add(
            publish.problem(
                "publish.site is missing, and "
                    + (candidates.isEmpty()
                        ? "every site has consume: onPublish or follows: streaming"
                        : String.join(" and ", candidates)
                            + " have neither consume: onPublish nor follows: streaming")));
      }
      return;
    }
    List<Setting> sites = file.at("sites").items();
    TopologyChecks.unknown(
            "site", reference, sites.stream().map(site -> site.at("name").text()).toList())
        .ifPresent(problems::add);
    for (Setting site : sites) {
      if (site.at("name").text().equals(reference.text()) && consumesOnPublish(site)) {
        problems.add(
            site.at("consume")
                .problem(
                    "site '"
                        + reference.text()
                        + "' is publish.site, it can't consume what it publishes"));
      }
    }
  }

  private void readers() {
    List<String> published = published(file);
    for (Setting site : file.at("sites").items()) {
      Setting manifests = site.at("manifests");
      if (manifests.given() && published.equals(List.of(site.at("name").text()))) {
        problems.add(
            manifests.problem(
                "site '"
                    + site.at("name").text()
                    + "' is publish.site, whose manifests stand in evidence.store. HINT: manifests"
                    + " is for a site that can't read that store."));
      }
      scannable(site, manifests.at("whpgDrSync"));
      fetchable(manifests.at("commands").at("fetch"));
      fetchable(manifests.at("whpgDrSync").at("fetch"));
    }
  }

  /** The points of another tool are proved by all the WAL to them, read on the instances' hosts. */
  private void scannable(Setting site, Setting foreign) {
    if (foreign.given() && !site.at("archive").at("directory").given()) {
      problems.add(
          foreign.problem(
              "its points are searched in all the WAL before them, which is read from a"
                  + " directory, and the archive of site '%s' is none. HINT: give the site"
                      .formatted(site.at("name").text())
                  + " archive: {directory: …} that its instances' hosts can read."));
    }
  }

  private void fetchable(Setting fetch) {
    if (fetch.given() && !NAMES_A_MANIFEST.matcher(fetch.text()).find()) {
      problems.add(
          fetch.problem(
              "it would fetch the same manifest for every name. HINT: use"
                  + " {manifest_path} or {manifest_file} in it."));
    }
  }

  private void arbiter() {
    Setting reference = file.at("publish").at("barrier").at("sql").at("instance");
    if (!reference.given()) {
      return;
    }
    Map<String, String> siteOf = new TreeMap<>();
    for (Setting instance : file.at("instances").items()) {
      siteOf.put(instance.at("id").text(), instance.at("site").text());
    }
    TopologyChecks.unknown("instance", reference, siteOf.keySet()).ifPresent(problems::add);
    List<String> published = published(file);
    String at = siteOf.get(reference.text());
    if (at != null
        && published.size() == 1
        && siteOf.containsValue(published.get(0))
        && !published.contains(at)) {
      problems.add(
          reference.problem(
              "instance '%s' is at site %s, the arbiter must be at publish.site, %s"
                  .formatted(reference.text(), at, published.get(0))));
    }
  }
}
