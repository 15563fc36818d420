package dev.mooring.activities.endpoint;

import dev.mooring.activities.host.DaemonThreads;
import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Secrets;
import dev.mooring.port.EndpointActivities.EndpointFailure;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Endpoint;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The results and failures of the same work on several endpoints at once, in their order; each
 * endpoint is in one of the lists.
 */
record Answers<T>(List<T> values, List<EndpointFailure> failures) {
  Answers {
    values = List.copyOf(values);
    failures = List.copyOf(failures);
  }

  /** Every one is waited for: each has a deadline of its own on its host. */
  static <T> Answers<T> of(List<Endpoint> endpoints, Function<Endpoint, T> work) {
    if (endpoints.isEmpty()) {
      return new Answers<>(List.of(), List.of());
    }
    ExecutorService threads =
        Executors.newFixedThreadPool(endpoints.size(), DaemonThreads.named("endpoint"));
    try {
      List<Future<T>> running =
          endpoints.stream().map(e -> threads.submit(() -> work.apply(e))).toList();
      List<T> values = new ArrayList<>();
      List<EndpointFailure> failures = new ArrayList<>();
      for (int i = 0; i < running.size(); i++) {
        try {
          values.add(running.get(i).get());
        } catch (ExecutionException failed) {
          failures.add(failure(endpoints.get(i).name(), failed.getCause()));
        }
      }
      return new Answers<>(values, failures);
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw ApplicationFailure.newFailure(
          "interrupted before every endpoint had answered", FailureCode.OUTCOME_UNKNOWN.name());
    } finally {
      threads.shutdown();
    }
  }

  private static EndpointFailure failure(String name, @Nullable Throwable cause) {
    if (cause instanceof InstanceRefusal refusal) {
      return new EndpointFailure(name, refusal.code(), String.valueOf(refusal.getMessage()));
    }
    if (cause instanceof Secrets.Unusable unusable) {
      return new EndpointFailure(
          name, FailureCode.AUTHENTICATION_REFUSED, String.valueOf(unusable.getMessage()));
    }
    if (cause instanceof IllegalArgumentException unreadable) {
      return new EndpointFailure(
          name, FailureCode.STATE_UNREADABLE, String.valueOf(unreadable.getMessage()));
    }
    if (cause instanceof ApplicationFailure ofHost) {
      return new EndpointFailure(
          name,
          FailureCode.named(ofHost.getType()).orElse(FailureCode.BUG),
          ofHost.getOriginalMessage());
    }
    throw new IllegalStateException("endpoint " + name, cause);
  }
}
