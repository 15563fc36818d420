package dev.mooring.dev.laws;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.FailureCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Law 9: an agreement binds to digests. The receipt of a run names the digest of the very cluster
 * file it ran under, except for a run that was refused because sites have different files; {@link
 * ApprovedFirst} checks the approval.
 */
final class AskedUnderOneFile implements Law {
  @Override
  public int number() {
    return 9;
  }

  @Override
  public List<String> against(Observed observed) {
    Path file = observed.lab().clusterFile();
    String digest =
        ClusterFileParser.parse(Texts.text(file))
            .match(cluster -> cluster.digest(), problems -> "unreadable: " + problems);
    List<String> against = new ArrayList<>();
    for (Document<ChainedReceipt> document : observed.receipts().values()) {
      document.match(
          intact -> {
            Receipt receipt = intact.content().receipt();
            boolean sinceThen =
                !receipt.steps().isEmpty()
                    && receipt.steps().get(0).startedAt().isAfter(Texts.changed(file));
            boolean read = !receipt.asked().clusterFileDigest().isEmpty();
            boolean reported =
                receipt.ending().code().equals(FailureCode.CLUSTER_FILE_DIFFERS.name());
            return sinceThen
                && read
                && !reported
                && !receipt.asked().clusterFileDigest().equals(digest)
                && against.add(
                    "run %s says it ran under %s, the cluster file is %s"
                        .formatted(
                            receipt.run().workflowId(),
                            receipt.asked().clusterFileDigest(),
                            digest));
          },
          refused -> false);
    }
    return against;
  }
}
