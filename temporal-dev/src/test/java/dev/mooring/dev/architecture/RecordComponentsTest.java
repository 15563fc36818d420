package dev.mooring.dev.architecture;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A record has so few components that each of its values is seen at a glance. */
class RecordComponentsTest {
  private static final int MOST = 7;

  /** Records that may have more, by the reason. */
  private static final Map<String, List<String>> FLAT =
      Map.of(
          "a run's request, which a person types as one flat object",
          List.of(
              "runbook.consume.ConsumeRequest",
              "runbook.failback.FailbackRequest",
              "runbook.failover.FailoverRequest",
              "runbook.replication.ReplicationRequest",
              "runbook.resilver.ResilverRequest",
              "runbook.startprimary.StartPrimaryRequest",
              "runbook.switchover.SwitchoverRequest"),
          "an entry of a file that a person writes",
          List.of(
              "topology.Cluster.Policies",
              "topology.Endpoint.PgBouncer",
              "topology.FailoverPolicy",
              "topology.Instance",
              "topology.WatchPolicy",
              "worker.hooks.HookFile.Hook"),
          "the keys of another tool's configuration",
          List.of("starter.whpgdrsync.WhpgDrSyncConfig.Behavior"),
          "what status prints as JSON",
          List.of("runbook.status.InstanceRow", "runbook.status.StatusResult"),
          "each part of an archive's answer may be absent by itself",
          List.of("port.ArchiveActivities.PointArchived"),
          "a row of gp_segment_configuration",
          List.of("port.DatabaseActivities.CatalogueRow"),
          "a row of pg_stat_replication",
          List.of("port.ReplicationActivities.Sender"));

  @Test
  void a_record_has_at_most_seven_components_or_is_flat_for_a_reason() {
    Map<String, Long> components =
        Product.classes().stream()
            .filter(JavaClass::isRecord)
            .collect(toMap(RecordComponentsTest::name, RecordComponentsTest::components));
    assertThat(components).as("records counted").hasSizeGreaterThan(500);
    components.values().removeIf(count -> count <= MOST);
    assertThat(components.keySet())
        .as("records of more than %d components (group them by meaning): %s", MOST, components)
        .containsExactlyInAnyOrderElementsOf(FLAT.values().stream().flatMap(List::stream).toList());
  }

  /** A record keeps nothing but its components. */
  private static long components(JavaClass type) {
    return type.getFields().stream()
        .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
        .count();
  }

  private static String name(JavaClass type) {
    return type.getName().substring(Product.ROOT.length() + 1).replace('$', '.');
  }
}
