package dev.mooring.activities.evidence;

import static dev.mooring.evidence.SampleManifests.HARBOUR;
import static dev.mooring.evidence.SampleManifests.nameOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.ContentFloor;
import dev.mooring.evidence.ManifestChoice;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.port.Call;
import dev.mooring.port.EvidenceActivities.EnsureWritable;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ManifestActivities.Answer;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.ManifestActivities.ReadManifest;
import dev.mooring.port.ReceiptActivities.EnsureReceipt;
import dev.mooring.port.ReceiptActivities.EnsureSiteState;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.ManifestSource;
import dev.mooring.topology.SiteName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A site that sees production's manifests through a web server or commands, and has its own store.
 */
class ManifestsReadElsewhereTest {
  private static final Call CALL = new Call(HARBOUR, "run", "STEP", 3, Epoch.NONE);
  private static final SiteName WEST = SampleReceipts.WEST;

  @TempDir Path directory = Path.of("set by JUnit");
  private SampleStore production = new SampleStore(Path.of("set before each"));
  private SampleStore west = new SampleStore(Path.of("set before each"));
  private Optional<WebServer> server = Optional.empty();

  private enum Through {
    HTTP,
    COMMANDS
  }

  @BeforeEach
  void prepare() throws Exception {
    production = SampleStore.in(Files.createDirectory(directory.resolve("production")));
    west = SampleStore.in(Files.createDirectory(directory.resolve("west")));
    for (int n = 1; n <= 4; n++) {
      production
          .manifests()
          .ensureReady(new EnsureManifest(CALL, production.policy(), SampleManifests.ready(n, 2)));
    }
    server = Optional.of(WebServer.of(production.root()));
  }

  @AfterEach
  void stop() {
    server.ifPresent(WebServer::close);
  }

  private EvidencePolicy policy(Through through) {
    ManifestSource source =
        through == Through.HTTP
            ? new ManifestSource.Http(server.orElseThrow().url())
            : new ManifestSource.Commands(
                production.root() + "/harbour/manifests",
                "cat {manifest_path}",
                "ls -l {manifest_dir}/ | awk '{print $9}'");
    EvidencePolicy own = west.policy();
    return new EvidencePolicy(
            own.store(),
            own.signingKey(),
            own.trustedKeyFiles(),
            List.of(new EvidencePolicy.Reader(WEST, source)),
            List.of(),
            0)
        .at(WEST);
  }

  @ParameterizedTest
  @EnumSource
  void safe_forward_chooses_among_the_manifests_listed(Through through) {
    ContentFloor floor =
        new ContentFloor(
            new ContentId(1),
            new InstanceId("west-1"),
            SampleManifests.lsn(2, 1),
            "pg_controldata");
    assertThat(name(read(through, ManifestChoice.SAFE_FORWARD, List.of(floor))))
        .isEqualTo(nameOf(2));
    assertThat(name(read(through, ManifestChoice.LATEST, List.of()))).isEqualTo(nameOf(4));
  }

  @ParameterizedTest
  @EnumSource
  void one_by_its_name_is_fetched_and_an_unknown_one_is_refused(Through through) {
    assertThat(name(read(through, new ManifestChoice(nameOf(3).value()), List.of())))
        .isEqualTo(nameOf(3));
    assertThat(read(through, new ManifestChoice(nameOf(9).value()), List.of()))
        .isEqualTo(new Answer.None(FailureCode.NO_MANIFEST, "there is no manifest " + nameOf(9)));
  }

  @ParameterizedTest
  @EnumSource
  void an_altered_manifest_is_refused_wherever_it_was_read(Through through) throws Exception {
    Path latest = production.root().resolve("harbour/manifests/LATEST.json");
    Files.writeString(
        latest, Files.readString(latest).replace("\"ready\":true", "\"ready\": true"));
    Files.writeString(latest, Files.readString(latest).replace("harbour", "harbor"));
    assertThatThrownBy(() -> read(through, ManifestChoice.LATEST, List.of()))
        .hasMessageContaining("manifest LATEST: ");
  }

  @ParameterizedTest
  @EnumSource
  void receipts_and_state_stand_in_the_sites_own_store(Through through) throws Exception {
    StoreReceiptActivities receipts =
        new StoreReceiptActivities(
            SampleStore.STORES, SampleStore.HOSTS, name -> Optional.empty(), Clock.systemUTC());
    receipts.ensureReceipt(
        new EnsureReceipt(CALL, policy(through), SampleReceipts.publish(1), List.of()));
    receipts.ensureSiteState(new EnsureSiteState(CALL, policy(through), SampleReceipts.state(1)));
    assertThat(west.root().resolve("harbour/receipts/00000001.json")).exists();
    assertThat(west.root().resolve("harbour/sites/west/state.json")).exists();
    assertThat(west.root().resolve("harbour/manifests")).doesNotExist();
    assertThat(production.root().resolve("harbour/receipts")).doesNotExist();
    assertThat(
            new StoreEvidenceActivities(
                    SampleStore.STORES, SampleStore.HOSTS, name -> Optional.empty())
                .ensureWritable(new EnsureWritable(CALL, policy(through), HARBOUR))
                .path())
        .startsWith(west.root().toString());
  }

  @Test
  void nothing_is_published_through_it() {
    assertThatThrownBy(
            () ->
                west.manifests()
                    .ensureReady(
                        new EnsureManifest(
                            CALL, policy(Through.COMMANDS), SampleManifests.ready(5, 2))))
        .hasMessageContaining("this site only reads them");
  }

  private Answer read(Through through, ManifestChoice choice, List<ContentFloor> floors) {
    return west.manifests()
        .readManifest(new ReadManifest(CALL, policy(through), HARBOUR, choice, floors))
        .answer();
  }

  private static RestorePointName name(Answer answer) {
    return ((Answer.Found) answer).manifest().name();
  }
}
