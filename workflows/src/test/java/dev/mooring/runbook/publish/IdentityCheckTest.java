package dev.mooring.runbook.publish;

import dev.mooring.evidence.Manifest;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentityCheckTest {
  private final Cluster cluster = Harbour.cluster(2);
  private final Manifest last = ObservedInstances.manifest(cluster);
  private final Primary east0 = primary("east-0");
  private final Primary east1 = primary("east-1");

  @Test
  void goes_on_with_the_systems_the_last_manifest_names() {
    Verdicts.proceeds(judge(east0, east1));
  }

  @Test
  void goes_on_after_a_promotion_put_a_content_on_a_later_timeline() {
    Verdicts.proceeds(judge(east0, changed(east1, "position.timeline", 2)));
  }

  @Test
  void refuses_a_content_fewer_than_the_last_manifest_has() {
    Verdicts.never(
        judge(east0),
        FailureCode.CONTENTS_DIFFER,
        "the cluster file has contents [0], manifest " + ObservedInstances.POINT + " has [0, 1]");
  }

  @Test
  void refuses_another_database_system_before_it_looks_at_timelines() {
    Primary other = changed(east1, "identity.systemIdentifier", "42");
    Verdicts.never(
        judge(east0, changed(other, "position.timeline", 9)),
        FailureCode.IDENTITY_DIFFERS,
        "east-1 has system identifier 42, content 1 of manifest "
            + ObservedInstances.POINT
            + " has 7100000000000000002");
  }

  @Test
  void goes_on_after_a_minor_update() {
    Verdicts.proceeds(judge(east0, changed(east1, "identity.version", "15.99")));
  }

  @Test
  void refuses_another_major_version_of_the_same_system() {
    Verdicts.never(
        judge(east0, changed(east1, "identity.version", "17.1")),
        FailureCode.VERSION_DIFFERS,
        "east-1 runs version 17.1, content 1 of manifest "
            + ObservedInstances.POINT
            + " was made by version 15.20");
  }

  @Test
  void says_that_another_system_is_an_upgraded_one() {
    Primary other = changed(east1, "identity.systemIdentifier", "42");
    Verdicts.never(
        judge(east0, changed(other, "identity.version", "17.1")),
        FailureCode.IDENTITY_DIFFERS,
        "east-1 has system identifier 42, content 1 of manifest "
            + ObservedInstances.POINT
            + " has 7100000000000000002 and version 15.20, now 17.1");
  }

  @Test
  void refuses_a_timeline_before_the_last_manifests() {
    Manifest later = Altered.of(last, "contents.0.target.timeline", 3);
    Verdicts.never(
        IdentityCheck.judge(later, List.of(east0, east1)),
        FailureCode.IDENTITY_DIFFERS,
        "east-0 is on timeline 1, manifest " + ObservedInstances.POINT + " was made on timeline 3");
  }

  private Verdict<Manifest> judge(Primary... primaries) {
    return IdentityCheck.judge(last, List.of(primaries));
  }

  private Primary primary(String id) {
    Instance instance = Harbour.instance(cluster, id);
    return new Primary(instance, ObservedInstances.server(instance));
  }

  private static Primary changed(Primary primary, String path, Object value) {
    ServerObserved server = Altered.of(primary.server(), path, value);
    return new Primary(primary.instance(), server);
  }
}
