package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.clusterfile.KeptClusterFiles;
import dev.mooring.activities.host.ActivityAttempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.role.HostRoleActivities;
import dev.mooring.authority.Epoch;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.HostWork;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.SiteName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A workflow of an intruder's own type, on a queue of its own, against the worker of a site. */
class OwnEntriesTest {
  private static final ClusterName PIER = new ClusterName("pier");
  private static final SiteName NORTH = new SiteName("north");
  private static final String QUEUE = "intruders";
  private static final String FILE =
      """
      cluster: pier
      kind: postgres
      evidence: {store: {directory: /evidence}, signingKey: "file:/k.pem", trustedKeys: [/k.pub]}
      database: {user: mooring}
      sites: [{name: north, archive: {directory: /archive}}]
      hosts: [{name: n0, access: local, directory: %s}]
      instances:
        - {id: n, site: north, content: 0, host: n0, port: 5432, dataDirectory: /d, manager: {pg_ctl: /bin}}
      """;

  @TempDir Path directory;
  private final Hosts hosts = new Hosts(Duration.ofSeconds(1));
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private TestWorkflowEnvironment environment;
  private Supplier<WorkflowClient> client = () -> environment.getWorkflowClient();
  private OwnEntries entries;
  private ClusterFiles files;

  /** Sends a request to the site's queue. */
  @WorkflowInterface
  public interface Runs {
    /** Sends it, once it is told so if it waits. */
    @WorkflowMethod
    void run(ObserveRoles request, String queue, boolean waits);

    /** Tells it so. */
    @SignalMethod
    void go();
  }

  /** Sends it. */
  public static final class RunsImpl implements Runs {
    private boolean told;

    @Override
    public void run(ObserveRoles request, String queue, boolean waits) {
      Workflow.await(() -> told || !waits);
      Workflow.newActivityStub(
              RoleActivities.class, ActivityPolicies.OBSERVE.oneAttempt(queue, "look"))
          .observeRoles(request);
    }

    @Override
    public void go() {
      told = true;
    }
  }

  @BeforeEach
  void up() throws IOException {
    write("/var/lib/mooring");
    restart();
    environment = TestServer.with(entries);
    environment.newWorker(QUEUE).registerWorkflowImplementationTypes(RunsImpl.class);
    for (String queue : List.of(ActivityPolicies.queueOf(NORTH), ActivityPolicies.NOTICES_QUEUE)) {
      environment
          .newWorker(queue)
          .registerActivitiesImplementations(
              new HostRoleActivities(
                  hosts,
                  HostDeadlines.USUAL,
                  new ActivityAttempt(),
                  new Secrets(name -> Optional.empty())));
    }
    environment.start();
  }

  private void restart() {
    files =
        new ClusterFiles(
            directory,
            List.of(NORTH),
            new KeptClusterFiles(Optional.of(directory.resolve("kept")), Clock.systemUTC()));
    entries = new OwnEntries(files, () -> client.get());
    entries.report(registry);
  }

  @AfterEach
  void down() {
    environment.shutdownNow();
    hosts.close();
  }

  private void write(String mooring) throws IOException {
    Files.writeString(directory.resolve("pier.yaml"), FILE.formatted(mooring));
  }

  /** This worker has known the file for an hour. */
  private void knownForAnHour() throws IOException {
    Path kept = Files.createDirectories(directory.resolve("kept/pier"));
    Files.copy(
        directory.resolve("pier.yaml"),
        kept.resolve(
            Instant.now().minus(Duration.ofHours(1))
                + "-"
                + new ClusterFiles(directory).read(PIER).digest()
                + ".yaml"));
  }

  /** A service that does not answer is asked for the first so many times. */
  private void silent(int times) {
    WorkflowClient nobody =
        WorkflowClient.newInstance(
            WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget("127.0.0.1:1").build()));
    AtomicInteger asked = new AtomicInteger();
    client = () -> asked.incrementAndGet() > times ? environment.getWorkflowClient() : nobody;
  }

  private static ObserveRoles request(Cluster cluster, Host host) {
    return new ObserveRoles(
        new Call(PIER, "run", "look", 0, Epoch.NONE), new HostWork(host, cluster.instances()));
  }

  private ObserveRoles requestOf(Cluster cluster) {
    return request(cluster, cluster.hosts().get(0));
  }

  private WorkflowStub started(ObserveRoles request, boolean waits) {
    return TestServer.started(environment, QUEUE, request, ActivityPolicies.queueOf(NORTH), waits);
  }

  private static Optional<String> refused(WorkflowStub run) {
    return refusal(run).map(why -> why.getType() + ": " + why.getOriginalMessage());
  }

  private static Optional<ApplicationFailure> refusal(WorkflowStub run) {
    try {
      run.getResult(Void.class);
      return Optional.empty();
    } catch (WorkflowFailedException failed) {
      if (failed.getCause() instanceof ActivityFailure activity
          && activity.getCause() instanceof ApplicationFailure why) {
        return Optional.of(why);
      }
      throw failed;
    }
  }

  /** A command before the shell of the file's own host. */
  private static ObserveRoles hostile(Cluster cluster, Path touched) {
    Host own = cluster.hosts().get(0);
    return request(
        cluster,
        new Host(
            own.name(),
            HostAccess.local("localhost", List.of("sh", "-c", "touch " + touched)),
            own.directory()));
  }

  private double counted() {
    return registry.get("mooring.requests.refused").functionCounter().count();
  }

  @Test
  void a_command_before_the_shell_of_a_host_is_not_run() throws IOException {
    knownForAnHour();
    Cluster cluster = files.read(PIER);
    Path touched = directory.resolve("touched");
    WorkflowStub run = started(hostile(cluster, touched), false);
    assertThat(refusal(run).filter(ApplicationFailure::isNonRetryable)).isPresent();
    assertThat(refused(run))
        .hasValue(
            "CLUSTER_FILE_DIFFERS: hosts.n0 is not as in the file of cluster pier at the worker of"
                + " north. HINT: `mooring check pier` compares the files of the sites; if they"
                + " agree, the request is of a run that began with a file that this worker never"
                + " read, or of no run of Mooring");
    assertThat(touched).doesNotExist();
    assertThat(counted()).isEqualTo(1);
  }

  @Test
  void a_request_by_the_file_reaches_the_host() {
    assertThat(refused(started(requestOf(files.read(PIER)), false))).isEmpty();
    assertThat(counted()).isZero();
  }

  @Test
  void a_run_goes_on_by_the_file_that_it_began_with() throws IOException {
    ObserveRoles before = requestOf(files.read(PIER));
    WorkflowStub run = started(before, true);
    write("/srv/mooring");
    assertThat(files.read(PIER).hosts().get(0).directory()).isEqualTo("/srv/mooring");
    run.signal("go");
    assertThat(refused(run)).isEmpty();
  }

  @Test
  void a_run_goes_on_while_the_file_is_gone() throws IOException {
    ObserveRoles before = requestOf(files.read(PIER));
    Files.delete(directory.resolve("pier.yaml"));
    assertThat(refused(started(before, false))).isEmpty();
  }

  /** Another worker of the site may have been there when the run began. */
  @Test
  void a_refusal_of_a_worker_that_is_younger_than_the_run_is_not_final() {
    ObserveRoles other = hostile(files.read(PIER), directory.resolve("touched"));
    assertThat(refusal(started(other, false)).map(ApplicationFailure::isNonRetryable))
        .hasValue(false);
    assertThat(directory.resolve("touched")).doesNotExist();
  }

  @Test
  void a_refusal_is_not_final_while_the_file_is_half_there() throws IOException {
    knownForAnHour();
    ObserveRoles other = hostile(files.read(PIER), directory.resolve("touched"));
    Files.writeString(directory.resolve("pier.yaml"), FILE.substring(0, 200));
    assertThat(refusal(started(other, false)).map(ApplicationFailure::isNonRetryable))
        .hasValue(false);
  }

  @Test
  void a_service_that_does_not_answer_twice_fails_no_run() throws IOException {
    ObserveRoles before = requestOf(files.read(PIER));
    WorkflowStub run = started(before, true);
    write("/srv/mooring");
    silent(2);
    run.signal("go");
    assertThat(refused(run)).isEmpty();
  }

  @Test
  void while_the_service_does_not_answer_no_refusal_is_final() throws IOException {
    knownForAnHour();
    silent(9);
    ObserveRoles other = hostile(files.read(PIER), directory.resolve("touched"));
    Optional<ApplicationFailure> why = refusal(started(other, false));
    assertThat(why.map(ApplicationFailure::getType)).hasValue("CLUSTER_FILE_DIFFERS");
    assertThat(why.map(ApplicationFailure::isNonRetryable)).hasValue(false);
    assertThat(directory.resolve("touched")).doesNotExist();
  }

  /** Each worker takes notices, and one may have another file. */
  @Test
  void a_notice_is_left_to_another_worker() {
    ObserveRoles other = hostile(files.read(PIER), directory.resolve("touched"));
    WorkflowStub run =
        TestServer.started(environment, QUEUE, other, ActivityPolicies.NOTICES_QUEUE, false);
    assertThat(refusal(run).map(ApplicationFailure::isNonRetryable)).hasValue(false);
  }
}
