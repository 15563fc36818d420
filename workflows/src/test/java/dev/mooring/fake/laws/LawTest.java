package dev.mooring.fake.laws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.SiteState.ControlFile;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.fake.TestBed;
import dev.mooring.port.Call;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities.EnsureReplaying;
import dev.mooring.port.InstanceActivities.EnsureTarget;
import dev.mooring.port.InstanceTarget;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.ReceiptActivities.EnsureSiteState;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Typed;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each law holds over a mooring as it should be, and catches a world that breaks it. */
class LawTest {
  private final Cluster cluster = Harbour.cluster(2);
  private final TestBed bed = new TestBed(cluster);
  private final FakeCluster world = bed.world();
  private final Call byHand = new Call(cluster.name(), "by-hand", "TEST", 3, new Epoch(1L << 50));

  @BeforeEach
  void moor() {
    bed.publish(Typed.json("{'cluster':'harbour'}"));
    bed.consume(Typed.json("{'cluster':'harbour','site':'west'}"));
    assertThat(Law.allBrokenBy(world.truth())).isEmpty();
    world.attemptsBy(() -> 1);
  }

  @AfterEach
  void close() {
    bed.close();
  }

  private void caught(Law law, String how) {
    assertThat(law.brokenBy(world.truth())).anySatisfy(what -> assertThat(what).contains(how));
  }

  @Test
  void catches_two_writable_instances_of_one_content() {
    world.trouble().promote(1);
    caught(Law.NEVER_TWO_WRITABLE_INSTANCES_OF_ONE_CONTENT, "content 1 also accepts writes");
  }

  @Test
  void catches_an_advance_without_proof() {
    world.writeEverywhere(20 << 20);
    bed.publish(Typed.json("{'cluster':'harbour'}"));
    Manifest second = world.latest().orElseThrow();
    List<ParkedInstance> claimed =
        world.copies().observed().stream()
            .map(
                seen ->
                    new ParkedInstance(
                        seen.instance(),
                        Harbour.instance(cluster, seen.instance().value()).content(),
                        TimelineId.FIRST,
                        new ControlFile(ObservedInstances.AT, seen.controlDigest()),
                        "",
                        ""))
            .toList();
    SiteState lie =
        new SiteState(
            cluster.name(),
            Harbour.WEST,
            second.name(),
            second.header().createdAt().plusSeconds(9),
            "by-hand",
            claimed);
    world
        .receipts()
        .ensureSiteState(new EnsureSiteState(byHand, cluster.policies().evidence(), lie));
    caught(Law.NO_ADVANCE_WITHOUT_PROOF_ON_EVERY_INSTANCE, "west-0 stands at ");
  }

  @Test
  void catches_an_advance_that_leaves_an_instance_out() {
    SiteState state = world.state(Harbour.WEST).orElseThrow();
    SiteState partial =
        new SiteState(
            state.cluster(),
            state.site(),
            state.restorePoint(),
            state.provedAt(),
            "by-hand",
            state.instances().subList(0, 1));
    world
        .receipts()
        .ensureSiteState(new EnsureSiteState(byHand, cluster.policies().evidence(), partial));
    caught(Law.NO_ADVANCE_WITHOUT_PROOF_ON_EVERY_INSTANCE, "west-1 is not part of the proof");
  }

  @Test
  void the_gate_alone_holds_a_copy_whose_target_was_removed_by_hand() {
    world.writeEverywhere(60 << 20);
    world.trouble().startWithoutTarget(0);
    assertThat(Law.allBrokenBy(world.truth())).isEmpty();
    assertThat(world.copies().writable()).isEmpty();
  }

  @Test
  void catches_a_copy_that_runs_past_its_targets_file() {
    world.writeEverywhere(60 << 20);
    world.trouble().startWithoutTargetAndGate(0);
    caught(Law.NO_COPY_RUNS_PAST_THE_FILE_OF_ITS_TARGET, "west-0 was replayed to ");
  }

  @Test
  void catches_an_act_done_twice() {
    Instance west = Harbour.instance(cluster, "west-0");
    HostWork work = new HostWork(cluster.host(west.host()), List.of(west));
    EnsureTarget target = new EnsureTarget(byHand, work, List.of(target(west)));
    EnsureReplaying start = new EnsureReplaying(byHand, work, target.targets(), 1);
    world.instances().ensureTarget(target);
    world.instances().ensureReplaying(start);
    world.instances().ensureReplaying(start);
    assertThat(Law.NO_ACT_IS_DONE_TWICE.brokenBy(world.truth())).isEmpty();
    world.trouble().forgetStarts(0);
    world.instances().ensureReplaying(start);
    caught(Law.NO_ACT_IS_DONE_TWICE, "again: start west-0 as by-hand-1");
  }

  @Test
  void catches_a_start_before_all_are_configured() {
    Instance west = Harbour.instance(cluster, "west-0");
    HostWork work = new HostWork(cluster.host(west.host()), List.of(west));
    List<InstanceTarget> targets = List.of(target(west));
    world.instances().ensureTarget(new EnsureTarget(byHand, work, targets));
    world.instances().ensureReplaying(new EnsureReplaying(byHand, work, targets, 1));
    caught(Law.NOTHING_STARTS_BEFORE_ALL_ARE_CONFIGURED, "before west-1 was configured");
  }

  private InstanceTarget target(Instance west) {
    Manifest manifest = world.latest().orElseThrow();
    return new InstanceTarget(
        west.id(),
        manifest.name(),
        manifest.evidenceOf(west.content()).orElseThrow().target(),
        cluster.site(Harbour.WEST).orElseThrow().archive());
  }

  @Test
  void catches_a_latest_that_the_archive_does_not_hold() {
    Manifest invented = ObservedInstances.manifest(cluster);
    Manifest later =
        new Manifest(
            new Manifest.Header(
                cluster.name(),
                invented.name(),
                world.latest().orElseThrow().header().createdAt().plusSeconds(60),
                cluster.digest(),
                invented.header().cut()),
            invented.contents(),
            invented.proofs(),
            invented.archive(),
            List.of());
    world.manifests().ensureReady(new EnsureManifest(byHand, cluster.policies().evidence(), later));
    caught(Law.LATEST_IS_READY_AND_TRUE, "does not hold " + ObservedInstances.POINT);
  }
}
