package dev.mooring.runbook.check;

import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of ClusterCheck: {@code {"cluster":"NAME"}}.
 *
 * @param cluster which cluster
 * @param fences what is done about its fences: {@code {"fences":"rehearse"}} tries them
 */
public record CheckRequest(ClusterName cluster, Fences fences) {

  /** What a check does about fences. */
  public enum Fences {
    /** Everything is looked at, and when they were rehearsed last. */
    LOOK,
    /** They are rehearsed on every host, and nothing else is looked at. */
    REHEARSE
  }

  /** Binds a typed request; all that is wrong with it is one failure. */
  public static CheckRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    Fences fences = reader.optional("fences", RequestReader.oneOf(Fences.class), Fences.LOOK);
    reader.finish();
    return new CheckRequest(cluster, fences);
  }
}
