package dev.mooring.activities.evidence;

import dev.mooring.evidence.Document;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.SiteStateFormat;
import java.util.Optional;

/** The state of one site in a store. */
final class StateDocuments {
  private final EvidenceFiles files;
  private final ClusterName cluster;
  private final SiteName site;
  private final TrustedKeys trusted;
  private final EvidencePaths paths;

  StateDocuments(EvidenceFiles files, ClusterName cluster, SiteName site, TrustedKeys trusted) {
    this.files = files;
    this.cluster = cluster;
    this.site = site;
    this.trusted = trusted;
    this.paths = new EvidencePaths(cluster);
  }

  /** The state that a run may use; empty only if the site was never moored. */
  Optional<SiteState> state() {
    Optional<SiteState> written = written();
    String name = paths.currentRestorePoint(site);
    if (written.isPresent() || files.read(name).isEmpty()) {
      return written;
    }
    Optional<SiteState> named = files.readNamed(paths.state(site)).map(this::intact);
    if (named.isEmpty()) {
      throw EvidenceFailures.refused(
          Document.Fault.UNREADABLE,
          files.where(paths.state(site)) + " is missing, " + files.where(name) + " is there");
    }
    return named;
  }

  /** The sealed state; refused if it is there and not intact. */
  Optional<SiteState> written() {
    return files.read(paths.state(site)).map(this::intact);
  }

  private SiteState intact(byte[] bytes) {
    return parsed(bytes)
        .match(
            Document.Intact::content,
            refused -> {
              throw EvidenceFailures.refused(
                  refused.fault(),
                  "state " + files.where(paths.state(site)) + ": " + refused.reason());
            });
  }

  /** Parses a document at the path of this site's state. */
  Document<SiteState> parsed(byte[] bytes) {
    return SiteStateFormat.parse(bytes, trusted)
        .match(intact -> isAboutThis(intact.content()) ? intact : misplaced(intact), r -> r);
  }

  private boolean isAboutThis(SiteState state) {
    return state.cluster().equals(cluster) && state.site().equals(site);
  }

  private Document<SiteState> misplaced(Document.Intact<SiteState> state) {
    return new Document.Refused<>(
        Document.Fault.SEAL_BROKEN,
        "it is stored as the state of "
            + cluster
            + " at "
            + site
            + " and is about "
            + state.content().cluster()
            + " at "
            + state.content().site());
  }
}
