package dev.mooring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.authority.Epoch;
import dev.mooring.fake.ActivityFaults.Carried;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakeRuns;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.Call;
import dev.mooring.port.ClusterActivities;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.EndpointActivities;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.ManifestActivities;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RunActivities;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.switchover.SwitchoverImpl;
import dev.mooring.runbook.switchover.SwitchoverWorkflow;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StandbyNames;
import io.temporal.api.common.v1.Payloads;
import io.temporal.common.converter.DataConverter;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What really went through the ports in whole runs comes back from its payload as it was; and no
 * type that a port's signature reaches was left out of those runs.
 */
class PayloadRoundTripTest {
  private static final List<Class<?>> PORTS =
      List.of(
          ArchiveActivities.class,
          ClusterActivities.class,
          DatabaseActivities.class,
          EndpointActivities.class,
          EvidenceActivities.class,
          InstanceActivities.class,
          ManifestActivities.class,
          ReceiptActivities.class,
          ReplicationActivities.class,
          RoleActivities.class,
          RunActivities.class);

  /** Reached by signatures, and shown by their own golden tests instead of these runs. */
  private static final Set<String> SHOWN_ELSEWHERE =
      Set.of(
          "ArchivingObserved",
          "ApprovalPolicy",
          "ApprovalSignature",
          "Approver",
          "Persons",
          "Asked",
          "Catalogue",
          "CatalogueObserved",
          "CatalogueRow",
          "Channel",
          "Mail",
          "MailLogin",
          "Monitoring",
          "NameNobody",
          "ObserveMonitoring",
          "EnsureReaction",
          "Incident",
          "ReactionStarted",
          "Pause",
          "NoticePolicy",
          "AwaitScanned",
          "Command",
          "Commands",
          "CommitLock",
          "ContentPresence",
          "CutOffEndpoints",
          "EndpointsCut",
          "DecisionRecord",
          "DistributedTransactions",
          "EarlierPoint",
          "SuperusersSender",
          "Elsewhere",
          "FenceCommand",
          "OwnCommands",
          "TransactionsArchived",
          "ContentWal",
          "ResilverReaction",
          "SynchronousReaction",
          "FailoverReaction",
          "UnattendedFailover",
          "Foreign",
          "ForeignManifest",
          "FoundBad",
          "ReadFoundBad",
          "Global",
          "Http",
          "InstanceArchiving",
          "Reader",
          "RefusedWal",
          "RoleReported",
          "Segment",
          "Sftp",
          "S3",
          "Keys",
          "Login",
          "Member",
          "OfContent",
          "OnHost",
          "PatroniHooks",
          "PatroniPolicy",
          "PatroniWatchdog",
          "PgBackRest",
          "Sql",
          "Unsealed",
          "UntilEndRecord",
          "UntilLocation",
          "WantedScan",
          "WantedTransactions",
          "VirtualIp",
          "WhpgDrSync",
          "WorkerOf");

  private static final RawRequest CONSUME = Typed.json("{'cluster':'harbour','site':'west'}");
  private static final RawRequest LOOK = Typed.json("{'cluster':'harbour','documents':2}");
  private static final List<Object> TRAFFIC = new ArrayList<>();

  @BeforeAll
  static void run() {
    readable();
    moved();
    try (TestBed bed =
        new TestBed(
            Harbour.cluster(
                2, "checkpointBeforePoint: never", "checkpointBeforePoint: immediate"))) {
      bed.world()
          .trouble()
          .primaryNeeds(
              1,
              new HostNeeds(
                  List.of("plpgsql"),
                  List.of("C"),
                  List.of(new HostNeeds.Tablespace(16401, "/tmp"))));
      bed.world().cutOffStandbyOf(1);
      bed.world().trouble().archiverStalls(0);
      bed.faults()
          .before(
              call -> call.method().equals("awaitArchived"),
              () -> bed.world().trouble().archiverWorks(0));
      bed.status(LOOK);
      bed.check(Typed.json("{'cluster':'harbour'}"));
      bed.publish(Typed.json("{'cluster':'harbour'}"));
      bed.consume(CONSUME);
      bed.consume(CONSUME);
      looks(bed);
      failures(bed);
      keep(bed);
      locks(bed);
    }
  }

  private static void locks(TestBed bed) {
    TRAFFIC.add(bed.world().runs().observeLock(new RunActivities.ObserveLock("lock")));
    TRAFFIC.add(bed.world().runs().releaseLock(new RunActivities.ReleaseLock("lock", "run")));
    TRAFFIC.add(new RunActivities.ObserveLock("lock"));
    TRAFFIC.add(new RunActivities.ReleaseLock("lock", "run"));
    RunActivities.StopRun stop =
        new RunActivities.StopRun(
            new RunActivities.Holder("publish", "run", "PublishCycle"),
            "the primary is gone",
            true);
    TRAFFIC.add(bed.world().runs().ensureRunStopped(stop));
    TRAFFIC.add(stop);
  }

  private static void keep(TestBed bed) {
    bed.faults()
        .carried()
        .forEach(
            (Carried call) -> {
              TRAFFIC.add(call.argument());
              TRAFFIC.add(call.result());
            });
  }

  private static void moved() {
    try (TestBed bed = new TestBed(new FakeCluster(Strait.synchronous()), SwitchoverImpl.class)) {
      String to = "{'cluster':'strait','to':'west-0','detach':'east-1'";
      String approved =
          to + ",'mode':'execute','by':'alice','digest':'" + move(bed, to + "}").digest() + "'}";
      bed.world().endpoints().away("balancer", true);
      move(bed, to + "}");
      bed.world().endpoints().away("balancer", false);
      bed.faults()
          .before(
              call -> call.method().equals("ensureTakenOver"),
              () -> bed.world().endpoints().restart("pooler"));
      TestBed.ended(() -> move(bed, approved));
      bed.faults().mend();
      move(bed, approved);
      adopt(bed);
      keep(bed);
    }
  }

  private static void adopt(TestBed bed) {
    Cluster strait = bed.world().cluster();
    Instance west = Harbour.instance(strait, "west-0");
    HostWork on = new HostWork(strait.host(west.host()), List.of(west));
    TRAFFIC.add(
        new RoleActivities.Adopt(
            new Call(strait.name(), "run", "ADOPT", 20, new Epoch(7)), on, west.id()));
    TRAFFIC.add(
        new RoleActivities.RaiseEpoch(
            new Call(strait.name(), "run", "FENCE", 19, new Epoch(7)), on));
    TRAFFIC.add(new RoleActivities.Adopted(west.id(), "none"));
    TimelineId first = new TimelineId(1);
    TRAFFIC.add(
        new RoleActivities.SetRelaxation(
            new Call(strait.name(), "run", "RECORD_RELAXATION", 21, new Epoch(7)),
            on,
            west.id(),
            first));
    TRAFFIC.add(new RoleActivities.RelaxationSet(west.id(), true));
    TRAFFIC.add(
        new RoleActivities.Authority(
            "none", 7, "run", "", List.of(new RoleActivities.Relaxed(west.id(), first, 7))));
  }

  private static RoleChangeResult move(TestBed bed, String request) {
    try {
      return bed.client()
          .newWorkflowStub(SwitchoverWorkflow.class, TestBed.options("move"))
          .switchOver(Typed.run(request));
    } finally {
      bed.closeChildren();
    }
  }

  private static void readable() {
    try (TestBed bed =
        new TestBed(Harbour.cluster(2, "consume: onPublish,", "parkMode: readable,"))) {
      bed.publish(Typed.json("{'cluster':'harbour'}"));
      bed.consume(CONSUME);
      bed.world().trouble().resume(1);
      bed.status(LOOK);
      keep(bed);
    }
  }

  private static void looks(TestBed bed) {
    FakeRuns runs = bed.world().runs();
    runs.open(new ClusterName("harbour"), "mooring:harbour:publish", "PublishCycle");
    runs.schedule(
        new RunActivities.ScheduleStanding(
            "mooring:harbour:publish", Duration.ofMinutes(5), false, "", List.of(Instant.EPOCH)));
    bed.status(LOOK);
    bed.world().trouble().alterState(Harbour.WEST);
    bed.world().trouble().alterLatest();
    bed.world().trouble().alterLastReceipt();
    bed.status(LOOK);
    bed.world().trouble().alterState(Harbour.WEST);
    bed.world().trouble().alterLatest();
    bed.world().trouble().alterLastReceipt();
  }

  private static void failures(TestBed bed) {
    bed.world().writeEverywhere(40 << 20);
    bed.publish(Typed.json("{'cluster':'harbour'}"));
    bed.world().trouble().killInReplay(1, 2);
    TestBed.ended(() -> bed.consume(CONSUME));
    bed.faults()
        .before(
            call -> call.method().equals("ensureTarget"),
            () -> bed.world().trouble().putRecoverySignal(0));
    TestBed.ended(() -> bed.consume(CONSUME));
    bed.faults().mend();
    bed.world().trouble().truncateWal(1, new WalFileName("000000010000000000000004"));
    bed.world().trouble().clearRecoverySignal(0);
    TestBed.ended(() -> bed.consume(CONSUME));
    bed.world().trouble().startWithoutTargetAndGate(1);
    TestBed.ended(() -> bed.consume(CONSUME));
  }

  @AfterAll
  static void forget() {
    TRAFFIC.clear();
  }

  @Test
  void what_went_through_the_ports_comes_back_as_it_was() {
    DataConverter converter = RunbookDataConverter.create();
    for (Object value : TRAFFIC) {
      Optional<Payloads> payloads = converter.toPayloads(value);
      Object back = converter.fromPayloads(0, payloads, value.getClass(), value.getClass());
      assertThat(back).isEqualTo(value);
    }
  }

  @Test
  void an_incident_of_a_build_that_resilvered_alone_is_read() throws Exception {
    String before = "{\"standby\":\"west-0\",\"since\":\"2030-01-01T00:00:00Z\",\"started\":true}";
    assertThat(RunbookDataConverter.mapper().readValue(before, RunActivities.Incident.class))
        .isEqualTo(
            new RunActivities.Incident(
                RunActivities.Reaction.RESILVER,
                new InstanceId("west-0"),
                Instant.parse("2030-01-01T00:00:00Z"),
                true,
                false));
  }

  /** What it scheduled is tried again by this one: it named standbys by their ids. */
  @Test
  void a_wait_for_standbys_of_a_build_that_sent_no_names_is_read() throws Exception {
    ObjectMapper mapper = RunbookDataConverter.mapper();
    ObjectNode before =
        (ObjectNode)
            mapper.readTree(
                Path.of(
                        "src/test/resources/golden/ReplicationActivities.awaitStreaming.argument.json")
                    .toFile());
    before.remove("names");
    assertThat(mapper.treeToValue(before, ReplicationActivities.AwaitStreaming.class).names())
        .containsExactly(new StandbyNames("west_1", "west_1"));
  }

  @Test
  void no_type_of_a_ports_signature_was_left_out() {
    Set<String> reached = new TreeSet<>();
    PORTS.stream()
        .flatMap(port -> Arrays.stream(port.getMethods()))
        .flatMap(PayloadRoundTripTest::types)
        .forEach(type -> reach(type, reached));
    Set<String> seen = new TreeSet<>();
    TRAFFIC.forEach(value -> see(value, seen));
    reached.removeAll(seen);
    reached.removeAll(SHOWN_ELSEWHERE);
    assertThat(reached).isEmpty();
  }

  private static Stream<Type> types(Method method) {
    return Stream.concat(
        Stream.of(method.getGenericParameterTypes()), Stream.of(method.getGenericReturnType()));
  }

  private static void reach(Type type, Set<String> reached) {
    if (type instanceof ParameterizedType generic) {
      Arrays.stream(generic.getActualTypeArguments()).forEach(each -> reach(each, reached));
      return;
    }
    Class<?> raw = (Class<?>) type;
    if (raw.isSealed()) {
      Arrays.stream(raw.getPermittedSubclasses()).forEach(each -> reach(each, reached));
    }
    if (raw.isRecord() && reached.add(raw.getSimpleName())) {
      for (RecordComponent component : raw.getRecordComponents()) {
        reach(component.getGenericType(), reached);
      }
    }
  }

  private static void see(Object value, Set<String> seen) {
    if (value instanceof List<?> list) {
      list.forEach(each -> see(each, seen));
    } else if (value.getClass().isRecord()) {
      seen.add(value.getClass().getSimpleName());
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        try {
          component.getAccessor().setAccessible(true);
          see(component.getAccessor().invoke(value), seen);
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}
