package dev.mooring.runbook.status;

import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import org.jspecify.annotations.Nullable;

/**
 * The request of ClusterStatus: {@code {"cluster":"NAME"}}.
 *
 * @param receipts how many of the last receipts are listed, by default 10
 * @param documents how many of these the result contains in full, by default none
 */
public record StatusRequest(ClusterName cluster, int receipts, int documents) {
  private static final int USUAL_RECEIPTS = 10;
  private static final int RECEIPTS_AT_MOST = 100;

  /** Reads a typed request; reports all its errors in one failure. */
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
