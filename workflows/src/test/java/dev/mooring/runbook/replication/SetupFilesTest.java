package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files for a person; on real servers they are run by ReplicationSetupIT. */
class SetupFilesTest {
  private final Map<String, String> files = SetupFiles.of(Strait.cluster());

  @Test
  void one_set_for_the_primary_and_two_for_each_standby() {
    assertThat(files.keySet())
        .containsExactly(
            "monitoring.yml",
            "pg_hba.lines",
            "primary_setup.sql",
            "recovery-east-1.conf",
            "recovery-west-0.conf",
            "replica_setup-east-1.sh",
            "replica_setup-west-0.sh");
    assertThat(SetupFiles.of(Harbour.cluster(1))).isEmpty();
  }

  @Test
  void the_primary_gets_role_rights_slots_and_no_password() {
    assertThat(files.get("primary_setup.sql"))
        .contains("ALTER ROLE \"replication\" LOGIN REPLICATION;", "pg_read_binary_file(text)")
        .contains("pg_create_physical_replication_slot('west_0', true)")
        .doesNotContain("PASSWORD '");
  }

  /** What is listed there is restarted for. */
  @Test
  void a_restart_is_asked_for_nothing_that_the_primary_does_without() {
    assertThat(files.get("primary_setup.sql"))
        .contains("ALTER SYSTEM SET hot_standby = on")
        .contains(" WHERE pending_restart AND name <> 'hot_standby';");
  }

  @Test
  void who_the_archive_feeds_gets_no_connection_and_a_cascade_its_own_sender() {
    Map<String, String> more =
        SetupFiles.of(Strait.cluster("id: east-1,", "follows: archive, id: east-1,"));
    assertThat(more.get("recovery-east-1.conf"))
        .contains("restore_command = ")
        .doesNotContain("primary_conninfo", "primary_slot_name");
    Map<String, String> cascade =
        SetupFiles.of(Strait.cluster("id: east-1,", "follows: west-0, id: east-1,"));
    assertThat(cascade.get("recovery-east-1.conf")).contains("host=127.31.20.1");
    assertThat(cascade.get("replica_setup-east-1.sh"))
        .contains("# First, on west-0: SELECT pg_create_physical_replication_slot('east_1', true)");
    assertThat(cascade.get("primary_setup.sql")).doesNotContain("east_1");
  }

  @Test
  void the_queries_are_yaml_as_the_exporter_reads_it() {
    Map<String, Object> queries =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(files.get("monitoring.yml"));
    assertThat(queries).containsOnlyKeys("mooring_sender", "mooring_slot", "mooring_receiver");
  }
}
