package dev.mooring.contract;

import static dev.mooring.contract.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeFiles;
import dev.mooring.port.ClusterActivities.ObserveClusterFile;
import dev.mooring.port.ClusterActivities.ReadCluster;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A cluster file is read whole, known by its digest at every site, or refused by its name. */
public abstract class ClusterFileContract {
  private static final ClusterName NONE = new ClusterName("nowhere");

  /** The world all tests of a class share. */
  protected abstract ContractWorld world();

  @Test
  void the_file_resolves_to_the_same_cluster_each_time() {
    Cluster read = world().clusterFiles().readCluster(new ReadCluster(world().cluster().name()));
    assertThat(read).isEqualTo(world().cluster());
    assertThat(read.digest()).hasSize(64);
  }

  @Test
  @Tag("all")
  void every_site_names_itself_and_the_digest_of_what_it_goes_by() {
    ClusterName name = world().cluster().name();
    Cluster file = world().cluster();
    assertThat(world().clusterFiles().observeClusterFile(new ObserveClusterFile(name, Steps.EAST)))
        .isEqualTo(FakeFiles.observed(Steps.EAST, file));
    assertThat(world().clusterFiles().observeClusterFile(new ObserveClusterFile(name, Steps.WEST)))
        .isEqualTo(FakeFiles.observed(Steps.WEST, file));
  }

  @Test
  @Tag("all")
  void a_cluster_without_a_file_is_refused_by_its_name() {
    assertThat(
            refused(
                    FailureCode.CLUSTER_FILE,
                    () -> world().clusterFiles().readCluster(new ReadCluster(NONE)))
                .getOriginalMessage())
        .contains("nowhere.yaml");
    assertThat(
            refused(
                    FailureCode.CLUSTER_FILE,
                    () ->
                        world()
                            .clusterFiles()
                            .observeClusterFile(new ObserveClusterFile(NONE, Steps.EAST)))
                .getOriginalMessage())
        .contains("nowhere.yaml");
  }
}
