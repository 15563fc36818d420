package dev.mooring.fake;

import dev.mooring.port.FailureCode;
import dev.mooring.port.ForCall;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands before every port and refuses, as a worker does, what no version of the cluster file has.
 * No runbook asks for that: a bed that refused something does not close.
 */
final class OwnFiles extends WorkerInterceptorBase {
  private final FakeFiles files;
  private final List<String> refused = new CopyOnWriteArrayList<>();

  OwnFiles(FakeFiles files) {
    this.files = files;
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new ActivityInboundCallsInterceptorBase(next) {
      @Override
      public ActivityOutput execute(ActivityInput input) {
        if (input.getArguments()[0] instanceof ForCall request) {
          check(request);
        }
        return super.execute(input);
      }
    };
  }

  private void check(ForCall request) {
    List<Optional<String>> differing =
        files.versions().stream().map(version -> version.differing(request)).toList();
    if (differing.stream().allMatch(Optional::isPresent)) {
      refused.add(differing.get(0).orElseThrow() + " differs in " + request);
      throw FakeHost.failure(FailureCode.CLUSTER_FILE_DIFFERS, refused.get(0));
    }
  }

  /** Every refusal. */
  List<String> refused() {
    return List.copyOf(refused);
  }
}
