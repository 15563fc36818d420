package dev.mooring.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.SiteState.ControlFile;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.ParkMode;
import dev.mooring.topology.SiteName;
import java.time.Instant;

/**
 * The state of a site in the evidence store, sealed and read strictly: a run that can't read it
 * stops.
 */
public final class SiteStateFormat {
  private SiteStateFormat() {}

  /** The bytes of a state; the same state and key always give the same bytes. */
  public static byte[] render(SiteState state, SigningKey key) {
    return SealedJson.seal(tree(state), key);
  }

  /** Reads a state that must be intact. */
  public static Document<SiteState> parse(byte[] bytes, TrustedKeys trusted) {
    return SealedJson.open(bytes, SiteState.FORMAT_VERSION, trusted)
        .match(
            SiteStateFormat::understood,
            refused -> new Document.Refused<>(refused.fault(), refused.reason()));
  }

  private static Document<SiteState> understood(Document.Intact<ObjectNode> document) {
    try {
      SiteState state = state(JsonFields.of(document.content()));
      JsonDifference.refuse(tree(state), document.content(), JsonDifference.Unknown.REFUSED);
      return new Document.Intact<>(state, document.sha256(), document.keyId());
    } catch (UnreadableField e) {
      return new Document.Refused<>(Document.Fault.UNREADABLE, e.sentence());
    }
  }

  private static ObjectNode tree(SiteState state) {
    ObjectNode tree = SealedJson.object();
    tree.put(SealedJson.VERSION, SiteState.FORMAT_VERSION)
        .put("cluster", state.cluster().value())
        .put("site", state.site().value())
        .put("restore_point", state.restorePoint().value())
        .put("proved_at", state.provedAt().toString())
        .put("run", state.run());
    ArrayNode instances = tree.putArray("instances");
    state.instances().forEach(instance -> put(instances.addObject(), instance));
    return tree;
  }

  private static void put(ObjectNode tree, ParkedInstance instance) {
    tree.put("instance", instance.instance().value())
        .put("content", instance.content().value())
        .put("timeline", instance.timeline().value())
        .put("minimum_recovery_end", instance.controlFile().minimumRecoveryEnd().toString())
        .put("control_sha256", instance.controlFile().digest());
    if (!instance.oldestWal().isEmpty()) {
      tree.put("oldest_wal", instance.oldestWal());
    }
    if (!instance.point().isEmpty()) {
      tree.put("point", instance.point());
    }
    if (instance.parkMode() != ParkMode.SHUTDOWN) {
      tree.put("park_mode", instance.parkMode().name());
    }
  }

  private static SiteState state(JsonFields fields) {
    return new SiteState(
        fields.value("cluster", ClusterName::new),
        fields.value("site", SiteName::new),
        fields.value("restore_point", RestorePointName::new),
        fields.value("proved_at", Instant::parse),
        fields.text("run"),
        fields.objects("instances").stream().map(SiteStateFormat::instance).toList());
  }

  private static ParkedInstance instance(JsonFields fields) {
    int content = fields.smallNumber("content");
    long timeline = fields.number("timeline");
    return new ParkedInstance(
        fields.value("instance", InstanceId::new),
        fields.made(() -> new ContentId(content)),
        fields.made(() -> new TimelineId(timeline)),
        new ControlFile(
            fields.value("minimum_recovery_end", Lsn::parse), fields.text("control_sha256")),
        fields.textOrAbsent("oldest_wal"),
        fields.textOrAbsent("point"),
        parkMode(fields));
  }

  private static ParkMode parkMode(JsonFields fields) {
    String said = fields.textOrAbsent("park_mode");
    return said.isEmpty() ? ParkMode.SHUTDOWN : fields.value("park_mode", ParkMode::valueOf);
  }
}
