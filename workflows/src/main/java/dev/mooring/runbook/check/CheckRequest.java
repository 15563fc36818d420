package dev.mooring.runbook.check;

import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import org.jspecify.annotations.Nullable;

/**
 * The request of ClusterCheck: {@code {"cluster":"NAME"}}.
 *
 * @param fences {@code {"fences":"rehearse"}} rehearses the fences
 */
public record CheckRequest(ClusterName cluster, Fences fences) {

  /** What a check does with fences. */
  public enum Fences {
    /** Observes everything, and when the fences were last rehearsed. */
    LOOK,
    /** Rehearses the fences on every host, and observes nothing else. */
    REHEARSE
  }

  /** Reads a typed request; reports all its errors in one failure. */
  public static CheckRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    Fences fences = reader.optional("fences", RequestReader.oneOf(Fences.class), Fences.LOOK);
    reader.finish();
    return new CheckRequest(cluster, fences);
  }
}
