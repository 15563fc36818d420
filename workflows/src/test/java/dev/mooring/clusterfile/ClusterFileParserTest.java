package dev.mooring.clusterfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.contract.Limit;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.Barrier;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterKind;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.EvidenceStore;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceManager;
import dev.mooring.topology.ManifestSource;
import dev.mooring.topology.PublishPolicy;
import dev.mooring.topology.SecretReference;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RunbookDataConverter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterFileParserTest {
  private static final ObjectMapper PAYLOADS = RunbookDataConverter.mapper();

  @ParameterizedTest
  @ValueSource(strings = {"harbour", "pier", "dock", "strait", "sound"})
  void resolves_a_file_to_the_golden_payload_and_back(String name) throws Exception {
    Cluster cluster = Files.cluster(Files.read(name + ".yaml"));

    String payload = PAYLOADS.writerWithDefaultPrettyPrinter().writeValueAsString(cluster);

    assertThat(payload + "\n").isEqualTo(Files.read(name + ".json"));
    assertThat(PAYLOADS.readValue(payload, Cluster.class)).isEqualTo(cluster);
  }

  @Test
  void fills_in_every_default() {
    Cluster pier = Files.cluster(Files.PIER);

    PublishPolicy publish = pier.policies().publish();
    assertThat(publish.site()).isEqualTo(new SiteName("north"));
    assertThat(publish.every()).isEqualTo(Duration.ofMinutes(5));
    assertThat(publish.archive().atMost()).isEqualTo(Duration.ofSeconds(30));
    assertThat(publish.archive().poll()).isEqualTo(Duration.ofSeconds(2));
    assertThat(publish.archive().proof()).isEqualTo(PublishPolicy.ArchiveProof.BYTES);
    assertThat(publish.switchWal()).isTrue();
    assertThat(publish.checkpointBeforePoint())
        .isEqualTo(PublishPolicy.CheckpointBeforePoint.NEVER);
    assertThat(publish.barrier()).isEqualTo(new Barrier.None());
    assertThat(pier.policies().consume().atMost()).isEqualTo(Duration.ofMinutes(5));
    assertThat(pier.policies().consume().poll()).isEqualTo(Duration.ofSeconds(5));
    assertThat(pier.policies().database().database()).isEqualTo("postgres");
    assertThat(pier.policies().database().password().text()).isEqualTo("pgpass");
    assertThat(pier.policies().database().sslMode()).isEqualTo("verify-full");
    Site north = pier.site(new SiteName("north")).orElseThrow();
    assertThat(north.consume()).isEqualTo(Site.ConsumeTrigger.MANUAL);
    assertThat(north.archive().restoreCommandOf(new ContentId(0)))
        .isEqualTo("cp \"/archive/%f\" \"%p\"");
    Host host = pier.host(new HostName("n0"));
    assertThat(host.directory()).isEqualTo("/var/lib/mooring");
    assertThat(host.access().kind()).isEqualTo(HostAccess.Kind.SSH);
    assertThat(host.access().port()).isEqualTo(22);
    assertThat(pier.host(new HostName("s0")).access())
        .isEqualTo(HostAccess.local("localhost", List.of()));
  }

  @Test
  void a_greenplum_holds_its_commits_itself_and_knows_its_instances_by_dbid() {
    Cluster dock = Files.cluster(Files.read("dock.yaml"));

    assertThat(dock.kind()).isEqualTo(ClusterKind.GREENPLUM);
    assertThat(dock.policies().publish().barrier())
        .isEqualTo(new Barrier.CommitLock(Duration.ofSeconds(5)));
    assertThat(dock.contentsAt(new SiteName("east")))
        .containsExactly(ContentId.COORDINATOR, new ContentId(0), new ContentId(1));
    Instance standby =
        dock.instances().stream().filter(i -> i.id().value().equals("standby")).findAny().get();
    assertThat(standby.mirror()).isTrue();
    assertThat(standby.dbid()).isEqualTo(6);
    assertThat(standby.manager())
        .isEqualTo(
            new InstanceManager(InstanceManager.Kind.GREENPLUM, "/usr/local/greenplum-db/bin"));
  }

  @Test
  void a_host_overrides_the_ssh_section_setting_by_setting() {
    HostAccess access = Files.cluster(Files.HARBOUR).host(new HostName("e0")).access();

    assertThat(access.port()).isEqualTo(2222);
    assertThat(access.user()).isEqualTo("postgres");
  }

  @Test
  void an_sftp_store_carries_how_its_host_is_reached() {
    Cluster pier = Files.cluster(Files.PIER);

    assertThat(pier.policies().evidence().store())
        .isEqualTo(new EvidenceStore.Sftp(pier.host(new HostName("store")), "/srv/mooring"));
  }

  @Test
  void an_s3_store_carries_its_bucket_and_references_to_its_keys() throws Exception {
    String whole =
        "s3: {bucket: evidence, prefix: /prod/harbour/, region: eu-central-1, endpoint:"
            + " 'https://s3.example.org:9000/', pathStyle: true, credentials: {accessKeyId:"
            + " 'env:KEY_ID', secretAccessKey: 'file:/etc/mooring/s3'}}";

    assertThat(storeOf(whole))
        .isEqualTo(
            new EvidenceStore.S3(
                "evidence",
                "prod/harbour",
                "eu-central-1",
                "https://s3.example.org:9000",
                EvidenceStore.Addressing.PATH,
                new EvidenceStore.Credentials.Keys(
                    new SecretReference("env:KEY_ID"),
                    new SecretReference("file:/etc/mooring/s3"))));
    assertThat(storeOf("s3: {bucket: evidence}"))
        .isEqualTo(
            new EvidenceStore.S3(
                "evidence",
                "",
                "us-east-1",
                "",
                EvidenceStore.Addressing.HOST,
                new EvidenceStore.Credentials.Found()));
  }

  private static EvidenceStore storeOf(String store) throws Exception {
    return Files.cluster(
            Files.edited(
                Files.HARBOUR, "{directory: /var/lib/mooring/evidence}", "{" + store + "}"))
        .policies()
        .evidence()
        .store();
  }

  @Test
  void several_stores_need_more_than_half_of_the_writes() throws Exception {
    String one = "{directory: /var/lib/mooring/evidence}";
    String three = one + "\n  furtherStores: [{directory: /b}, {s3: {bucket: evidence}}]";

    EvidencePolicy usual =
        Files.cluster(Files.edited(Files.HARBOUR, one, three)).policies().evidence();
    assertThat(usual.furtherStores()).hasSize(2);
    assertThat(usual.writes()).isEqualTo(2);
    for (int writes : List.of(1, 4)) {
      String edited = Files.edited(Files.HARBOUR, one, three + "\n  writes: " + writes);
      assertThat(Files.problems(edited))
          .singleElement()
          .asString()
          .contains(writes + " of 3 evidence stores can't be required", "2 to 3, are needed");
    }
  }

  @Test
  void one_store_is_not_named_twice() throws Exception {
    String one = "{directory: /var/lib/mooring/evidence}";
    for (String further :
        List.of(
            "[{directory: /var/lib/mooring//evidence/}, {directory: /b}]",
            "[{s3: {bucket: evidence, prefix: p}}, {s3: {bucket: evidence, prefix: p/}}]")) {
      assertThat(
              Files.problems(
                  Files.edited(Files.HARBOUR, one, one + "\n  furtherStores: " + further)))
          .singleElement()
          .asString()
          .contains("is named once more, and would count twice");
    }
    assertThat(
            Files.problems(
                Files.edited(
                    Files.HARBOUR,
                    one,
                    one
                        + "\n"
                        + "  furtherStores: [{s3: {bucket: evidence}}, {s3: {bucket: evidence,"
                        + " prefix: p}}]")))
        .isEmpty();
  }

  @Test
  void a_site_may_read_manifests_through_a_web_server_or_commands() throws Exception {
    String west = "{name: west, consume: onPublish, ";
    String http = "manifests: {http: {url: 'https://e0.example.org:8443/mooring/'}}, ";
    String commands =
        "manifests: {commands: {directory: /srv/harbour/manifests/, fetch: 'ssh e0 cat"
            + " {manifest_path}', list: 'ssh e0 ls {manifest_dir}'}}, ";

    assertThat(readersOf(Files.edited(Files.HARBOUR, west, west + http)))
        .containsExactly(
            new EvidencePolicy.Reader(
                new SiteName("west"),
                new ManifestSource.Http("https://e0.example.org:8443/mooring")));
    String own = http.replace("'}}", "', rootCertificate: /etc/mooring/ca.pem}}");
    assertThat(readersOf(Files.edited(Files.HARBOUR, west, west + own)))
        .extracting(EvidencePolicy.Reader::source)
        .containsExactly(
            new ManifestSource.Http("https://e0.example.org:8443/mooring", "/etc/mooring/ca.pem"));
    assertThat(readersOf(Files.edited(Files.HARBOUR, west, west + commands)))
        .containsExactly(
            new EvidencePolicy.Reader(
                new SiteName("west"),
                new ManifestSource.Commands(
                    "/srv/harbour/manifests",
                    "ssh e0 cat {manifest_path}",
                    "ssh e0 ls {manifest_dir}")));
    assertThat(readersOf(Files.HARBOUR)).isEmpty();
    for (String source : List.of(http, own, commands)) {
      Cluster cluster = Files.cluster(Files.edited(Files.HARBOUR, west, west + source));
      EvidencePolicy policy = cluster.policies().evidence();
      assertThat(PAYLOADS.readValue(PAYLOADS.writeValueAsString(cluster), Cluster.class))
          .isEqualTo(cluster);
      assertThat(policy.at(new SiteName("west"))).isEqualTo(policy);
      assertThat(policy.at(new SiteName("east")).readers()).isEmpty();
    }
  }

  @Test
  void the_points_of_whpg_dr_sync_need_an_archive_that_is_a_directory() throws Exception {
    String west = "{name: west, consume: onPublish, ";
    String named = "{directory: /data/manifests, latest: /data/state/LATEST.json}";
    String text =
        Files.edited(Files.HARBOUR, west, west + "manifests: {whpgDrSync: " + named + "}, ");
    int at = text.indexOf("archive: {", text.indexOf("name: west"));
    String elsewhere =
        text.substring(0, at)
            + text.substring(at)
                .replaceFirst("directory: \"[^\"]*\"", "pgbackrest: {stanza: \"s-{content}\"}");
    assertThat(Files.problems(elsewhere))
        .anySatisfy(p -> assertThat(p.toString()).contains("the archive of site 'west' is none"));
  }

  @Test
  void a_site_may_read_the_manifests_of_whpg_dr_sync() throws Exception {
    String west = "{name: west, consume: onPublish, ";
    String named = "directory: /data/manifests, latest: /data/state/LATEST.json";
    String manifests = "manifests: {whpgDrSync: {" + named;

    assertThat(readersOf(Files.edited(Files.HARBOUR, west, west + manifests + "}}, ")))
        .containsExactly(
            new EvidencePolicy.Reader(
                new SiteName("west"),
                new ManifestSource.WhpgDrSync(
                    "/data/manifests",
                    "/data/state/LATEST.json",
                    "cat {manifest_path}",
                    "ls {manifest_dir}")));
    String commands = ", fetch: 'ssh e0 cat {manifest_path}', list: 'ssh e0 ls {manifest_dir}'}}, ";
    Cluster cluster = Files.cluster(Files.edited(Files.HARBOUR, west, west + manifests + commands));
    assertThat(cluster.policies().evidence().readers())
        .containsExactly(
            new EvidencePolicy.Reader(
                new SiteName("west"),
                new ManifestSource.WhpgDrSync(
                    "/data/manifests",
                    "/data/state/LATEST.json",
                    "ssh e0 cat {manifest_path}",
                    "ssh e0 ls {manifest_dir}")));
    assertThat(PAYLOADS.readValue(PAYLOADS.writeValueAsString(cluster), Cluster.class))
        .isEqualTo(cluster);
  }

  private static List<EvidencePolicy.Reader> readersOf(String yaml) {
    return Files.cluster(yaml).policies().evidence().readers();
  }

  @Test
  void a_barrier_can_be_a_pair_of_commands_or_none() {
    String sql =
        "barrier: {sql: {instance: east-0, enter: \"SELECT pg_advisory_lock(7707)\", leave:"
            + " \"SELECT pg_advisory_unlock(7707)\", timeout: PT5S}}";

    assertThat(
            barrierOf(Files.edited(Files.HARBOUR, sql, "barrier: {command: {enter: a, leave: b}}")))
        .isEqualTo(new Barrier.Command("a", "b", Duration.ofSeconds(5)));
    assertThat(barrierOf(Files.edited(Files.HARBOUR, sql, "barrier: none")))
        .isEqualTo(new Barrier.None());
  }

  private static Barrier barrierOf(String yaml) {
    return Files.cluster(yaml).policies().publish().barrier();
  }

  @Test
  void a_bucket_of_wal_carries_its_keys_references_and_how_hosts_fetch_from_it() {
    Site.Archive archive =
        archiveOf(
            "s3: {bucket: wal, prefix: /pier/main/, region: eu-central-1, credentials:"
                + " {accessKeyId: 'env:KEY_ID', secretAccessKey: 'file:/etc/mooring/s3'},"
                + " curlConfig: /etc/wal.curl}");
    ContentId content = new ContentId(0);
    assertThat(archive.kinds())
        .containsExactly(
            new ArchiveKind.S3(
                "wal",
                "pier/main",
                "eu-central-1",
                "",
                EvidenceStore.Addressing.HOST,
                new EvidenceStore.Credentials.Keys(
                    new SecretReference("env:KEY_ID"),
                    new SecretReference("file:/etc/mooring/s3"))));
    assertThat(archive.placeOf(content))
        .isEqualTo("https://wal.s3.eu-central-1.amazonaws.com/pier/main");
    assertThat(archive.restoreCommandOf(content))
        .contains("curl -sS -K \"/etc/wal.curl\" --aws-sigv4 aws:amz:eu-central-1:s3")
        .contains("\"https://wal.s3.eu-central-1.amazonaws.com/pier/main/%f\"")
        .doesNotContain("KEY_ID", "/etc/mooring/s3");
    Site.Archive own =
        archiveOf(
            "s3: {bucket: wal, prefix: '{content}', endpoint: 'https://s3.example.org:9000/',"
                + " pathStyle: true}, restoreCommand: 'get {archive}/%f \"%p\"'");
    assertThat(own.restoreCommandOf(content))
        .isEqualTo("get https://s3.example.org:9000/wal/0/%f \"%p\"");
    assertThat(((ArchiveKind.S3) own.kinds().get(0)).keysOf(content)).isEqualTo("0/");
  }

  private static Site.Archive archiveOf(String archive) {
    String yaml =
        Files.edited(
            Files.PIER, "archive:\n      directory: /archive", "archive: {" + archive + "}");
    return Files.cluster(yaml).site(new SiteName("north")).orElseThrow().archive();
  }

  @Test
  void a_restore_command_of_a_fleet_may_name_the_content_instead_of_the_archive() {
    String yaml =
        Files.edited(
            Files.HARBOUR,
            "'cp \"{archive}/%f\" \"%p\"'",
            "'pgbackrest --stanza=c{content} archive-get %f \"%p\"'");

    Site west = Files.cluster(yaml).site(new SiteName("west")).orElseThrow();

    assertThat(west.archive().restoreCommandOf(new ContentId(1)))
        .isEqualTo("pgbackrest --stanza=c1 archive-get %f \"%p\"");
  }

  @Test
  void a_file_under_another_cluster_s_name_is_refused() {
    assertThat(
            ClusterFileParser.parse(Files.PIER, new ClusterName("harbour"))
                .<List<String>>match(
                    cluster -> List.of(),
                    problems -> problems.stream().map(Problem::toString).toList()))
        .containsExactly(
            "2:10: cluster: this file is kept as harbour.yaml but describes cluster 'pier'");
    assertThat(ClusterFileParser.parse(Files.PIER, new ClusterName("pier")))
        .isEqualTo(ClusterFileParser.parse(Files.PIER));
  }

  @Test
  void a_thousand_instances_are_read_in_seconds() {
    StringBuilder yaml =
        new StringBuilder(Files.HARBOUR.substring(0, Files.HARBOUR.indexOf("hosts:")));
    yaml.append("hosts:\n");
    for (int host = 0; host < 100; host++) {
      yaml.append("  - {name: h%d, address: 10.0.0.%d}\n".formatted(host, host));
    }
    yaml.append("instances:\n");
    for (int i = 0; i < 1000; i++) {
      yaml.append(
          "  - {id: i%d, site: %s, content: %d, host: h%d, port: %d, dataDirectory: /data/i%d,"
                  .formatted(i, i % 2 == 0 ? "east" : "west", i / 2, i % 100, 6000 + i, i)
              + " manager: {pg_ctl: /usr/lib/postgresql/15/bin}}\n");
    }
    Files.cluster(Files.HARBOUR);
    long begin = System.nanoTime();

    Cluster cluster = Files.cluster(yaml.toString());

    assertThat(cluster.contentsAt(new SiteName("west"))).hasSize(500);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Limit.seconds(10));
  }
}
