package dev.mooring.runbook.check;

import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of ClusterCheck: {@code {"cluster":"NAME"}}.
 *
 * @param cluster which cluster
 */
public record CheckRequest(ClusterName cluster) {

  /** Binds a typed request; all that is wrong with it is one failure. */
  public static CheckRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    reader.finish();
    return new CheckRequest(cluster);
  }
}
