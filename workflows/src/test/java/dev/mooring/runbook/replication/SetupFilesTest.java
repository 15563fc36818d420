package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files for a person; on real servers they are run by ReplicationSetupIT. */
class SetupFilesTest {
  private final Map<String, String> files = SetupFiles.of(Strait.cluster());

  @Test
  void one_set_for_the_primary_two_for_each_standby_and_two_for_a_person_on_call() {
    assertThat(files.keySet())
        .containsExactly(
            "alerts.yml",
            "monitoring.yml",
            "pg_hba.lines",
            "primary_setup.sql",
            "recovery-east-1.conf",
            "recovery-west-0.conf",
            "replica_setup-east-1.sh",
            "replica_setup-west-0.sh",
            "the-primary-died.md");
    assertThat(SetupFiles.of(Harbour.cluster(1))).isEmpty();
  }

  @Test
  void the_primary_gets_role_rights_slots_and_no_password() {
    assertThat(files.get("primary_setup.sql"))
        .contains("\\set ON_ERROR_STOP on\nSET search_path = pg_catalog, pg_temp;\nSELECT ")
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
        .contains("restore_command = ", "recovery_target_time = \'\'\n")
        .doesNotContain("primary_conninfo", "primary_slot_name");
    Map<String, String> cascade =
        SetupFiles.of(Strait.cluster("id: east-1,", "follows: west-0, id: east-1,"));
    assertThat(cascade.get("recovery-east-1.conf")).contains("host=127.31.20.1");
    assertThat(cascade.get("replica_setup-east-1.sh"))
        .contains(
            "# First, on west-0: SELECT pg_catalog.pg_create_physical_replication_slot('east_1', true)");
    assertThat(cascade.get("primary_setup.sql")).doesNotContain("east_1");
    assertThat(more.get("replica_setup-east-1.sh")).contains("promote_trigger_file = ''");
  }

  /** Its programs are stand-ins: they say what they are run for, and make what a copy has. */
  private static String setUp(Path above, String data, String copies) throws Exception {
    Path bin = Files.createDirectories(above.resolve("bin"));
    for (String name : List.of("pg_ctl", "pg_basebackup", "pg_verifybackup")) {
      Path program = bin.resolve(name);
      Files.writeString(
          program,
          name.equals("pg_basebackup")
              ? "#!/bin/sh\nmkdir -p \"$2/pg_tblspc\" && cd \"$2\" && echo 15 >PG_VERSION && : >backup_manifest && "
                  + copies
              : "#!/bin/sh\necho " + name + " \"$@\"; [ ! -e '" + above + "/bad' ]\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    String script =
        Objects.requireNonNull(
                SetupFiles.of(Strait.cluster("/data/west-0", data)).get("replica_setup-west-0.sh"))
            .replace("/usr/lib/postgresql/15/bin", bin.toString());
    Process run = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return run.waitFor() + " " + said;
  }

  @Test
  void a_standby_by_hand_replaces_no_directory_whose_links_a_copy_would_break(@TempDir Path above)
      throws Exception {
    Path data = above.resolve("data");
    Files.createDirectories(data.resolve("pg_tblspc"));
    Files.createFile(data.resolve("standby.signal"));
    Files.createFile(data.resolve("postmaster.pid"));
    for (String name : List.of("pg_wal", "pg_tblspc/16400")) {
      Path link = Files.createSymbolicLink(data.resolve(name), above.resolve("elsewhere"));
      assertThat(setUp(above, data.toString(), "echo copied"))
          .startsWith("1 a copy would not keep these links, use mooring replicate setup: " + link)
          .doesNotContain("copied", "pg_ctl");
      Files.delete(link);
    }
    Path named = Files.createSymbolicLink(above.resolve("named"), data);
    assertThat(setUp(above, named.toString(), "echo copied")).endsWith(": " + named + "\n");
  }

  @Test
  void old_data_has_its_name_until_a_copy_is_verified_that_has_nothing_within_it(
      @TempDir Path above) throws Exception {
    Path data = Files.createDirectory(above.resolve("data"));
    assertThat(setUp(above, data.toString(), "echo old >it"))
        .matches("(?s)0 pg_verifybackup .*/data\npg_ctl -D \\S+/data .* start\n");
    Path copy = above.resolve("data.mooring-new");
    String within = "ln -s '" + data + "/ts' pg_tblspc/1";
    assertThat(setUp(above, data.toString(), within)).contains("/1 leads into " + data + ", which");
    assertThat(data.resolve("it")).hasContent("old");
    Files.delete(copy.resolve("pg_tblspc/1"));
    Path bad = Files.createFile(above.resolve("bad"));
    assertThat(setUp(above, data.toString(), "echo new >it")).startsWith("1 pg_verifybackup");
    assertThat(data.resolve("it")).hasContent("old");
    Files.delete(bad);
    assertThat(setUp(above, data.toString(), "echo new >it")).startsWith("0 ").endsWith("start\n");
    assertThat(data.resolve("it")).hasContent("new");
    assertThat(data.resolve("standby.signal")).exists();
    assertThat(above).isDirectoryContaining("glob:**/data.mooring-old-*");
    assertThat(copy).doesNotExist();
  }

  @Test
  void the_queries_are_yaml_as_the_exporter_reads_it() {
    Map<String, Object> queries =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(files.get("monitoring.yml"));
    assertThat(queries).containsOnlyKeys("mooring_sender", "mooring_slot", "mooring_receiver");
  }

  @Test
  void alerts_are_of_the_clusters_own_metrics() {
    List<Map<String, Object>> rules = rules(Strait.cluster());
    assertThat(rules)
        .extracting(rule -> rule.get("expr"))
        .contains(
            "time() - max by (cluster)"
                + " (mooring_restore_point_timestamp_seconds{cluster=\"strait\"}) > 15 * 60",
            "max by (cluster, diagnosis, subject)"
                + " (mooring_diagnosis{cluster=\"strait\",level=\"warning\"}) > 0")
        .allMatch(
            expr ->
                Pattern.compile("mooring_[a-z_]+(?![a-z_{])(?!\\{cluster=\"strait\")")
                    .matcher(String.valueOf(expr))
                    .results()
                    .findAny()
                    .isEmpty());
  }

  @Test
  void alerts_on_calls_of_hooks_name_no_cluster() {
    assertThat(rules(Strait.cluster()))
        .filteredOn("alert", "MooringHookCallsRefused")
        .extracting(rule -> String.valueOf(rule.get("expr")))
        .singleElement()
        .satisfies(
            expr ->
                assertThat(expr)
                    .contains("(mooring_hook_calls_total{status=~")
                    .doesNotContain("cluster"));
  }

  @Test
  void alerts_on_sites_that_consume_are_there_if_one_does() {
    assertThat(rules(Strait.cluster()))
        .extracting(rule -> rule.get("alert"))
        .contains("MooringRestorePointTooOld")
        .doesNotContain("MooringSiteTooOld", "MooringSiteNotProved");
    assertThat(rules(Strait.cluster("west, follows: streaming", "west")))
        .extracting(rule -> rule.get("alert"))
        .contains("MooringSiteTooOld", "MooringSiteNotProved");
  }

  @Test
  void no_restore_point_is_too_old_before_three_intervals() {
    assertThat(
            rules(Strait.cluster("publish: {site: east}", "publish: {site: east, every: PT30M}")))
        .extracting(rule -> String.valueOf(rule.get("expr")))
        .anyMatch(
            expr -> expr.endsWith("restore_point_timestamp_seconds{cluster=\"strait\"}) > 5400"))
        .anyMatch(expr -> expr.contains("archive_proof") && expr.endsWith(" > 5400"))
        .anyMatch(expr -> expr.endsWith(" > 12 * 60 * 60"));
  }

  @Test
  void the_page_of_the_night_has_the_names_of_the_cluster() {
    String page = PrimaryDiedPage.of(new ClusterName("bay"), new InstanceId("a"));
    assertThat(page)
        .contains("\n   mooring plan failover bay\n", "\n   mooring resilver bay --instances a ")
        .contains("How to decide (docs/operations/deciding.md)", "one such night (docs/on-call.md)")
        .doesNotContain("strait", "east-0", "](");
    assertThat(files.get("the-primary-died.md"))
        .isEqualTo(PrimaryDiedPage.of(new ClusterName("strait"), new InstanceId("east-0")));
  }

  private static List<Map<String, Object>> rules(Cluster cluster) {
    Map<String, List<Map<String, List<Map<String, Object>>>>> file =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(SetupFiles.of(cluster).get("alerts.yml"));
    return Objects.requireNonNull(Objects.requireNonNull(file.get("groups")).get(0).get("rules"));
  }
}
