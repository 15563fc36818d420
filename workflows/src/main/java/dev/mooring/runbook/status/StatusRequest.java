package dev.mooring.runbook.status;

import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of ClusterStatus: {@code {"cluster":"NAME"}}.
 *
 * @param cluster which cluster
 * @param receipts how many of the last receipts are listed, 10 unless said otherwise
 * @param documents of how many of these the whole text is in the answer, none unless said otherwise
 */
public record StatusRequest(ClusterName cluster, int receipts, int documents) {
  private static final int USUAL_RECEIPTS = 10;
  private static final int RECEIPTS_AT_MOST = 100;

  /** Binds a typed request; all that is wrong with it is one failure. */
  public static StatusRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    int receipts = reader.optional("receipts", StatusRequest::count, USUAL_RECEIPTS);
    int documents = reader.optional("documents", StatusRequest::count, 0);
    reader.finish();
    return new StatusRequest(cluster, receipts, documents);
  }

  private static int count(String text) {
    if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) > RECEIPTS_AT_MOST) {
      throw new IllegalArgumentException(
          "must be a number from 0 to " + RECEIPTS_AT_MOST + ", got '" + text + "'");
    }
    return Integer.parseInt(text);
  }
}
