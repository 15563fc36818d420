package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Promise;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** However many hosts there are, 32 calls are in flight at once, and every one is answered. */
class InFlightWorkflowTest {
  private static final int AT_ONCE = 32;
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final List<HostWork> HOSTS =
      Harbour.cluster(40).hosts().stream().map(host -> new HostWork(host, List.of())).toList();
  private static final List<String> NAMES =
      HOSTS.stream().map(work -> work.host().name().value()).toList();

  private final TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance();
  private final Crowd crowd = new Crowd();

  /** Asks every host for its name. */
  @WorkflowInterface
  public interface AskingByFanOut {
    @WorkflowMethod
    List<String> ask();
  }

  /** Looks at every host for its name. */
  @WorkflowInterface
  public interface AskingByLooks {
    @WorkflowMethod
    List<String> ask();
  }

  /** What hosts are asked. */
  @ActivityInterface
  public interface Hosts {
    String name(String host);
  }

  /** One call per host. */
  public static final class ByFanOut implements AskingByFanOut {
    @Override
    public List<String> ask() {
      return FanOut.onHosts(
          Hosts.class,
          HOSTS,
          work ->
              ActivityOptions.newBuilder()
                  .setTaskQueue("hosts")
                  .setStartToCloseTimeout(LONG)
                  .build(),
          work -> work.host().name().value(),
          hosts -> hosts::name);
    }
  }

  /** One look per host. */
  public static final class ByLooks implements AskingByLooks {
    @Override
    public List<String> ask() {
      Observations looks = new Observations(LONG);
      List<Promise<Observed<String>>> begun = new ArrayList<>();
      for (String name : NAMES) {
        Observations.At at = new Observations.At(name, "hosts", FailureCode.HOST_UNREACHABLE);
        begun.add(looks.begin(at, Hosts.class, hosts -> hosts::name, name));
      }
      return begun.stream().map(look -> seen(look.get())).toList();
    }

    private static String seen(Observed<String> observed) {
      return observed instanceof Observed.Seen<String> seen ? seen.value() : observed.toString();
    }
  }

  /** Each host answers once as many as may be are asked with it. */
  private static final class Crowd implements Hosts {
    private final CountDownLatch gathered = new CountDownLatch(AT_ONCE);
    private int running;
    private int peak;

    @Override
    public String name(String host) {
      changes(1);
      gathered.countDown();
      TestBed.awaitOver(gathered);
      changes(-1);
      return host;
    }

    private synchronized void changes(int by) {
      running += by;
      peak = Math.max(peak, running);
    }

    synchronized int peak() {
      return peak;
    }
  }

  @BeforeEach
  void serve() {
    Worker worker = temporal.newWorker("hosts");
    worker.registerWorkflowImplementationTypes(ByFanOut.class, ByLooks.class);
    worker.registerActivitiesImplementations(crowd);
    temporal.start();
  }

  @AfterEach
  void close() {
    temporal.close();
  }

  @Test
  void a_step_over_forty_hosts_has_thirty_two_calls_in_flight() {
    List<String> answered = client().newWorkflowStub(AskingByFanOut.class, options("fan")).ask();

    assertThat(answered).hasSize(40).isEqualTo(NAMES);
    assertThat(crowd.peak()).isEqualTo(AT_ONCE);
    assertThat(mostScheduled("fan")).isEqualTo(AT_ONCE);
  }

  @Test
  void a_look_at_forty_hosts_has_thirty_two_looks_in_flight() {
    List<String> answered = client().newWorkflowStub(AskingByLooks.class, options("look")).ask();

    assertThat(answered).hasSize(40).isEqualTo(NAMES);
    assertThat(crowd.peak()).isEqualTo(AT_ONCE);
    assertThat(mostScheduled("look")).isEqualTo(AT_ONCE);
  }

  private static WorkflowOptions options(String id) {
    return WorkflowOptions.newBuilder().setWorkflowId(id).setTaskQueue("hosts").build();
  }

  private WorkflowClient client() {
    return temporal.getWorkflowClient();
  }

  /** By the run's history: the most activities that were scheduled and not answered yet. */
  private int mostScheduled(String run) {
    int open = 0;
    int most = 0;
    for (HistoryEvent event : client().fetchHistory(run).getEvents()) {
      open += event.hasActivityTaskScheduledEventAttributes() ? 1 : 0;
      open -= event.hasActivityTaskCompletedEventAttributes() ? 1 : 0;
      most = Math.max(most, open);
    }
    return most;
  }
}
