package dev.mooring.worker;

import static dev.mooring.runbook.ApprovalSigner.ANNA;
import static dev.mooring.runbook.ApprovalSigner.APPROVERS;
import static dev.mooring.runbook.ApprovalSigner.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.host.ActivityAttempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.role.HostRoleActivities;
import dev.mooring.authority.Epoch;
import dev.mooring.evidence.ApprovalText;
import dev.mooring.evidence.ApprovalText.Decided;
import dev.mooring.evidence.Receipt.ApprovalSignature;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.evidence.Receipt.PlanRecord;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.HostWork;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.HandOver;
import dev.mooring.runbook.ApprovalSigner;
import dev.mooring.runbook.PlanApprovals;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.Digest;
import dev.mooring.wire.RunbookDataConverter;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.Header;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A workflow of an intruder, on a queue of its own, that takes the right to write from an instance
 * of the file, by a request as a run of Mooring has it. The file's host shows whether it was
 * reached.
 */
class SignedActsTest {
  private static final ClusterName PIER = new ClusterName("pier");
  private static final SiteName NORTH = new SiteName("north");
  private static final String QUEUE = "intruders";
  private static final String SWITCHOVER = "Switchover";
  private static final String FILE =
      """
      cluster: pier
      kind: postgres
      evidence: {store: {directory: /evidence}, signingKey: "file:/k.pem", trustedKeys: [/k.pub]}
      database: {user: mooring}
      sites: [{name: north, archive: {directory: /archive}}]
      hosts: [{name: n0, access: local, prefix: [sh, -c, "touch %s"]}]
      instances:
        - {id: n, site: north, content: 0, host: n0, port: 5432, dataDirectory: /d, manager: {pg_ctl: /bin}}
      """;

  @TempDir Path directory;
  private final Hosts hosts = new Hosts(Duration.ofSeconds(1));
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private TestWorkflowEnvironment environment;
  private ClusterFiles files;
  private Path reached;
  private boolean unreadable;
  private Supplier<WorkflowClient> client = () -> environment.getWorkflowClient();

  /** Hands over, and shows with it what it is told to. */
  @WorkflowInterface
  public interface Switchover {
    /** Hands over. */
    @WorkflowMethod(name = SWITCHOVER)
    void run(HandOver request);

    /** Shows these, or none. */
    @SignalMethod
    void show(List<PlanApprovals> shown);
  }

  /** The same under a type that no runbook has. */
  @WorkflowInterface
  public interface Other {
    /** Hands over. */
    @WorkflowMethod(name = "Other")
    void run(HandOver request);

    /** Shows these, or none. */
    @SignalMethod
    void show(List<PlanApprovals> shown);
  }

  /** Hands over. */
  public static final class SwitchoverImpl extends Told implements Switchover {
    @Override
    public void run(HandOver request) {
      handOver(request);
    }

    @Override
    public void show(List<PlanApprovals> shown) {
      tell(shown);
    }
  }

  /** Hands over. */
  public static final class OtherImpl extends Told implements Other {
    @Override
    public void run(HandOver request) {
      handOver(request);
    }

    @Override
    public void show(List<PlanApprovals> shown) {
      tell(shown);
    }
  }

  private abstract static class Told {
    private Optional<List<PlanApprovals>> told = Optional.empty();

    void handOver(HandOver request) {
      Workflow.await(() -> told.isPresent());
      told.orElseThrow().forEach(PlanApprovals::shownFromNowOn);
      Workflow.newActivityStub(
              RoleActivities.class,
              ActivityPolicies.OBSERVE.oneAttempt(ActivityPolicies.queueOf(NORTH), "hand over"))
          .ensureHandedOver(request);
    }

    void tell(List<PlanApprovals> shown) {
      told = Optional.of(shown);
    }
  }

  /** Shows what is no approval, for as long as a test wants that. */
  private final class OtherHeader extends WorkerInterceptorBase {
    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
      return new ActivityInboundCallsInterceptorBase(next) {
        @Override
        public ActivityOutput execute(ActivityInput input) {
          Map<String, Payload> other = Map.of(PlanApprovals.HEADER, Payload.newBuilder().build());
          return super.execute(
              unreadable ? new ActivityInput(new Header(other), input.getArguments()) : input);
        }
      };
    }
  }

  @BeforeEach
  void up() throws IOException {
    reached = directory.resolve("reached");
    write(APPROVERS);
    files = new ClusterFiles(directory, List.of(NORTH));
    OwnEntries entries = new OwnEntries(files, () -> environment.getWorkflowClient());
    SignedActs acts = new SignedActs(files, () -> client.get(), RunbookDataConverter.create());
    acts.report(registry);
    environment = TestServer.with(acts, entries, new OtherHeader());
    environment
        .newWorker(QUEUE)
        .registerWorkflowImplementationTypes(SwitchoverImpl.class, OtherImpl.class);
    environment
        .newWorker(ActivityPolicies.queueOf(NORTH))
        .registerActivitiesImplementations(
            new HostRoleActivities(
                hosts,
                HostDeadlines.USUAL,
                new ActivityAttempt(),
                new Secrets(name -> Optional.empty())));
    environment.start();
  }

  @AfterEach
  void down() {
    environment.shutdownNow();
    hosts.close();
  }

  private void write(String approvals) throws IOException {
    Files.writeString(directory.resolve("pier.yaml"), FILE.formatted(reached) + approvals);
  }

  private HandOver request() {
    Cluster cluster = files.read(PIER);
    return new HandOver(
        new Call(PIER, "run", "HAND_OVER", 0, new Epoch(1)),
        new HostWork(cluster.hosts().get(0), cluster.instances()),
        Duration.ofSeconds(1));
  }

  private WorkflowStub started(String type) {
    return TestServer.startedAs(type, environment, QUEUE, request());
  }

  private static PlanRecord plan(String... objects) {
    List<String> steps = List.of("HAND_OVER: fence the primary and stop it");
    return new PlanRecord(
        Digest.ofPlan("move", "file", List.of(objects), steps),
        "move",
        List.of(objects),
        steps,
        List.of());
  }

  private static PlanApprovals signed(
      WorkflowStub run, PlanRecord plan, ApprovalSigner... persons) {
    return signed(run.getExecution().getWorkflowId(), run.getExecution().getRunId(), plan, persons);
  }

  private static PlanApprovals signed(
      String workflow, String run, PlanRecord plan, ApprovalSigner... persons) {
    return new PlanApprovals(
        run,
        "file",
        plan,
        List.of(persons).stream().map(one -> decision(workflow, run, plan, one)).toList());
  }

  private static DecisionRecord decision(
      String workflow, String run, PlanRecord plan, ApprovalSigner person) {
    String by = person.name().toLowerCase(Locale.ROOT);
    Instant at = Instant.parse("2026-01-01T00:00:00Z");
    ApprovalText text =
        new ApprovalText(
            PIER.value(), workflow, run, Decided.approval(plan.digest()), by, "seen", at);
    return new DecisionRecord(
        "approve",
        plan.digest(),
        by,
        "seen",
        at,
        List.of(new ApprovalSignature("its key", person.sign(text), at)),
        false);
  }

  /** Why it is refused; empty if it reaches the host, which does nothing. */
  private Optional<String> refusal(WorkflowStub run, PlanApprovals... shown) {
    run.signal("show", List.of(shown));
    try {
      run.getResult(Void.class);
    } catch (WorkflowFailedException failed) {
      if (failed.getCause() instanceof ActivityFailure activity
          && activity.getCause() instanceof ApplicationFailure why
          && !Files.exists(reached)) {
        return Optional.of(why.getType() + ": " + why.getOriginalMessage());
      }
    }
    assertThat(reached).exists();
    return Optional.empty();
  }

  private Optional<String> refusal(Function<WorkflowStub, PlanApprovals> shown) {
    WorkflowStub run = started(SWITCHOVER);
    return refusal(run, shown.apply(run));
  }

  @Test
  void an_act_of_no_approved_plan_is_not_done() {
    assertThat(refusal(started(SWITCHOVER)))
        .hasValue(
            "NOT_APPROVED: EnsureHandedOver of [n] needs an approval that is signed, by the file of"
                + " cluster pier at the worker of north: no approval came with it. HINT: a workflow"
                + " worker of an older release shows none: upgrade all workers, then start the run"
                + " again; else no run of Mooring asks for it");
    assertThat(registry.get("mooring.acts.refused").functionCounter().count()).isEqualTo(1);
  }

  @Test
  void an_act_of_a_plan_that_a_listed_person_signed_is_done() {
    assertThat(refusal(run -> signed(run, plan("n: primary, is stopped"), ANNA))).isEmpty();
  }

  @Test
  void the_approval_of_another_run_is_none() {
    WorkflowStub approved = started(SWITCHOVER);
    assertThat(refusal(run -> signed(approved, plan("n: primary"), ANNA)))
        .hasValueSatisfying(why -> assertThat(why).contains("is of another run"));
    assertThat(
            refusal(
                run -> signed("other", run.getExecution().getRunId(), plan("n: primary"), ANNA)))
        .hasValueSatisfying(why -> assertThat(why).contains("signature of 0 approvers, not of 1"));
  }

  /** A reset run has another id, and goes on by what was approved before. */
  @Test
  void the_approval_of_the_run_before_a_reset_counts() throws IOException {
    Server service = resetFrom("before");
    try {
      assertThat(refusal(reset -> signedFor("older", reset)))
          .hasValueSatisfying(why -> assertThat(why).contains("is of another run"));
      assertThat(refusal(reset -> signedFor("before", reset))).isEmpty();
    } finally {
      service.shutdownNow();
    }
  }

  private static PlanApprovals signedFor(String run, WorkflowStub reset) {
    return signed(reset.getExecution().getWorkflowId(), run, plan("n: primary"), ANNA);
  }

  /** Temporal's test server has no resets: this one says of each run that it was reset. */
  private Server resetFrom(String run) throws IOException {
    HistoryEvent.Builder started = HistoryEvent.newBuilder();
    started.getWorkflowExecutionStartedEventAttributesBuilder().setOriginalExecutionRunId(run);
    Server service =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new SaysOfEachRun(started.build()))
            .build()
            .start();
    WorkflowClient asked =
        WorkflowClient.newInstance(
            WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder()
                    .setTarget("127.0.0.1:" + service.getPort())
                    .build()));
    client = () -> asked;
    return service;
  }

  private static final class SaysOfEachRun extends WorkflowServiceGrpc.WorkflowServiceImplBase {
    private final HistoryEvent first;

    SaysOfEachRun(HistoryEvent first) {
      this.first = first;
    }

    @Override
    public void getSystemInfo(
        GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
      answer.onNext(GetSystemInfoResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void getWorkflowExecutionHistory(
        GetWorkflowExecutionHistoryRequest request,
        StreamObserver<GetWorkflowExecutionHistoryResponse> answer) {
      answer.onNext(
          GetWorkflowExecutionHistoryResponse.newBuilder()
              .setHistory(History.newBuilder().addEvents(first))
              .build());
      answer.onCompleted();
    }
  }

  @Test
  void a_plan_that_was_changed_after_it_was_signed_is_not_approved() {
    PlanRecord signed = plan("m: primary, is stopped");
    PlanRecord shown =
        new PlanRecord(signed.digest(), "move", List.of("n: primary"), signed.steps(), List.of());
    assertThat(
            refusal(
                run -> {
                  PlanApprovals of = signed(run, signed, ANNA);
                  return new PlanApprovals(of.run(), "file", shown, of.approvals());
                }))
        .hasValueSatisfying(why -> assertThat(why).contains("signature of 0 approvers, not of 1"));
  }

  @Test
  void a_plan_of_another_instance_is_not_enough() {
    assertThat(refusal(run -> signed(run, plan("n-1: primary", "m.n: standby"), ANNA)))
        .hasValueSatisfying(
            why -> assertThat(why).contains(": the approved plan does not name n. HINT"));
  }

  @Test
  void a_run_of_another_type_has_no_plan_of_it() {
    WorkflowStub run = started("Other");
    assertThat(refusal(run, signed(run, plan("n: primary"), ANNA)))
        .hasValueSatisfying(why -> assertThat(why).contains(": no plan of Other has it"));
  }

  @Test
  void what_can_t_be_read_as_an_approval_is_none() {
    unreadable = true;
    assertThat(refusal(started(SWITCHOVER)))
        .hasValueSatisfying(
            why ->
                assertThat(why)
                    .startsWith("NOT_APPROVED: ")
                    .contains(": the approval that came with it can't be read"));
    assertThat(registry.get("mooring.acts.refused").functionCounter().count()).isEqualTo(1);
  }

  @Test
  void what_comes_with_an_act_is_read_only_where_the_file_asks_for_signatures() throws IOException {
    unreadable = true;
    write("");
    assertThat(refusal(started(SWITCHOVER))).isEmpty();
  }

  @Test
  void two_persons_are_needed_where_the_file_asks_for_two() throws IOException {
    write(APPROVERS + "approvals: {persons: {switchover: 2}}\n");
    assertThat(refusal(run -> signed(run, plan("n: primary"), ANNA, ANNA)))
        .hasValueSatisfying(why -> assertThat(why).contains("signature of 1 approver, not of 2"));
    assertThat(refusal(run -> signed(run, plan("n: primary"), ANNA, BOB))).isEmpty();
  }

  /** A run that began before is finished as it began. */
  @Test
  void a_run_that_began_before_approvers_were_listed_goes_on() throws IOException {
    write("");
    WorkflowStub run = started(SWITCHOVER);
    write(APPROVERS);
    assertThat(files.read(PIER).approvals().allowsUnsigned()).isFalse();
    assertThat(refusal(run)).isEmpty();
  }
}
