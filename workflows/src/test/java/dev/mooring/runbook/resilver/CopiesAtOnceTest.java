package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Limit;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.port.CopyActivities.AwaitCopied;
import dev.mooring.port.CopyActivities.Copy;
import dev.mooring.port.OnHost;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three standbys are lost, two of them on one host: how many are copied at once. */
class CopiesAtOnceTest {
  private static final List<String> LOST = List.of("east-1", "west-0", "west-1");
  private static final String ALL = "{'cluster':'strait','by':'alice'}";
  private static final String AFTER_INSTANCES = "publish: {site: east}\n";
  private static final String WEST_1 =
      "  - {id: west-1, site: west, content: 0, host: w0, port: 6001, dataDirectory: /data/west-1,"
          + " manager: {pg_ctl: /usr/lib/postgresql/15/bin}}\n";

  /** Of one instance, from the event that asks for it to the one that says how it ended. */
  private record Copying(InstanceId instance, HostName host, long from, long to) {
    boolean isGoingOnAt(long event) {
      return from <= event && event < to;
    }
  }

  private static Cluster cluster(int perHost) {
    return Strait.cluster(
        AFTER_INSTANCES, WEST_1 + AFTER_INSTANCES + "resilver: {perHost: " + perHost + "}\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void a_host_copies_as_many_as_its_policy_says_while_the_other_hosts_copy_theirs(int perHost) {
    try (TestBed bed =
        new TestBed(new FakeCluster(cluster(perHost)), ResilverImpl.class).keepTime()) {
      for (String lost : LOST) {
        bed.world().members().kill(lost);
        bed.world().directories().lose(lost);
      }
      int atOnce = perHost + 1;
      bed.faults()
          .beforeFirst(call -> call.method().equals("awaitCopied"), () -> begun(bed, atOnce));
      resilver(bed);

      List<Copying> copies = copies(bed.client().fetchHistory("resilver").getEvents());
      assertThat(copies)
          .extracting(copying -> copying.instance().value())
          .containsExactlyInAnyOrderElementsOf(LOST);
      assertThat(mostAtOnce(copies, copying -> copying.host().value().equals("w0")))
          .isEqualTo(perHost);
      assertThat(mostAtOnce(copies, copying -> true)).isEqualTo(atOnce);
      assertThat(bed.world().members().followersOf("east-0")).containsExactlyElementsOf(LOST);
    }
  }

  /** No copy ends before that many were begun: acts on one host come one after the other. */
  private static void begun(TestBed bed, int copies) {
    long end = System.nanoTime() + Limit.seconds(5).toNanos();
    while (LOST.stream().mapToLong(bed.world().directories()::begun).sum() < copies
        && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private static void resilver(TestBed bed) {
    resilver(bed, ALL);
    Plan plan = bed.client().newUntypedWorkflowStub("resilver").query("plan", Plan.class);
    String approved = ALL.replace("}", ",'mode':'execute','digest':'" + plan.digest() + "'}");
    try {
      resilver(bed, approved);
    } finally {
      bed.closeChildren();
    }
  }

  private static void resilver(TestBed bed, String json) {
    bed.client()
        .newWorkflowStub(ResilverWorkflow.class, TestBed.options("resilver"))
        .resilver(Typed.run(json));
  }

  private static long mostAtOnce(List<Copying> copies, Predicate<Copying> which) {
    return copies.stream()
        .filter(which)
        .mapToLong(
            one -> copies.stream().filter(which).filter(o -> o.isGoingOnAt(one.from())).count())
        .max()
        .orElse(0);
  }

  private static List<Copying> copies(List<HistoryEvent> events) {
    List<Copying> copies = new ArrayList<>();
    for (HistoryEvent begins : scheduled(events, "EnsureCopying")) {
      Copy copy = input(begins, Copy.class);
      InstanceId instance = only(copy);
      Set<Long> waits = new HashSet<>();
      scheduled(events, "AwaitCopied").stream()
          .filter(event -> only(input(event, AwaitCopied.class)).equals(instance))
          .forEach(event -> waits.add(event.getEventId()));
      long end =
          events.stream()
              .filter(HistoryEvent::hasActivityTaskCompletedEventAttributes)
              .filter(
                  event ->
                      waits.contains(
                          event.getActivityTaskCompletedEventAttributes().getScheduledEventId()))
              .mapToLong(HistoryEvent::getEventId)
              .max()
              .orElseThrow();
      copies.add(new Copying(instance, copy.on().host().name(), begins.getEventId(), end));
    }
    return copies;
  }

  private static InstanceId only(OnHost request) {
    return request.on().instances().get(0).id();
  }

  private static List<HistoryEvent> scheduled(List<HistoryEvent> events, String activity) {
    return events.stream()
        .filter(
            event ->
                event
                    .getActivityTaskScheduledEventAttributes()
                    .getActivityType()
                    .getName()
                    .equals(activity))
        .toList();
  }

  private static <T> T input(HistoryEvent scheduled, Class<T> type) {
    ActivityTaskScheduledEventAttributes asked =
        scheduled.getActivityTaskScheduledEventAttributes();
    return RunbookDataConverter.create().fromPayloads(0, Optional.of(asked.getInput()), type, type);
  }
}
