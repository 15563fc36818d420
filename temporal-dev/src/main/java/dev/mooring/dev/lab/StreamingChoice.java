package dev.mooring.dev.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a lab whose standbys stream. */
final class StreamingChoice {
  private static final int STANDBYS = 2;

  @Option(
      names = "--standbys",
      description = "Standbys of streaming, at west and east in turn (2).")
  private @Nullable Integer standbys;

  @Option(names = "--bare", description = "Hosts for the standbys of streaming, not set up.")
  private boolean bare;

  @Option(names = "--pgbouncer", description = "PgBouncer in front of streaming.")
  private boolean pgbouncer;

  @Option(names = "--haproxy", description = "HAProxy in front of streaming.")
  private boolean haproxy;

  @Option(names = "--patroni", description = "Patroni runs the instances of streaming.")
  private boolean patroni;

  @Option(
      names = "--follows",
      split = ",",
      paramLabel = "ID=ID|archive",
      description = "Standbys that stream from another one, or are fed by the archive alone.")
  private Map<String, String> follows = new TreeMap<>();

  @Option(
      names = "--config-outside",
      split = ",",
      paramLabel = "ID",
      description = "Instances of streaming configured outside their data directory, as on Debian.")
  private List<String> outside = new ArrayList<>();

  LabPlan plan() {
    LabPlan plan =
        LabPlan.streaming(standbys == null ? STANDBYS : standbys)
            .behind(fronts().toArray(LabPlan.Front[]::new))
            .configuredOutside(outside.toArray(String[]::new));
    for (Map.Entry<String, String> one : follows.entrySet()) {
      plan = plan.following(one.getKey(), one.getValue());
    }
    if (bare) {
      plan = plan.withoutReplication();
    }
    return patroni ? plan.byPatroni() : plan;
  }

  /** Refuses these options for another kind of lab, where they have no effect. */
  void requireOnlyFor(LabMain.Kind streaming, LabMain.Kind kind) {
    if (kind != streaming
        && (standbys != null
            || bare
            || pgbouncer
            || haproxy
            || patroni
            || !follows.isEmpty()
            || !outside.isEmpty())) {
      throw new LabFailure(
          "--standbys, --bare, --follows, --config-outside, --pgbouncer, --haproxy and --patroni are of %s, the lab is to be %s"
              .formatted(streaming, kind));
    }
  }

  private List<LabPlan.Front> fronts() {
    List<LabPlan.Front> fronts = new ArrayList<>();
    if (pgbouncer) {
      fronts.add(LabPlan.Front.PGBOUNCER);
    }
    if (haproxy) {
      fronts.add(LabPlan.Front.HAPROXY);
    }
    return fronts;
  }
}
