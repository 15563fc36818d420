package dev.mooring.dev.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.host.Fleet.Run;
import dev.mooring.dev.lab.GreenplumHome;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.InstanceParked;
import dev.mooring.port.InstanceActivities.ReplaySeen;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceTarget;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.StopLine;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Greenplum's DR instances: coordinator and segment, by the programs of a GPHOME. */
@Tag("all")
class GreenplumInstancesIT {
  private static Lab lab;
  private static Path home;
  private static Fleet fleet;

  @BeforeAll
  static void up() throws IOException {
    lab =
        Lab.up(LabPlan.fleet(2).named("segments").withInstancesPerHost(2).withWalFileMegabytes(64));
    home = lab.directory().resolve("gphome");
    GreenplumHome.make(home, lab.postgresPrograms());
    fleet = new Fleet(lab, GreenplumInstancesIT::ofGreenplum);
    Files.createSymbolicLink(lab.archive(0).resolveSibling("-1"), lab.archive(0));
    for (Instance instance : fleet.work("west").instances()) {
      setUp(instance, instance.dbid(), instance.content().value());
    }
    lab.snapshot();
  }

  /** The first instance of a site is the coordinator; dbids are 1, 2 in the east, 11, 12 here. */
  private static Instance ofGreenplum(Instance instance) {
    int content = instance.content().value();
    return new Instance(
        instance.id(),
        instance.site(),
        content == 0 ? ContentId.COORDINATOR : instance.content(),
        instance.host(),
        instance.port(),
        instance.dataDirectory(),
        new InstanceManager(InstanceManager.Kind.GREENPLUM, home + "/bin"),
        (instance.site().value().equals("west") ? 11 : 1) + content,
        false,
        "");
  }

  private static void setUp(Instance instance, int dbid, int content) {
    GreenplumHome.setUp(Path.of(instance.dataDirectory()), dbid, content);
  }

  @AfterEach
  void backToTheFirstState() {
    lab.restore();
  }

  @AfterAll
  static void down() {
    fleet.close();
    lab.close();
  }

  private static Instance instance(String id) {
    return fleet.only(id).instances().get(0);
  }

  private static Path autoConf(String id) {
    return lab.instance(id).dataDirectory().resolve("postgresql.auto.conf");
  }

  private static String logged(String id, Run run, int start) throws IOException {
    return Files.readString(
        lab.instance(id)
            .host()
            .mooring()
            .resolve(lab.name() + "/" + id + ".starts/" + run.id() + "-" + start + ".log"));
  }

  private static void requireParked(List<InstanceParked> parked, String point) {
    assertThat(parked).hasSize(2);
    for (InstanceParked instance : parked) {
      assertThat(instance.instance().control().state())
          .isEqualTo(InstanceState.SHUT_DOWN_IN_RECOVERY);
      assertThat(instance.log().stop())
          .isInstanceOfSatisfying(
              StopLine.At.class, at -> assertThat(at.restorePoint()).isEqualTo(point));
      assertThat(instance.log().stoppedAtTarget()).isTrue();
      assertThat(instance.log().fatals()).isEmpty();
    }
  }

  @Test
  void parks_coordinator_and_segment_and_reads_their_log_of_this_start() throws Exception {
    Run first = Run.next();
    requireParked(fleet.park(first, fleet.publish("first_point")), "first_point");
    assertThat(logged("west-0", first, 1))
        .contains("recovery stopping at restore point \"first_point\", time ");
    Run second = Run.next();
    requireParked(fleet.park(second, fleet.publish("second_point")), "second_point");
    for (String id : List.of("west-0", "west-1")) {
      assertThat(logged(id, second, 1)).contains("\"second_point\"").doesNotContain("first");
      assertThat(lab.instance(id).dataDirectory().resolve("log")).doesNotExist();
    }
  }

  @Test
  void refuses_a_directory_that_has_its_primarys_dbid_before_anything_is_touched()
      throws Exception {
    List<InstanceTarget> targets = fleet.publish("with_other_dbid");
    String before = Files.readString(autoConf("west-1"));
    setUp(instance("west-1"), 2, 1);
    String said =
        instance("west-1").dataDirectory()
            + " is set up with gp_dbid '2', the cluster file says dbid 12";
    InstanceFailure refused =
        new InstanceFailure(new InstanceId("west-1"), FailureCode.DBID_DIFFERS, said);
    assertThat(fleet.observe("west").failures()).containsExactly(refused);
    Run run = Run.next();
    assertThat(fleet.instances().ensureTarget(fleet.aim(run, targets)).failures())
        .containsExactly(refused);
    assertThat(fleet.instances().ensureReplaying(fleet.start(run, targets, 1)).failures())
        .contains(refused);
    assertThat(Files.readString(autoConf("west-1"))).isEqualTo(before);
    assertThat(lab.isRunning(lab.instance("west-1"))).isFalse();
  }

  @Test
  void refuses_the_directory_of_another_content() throws Exception {
    setUp(instance("west-0"), 11, 1);
    assertThat(fleet.observe("west").failures())
        .singleElement()
        .extracting(InstanceFailure::code, InstanceFailure::message)
        .containsExactly(
            FailureCode.DBID_DIFFERS,
            instance("west-0").dataDirectory()
                + " is set up with gp_contentid '1', the cluster file says content -1");
  }

  @Test
  void names_the_environment_that_is_missing() throws Exception {
    Path script = home.resolve("greenplum_path.sh");
    Path aside = home.resolve("aside");
    Files.move(script, aside);
    try {
      assertThat(fleet.observe("west").failures())
          .hasSize(2)
          .allMatch(failure -> failure.code() == FailureCode.HOST_PROGRAM_MISSING)
          .allMatch(f -> f.message().startsWith("neither greenplum_path.sh nor cloudberry-env.sh"));
      Files.writeString(home.resolve("cloudberry-env.sh"), Files.readString(aside));
      assertThat(fleet.observe("west").observed()).hasSize(2);
    } finally {
      Files.move(aside, script);
      Files.deleteIfExists(home.resolve("cloudberry-env.sh"));
    }
  }

  @Test
  void one_that_is_killed_on_its_way_is_started_once_more_with_a_log_of_its_own() throws Exception {
    lab.faults().archiveOff(0);
    List<InstanceTarget> targets = fleet.publish("after_a_kill");
    Run run = Run.next();
    fleet.instances().ensureTarget(fleet.aim(run, targets));
    assertThat(fleet.instances().ensureReplaying(fleet.start(run, targets, 1)).failures())
        .isEmpty();
    Fleet.until(() -> fleet.gateSays("west-0", "absent"));
    lab.faults().signal(lab.instance("west-0"), Signal.KILL);
    lab.faults().archiveOn(0);
    List<ReplaySeen> seen =
        fleet.instances().awaitParked(fleet.await(run, targets, 1, Fleet.LIMIT)).seen();
    assertThat(seen)
        .filteredOn(one -> !one.died().isEmpty())
        .extracting(one -> one.instance().value())
        .containsExactly("west-0");
    fleet.instances().ensureReplaying(fleet.start(run, targets, 2));
    fleet.instances().awaitParked(fleet.await(run, targets, 2, Fleet.LIMIT));
    assertThat(fleet.parked(run, targets, 2).parked())
        .filteredOn(one -> one.instance().instance().value().equals("west-0"))
        .allMatch(one -> one.log().stoppedAtTarget());
    assertThat(logged("west-0", run, 1)).doesNotContain("recovery stopping");
  }
}
