package dev.mooring.runbook.watch;

import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of ReplicationWatch: {@code {"cluster":"NAME"}}.
 *
 * @param cluster which cluster
 * @param by who asks
 * @param reason why, or empty
 */
public record WatchRequest(ClusterName cluster, String by, String reason) {

  /** Binds a typed request; all that is wrong with it is one failure. */
  public static WatchRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    reader.finish();
    return new WatchRequest(cluster, by, reason);
  }
}
