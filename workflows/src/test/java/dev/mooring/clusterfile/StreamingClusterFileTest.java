package dev.mooring.clusterfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.FailoverPolicy;
import dev.mooring.topology.FailoverReaction;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.Follows;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.ResilverReaction;
import dev.mooring.topology.SecretReference;
import dev.mooring.topology.SiteName;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.SynchronousReaction;
import dev.mooring.topology.WatchPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The file of a cluster that streams. */
class StreamingClusterFileTest {

  @Test
  void of_a_cluster_that_streams_any_instance_but_the_moored_ones_may_be_the_primary() {
    Cluster strait = Files.cluster(Files.STRAIT);

    assertThat(strait.members().stream().map(member -> member.id().value()))
        .containsExactly("east-0", "east-1", "west-0", "west-1");
    assertThat(strait.site(new SiteName("deep")).orElseThrow().follows())
        .isEqualTo(Follows.RESTORE_POINTS);
    assertThat(strait.members().stream().map(Instance::upstream))
        .containsExactly("", Instance.ARCHIVE, "", "west-0");
    assertThat(Files.cluster(Files.PIER).members()).isEmpty();
  }

  @Test
  void fills_in_every_default_of_a_cluster_that_streams() {
    String whole = Files.STRAIT;
    String bare =
        whole.substring(0, whole.indexOf("replication:")) + "replication: {password: env:SECRET}\n";

    StreamingPolicy policy = Files.cluster(bare).streaming().orElseThrow();

    assertThat(policy)
        .isEqualTo(
            new StreamingPolicy(
                new StreamingPolicy.Replication(
                    new StreamingPolicy.Login(
                        "mooring_replication",
                        new SecretReference("env:SECRET"),
                        "verify-full",
                        "/etc/mooring/ca.pem"),
                    StreamingPolicy.Commit.ON,
                    new StreamingPolicy.Synchronous(
                        StreamingPolicy.Synchronous.Method.NONE, 0, List.of()),
                    new StreamingPolicy.Limits(16 << 20, 8),
                    ""),
                new StreamingPolicy.Switchover(Duration.ofSeconds(20), Duration.ofSeconds(15)),
                new StreamingPolicy.Resilver(true, 0, Duration.ofHours(1), 1, List.of()),
                List.of(),
                new FailoverPolicy(),
                new WatchPolicy()));
  }

  @Test
  void a_primary_starts_by_itself_after_a_reboot_unless_the_file_asks_a_person_or_no_permit() {
    String file = Files.STRAIT.substring(0, Files.STRAIT.indexOf("approvals:"));
    String two = file + "approvals: {persons: {startPrimary: 2}}\n";

    assertThat(startsAfterReboot(file)).isTrue();
    assertThat(startsAfterReboot(file + "failover: {automatic: {}}\n")).isTrue();
    assertThat(startsAfterReboot(file + "guard: {startAfterReboot: ask}\n")).isFalse();
    assertThat(startsAfterReboot(two)).isFalse();
    String key = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    String signed = file + "approvers: [{name: anna, key: %s}]\n".formatted(key);
    assertThat(startsAfterReboot(signed)).isFalse();
    assertThat(startsAfterReboot(signed + "approvals: {unsigned: allow}\n")).isTrue();
    assertThat(startsAfterReboot(signed + "guard: {startAfterReboot: auto}\n")).isTrue();
    assertThat(startsAfterReboot(file + "guard: {afterReboot: start}\n")).isFalse();
    String both = "failover: {automatic: {}}\nguard: {startAfterReboot: auto}\n";
    assertThat(startsAfterReboot(file + both)).isTrue();
  }

  private static boolean startsAfterReboot(String file) {
    return Files.cluster(file).streaming().orElseThrow().watchStartsAfterReboot();
  }

  @Test
  void a_watch_reacts_as_the_file_sets_it_and_without_that_not_at_all() {
    String without = Files.STRAIT.substring(0, Files.STRAIT.indexOf("approvals:"));
    String off = without + "watch: {beginAfterLooks: 9, reactions: {resilver: off}}\n";

    assertThat(resilvers(off)).isEmpty();
    assertThat(resilvers(off.replace("off", "propose, resilverAfterLooks: 9")))
        .containsExactly(new ResilverReaction(false, 9));
    assertThat(resilvers(without + "watch: {reactions: {resilver: act}}\n"))
        .containsExactly(new ResilverReaction(true, 5));
    assertThat(Strait.synchronous().streaming().orElseThrow().watch().setsSynchronous()).isEmpty();
    assertThat(
            Strait.synchronous("{}\nwatch: {reactions: {synchronous: act}}")
                .streaming()
                .orElseThrow()
                .watch()
                .setsSynchronous())
        .contains(new SynchronousReaction(true));
    assertThat(failsOver("propose")).contains(new FailoverReaction(false));
    assertThat(failsOver("act")).contains(new FailoverReaction(true));
    assertThat(failsOver("off")).isEmpty();
  }

  private static Optional<FailoverReaction> failsOver(String how) {
    return Strait.failingOver(how).streaming().orElseThrow().watch().failsOver();
  }

  private static List<ResilverReaction> resilvers(String file) {
    return Files.cluster(file).streaming().orElseThrow().watch().resilver();
  }

  @Test
  void a_section_failover_that_says_what_holds_anyway_changes_no_digest() {
    String without = Files.STRAIT.substring(0, Files.STRAIT.indexOf("approvals:"));
    String said = without + "failover: {promoteWithin: PT30S, maxLossBytes: 1048576, prefer: []}\n";

    assertThat(Files.cluster(said)).isEqualTo(Files.cluster(without));
    assertThat(Files.cluster(Files.STRAIT).digest()).isNotEqualTo(Files.cluster(said).digest());
  }

  @Test
  void a_fence_is_run_by_the_worker_of_a_site_or_on_another_host() {
    FailoverPolicy policy = Files.cluster(Files.STRAIT).streaming().orElseThrow().failover();

    assertThat(policy.fenceOf(new HostName("w0")).map(FenceCommand::inWords))
        .contains("the fence command of w0, run by the worker of east");
    assertThat(policy.fenceOf(new HostName("w1")).map(FenceCommand::inWords))
        .contains("the fence command of w1, run by host f0");
    assertThat(policy.fenceOf(new HostName("w1")).map(FenceCommand::within))
        .contains(Duration.ofSeconds(30));
    assertThat(policy.fenceOf(new HostName("e0"))).isEmpty();
  }

  @Test
  void commands_around_a_resilver_are_two_each_of_which_may_be_left_out() {
    String without = Files.cluster(Files.STRAIT).digest();
    String before = Files.edited(Files.STRAIT, "perHost: 2}", "perHost: 2, before: 'rm /x'}");
    String both =
        Files.edited(
            Files.STRAIT,
            "perHost: 2}",
            "perHost: 2, after: 'a {instance}', before: b, commandWithin: PT1H}");

    assertThat(commands(Files.STRAIT)).isEmpty();
    assertThat(commands(before))
        .containsExactly(new StreamingPolicy.OwnCommands("rm /x", "", Duration.ofMinutes(5)));
    assertThat(commands(both))
        .containsExactly(new StreamingPolicy.OwnCommands("b", "a {instance}", Duration.ofHours(1)));
    assertThat(Files.cluster(before).digest()).isNotEqualTo(without);
  }

  private static List<StreamingPolicy.OwnCommands> commands(String file) {
    return Files.cluster(file).streaming().orElseThrow().resilver().commands();
  }

  @Test
  void the_publishing_site_is_found_beside_sites_that_stream_and_consume() {
    String unsaid = Files.edited(Files.STRAIT, "publish: {site: east}", "");

    assertThat(Files.cluster(unsaid)).isEqualTo(Files.cluster(Files.STRAIT));
  }
}
