package dev.mooring.runbook.replication;

import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of ReplicationSetup: {@code {"cluster":"NAME"}}.
 *
 * @param cluster which cluster
 * @param act what is done; verify unless said otherwise
 * @param by who asks
 * @param reason why
 */
public record ReplicationRequest(ClusterName cluster, Act act, String by, String reason) {

  /** What is done. */
  public enum Act {
    /** It is seen who streams and how far behind; nothing is changed. */
    VERIFY
  }

  /** Binds a typed request; all that is wrong with it is one failure. */
  public static ReplicationRequest of(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    Act act = reader.optional("act", RequestReader.oneOf(Act.class), Act.VERIFY);
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    reader.finish();
    return new ReplicationRequest(cluster, act, by, reason);
  }
}
