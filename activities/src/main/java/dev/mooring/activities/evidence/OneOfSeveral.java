package dev.mooring.activities.evidence;

import io.temporal.failure.ApplicationFailure;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One of several stores: it is opened at the first call, and after a failure it is not called
 * again, so that a store that hangs costs one wait.
 */
final class OneOfSeveral implements AutoCloseable {
  private final String place;
  private final Supplier<EvidenceFiles> opener;
  private @Nullable EvidenceFiles files;
  private @Nullable ApplicationFailure lost;

  /**
   * @param place how messages call the store
   */
  OneOfSeveral(String place, Supplier<EvidenceFiles> opener) {
    this.place = place;
    this.opener = opener;
  }

  String place() {
    return place;
  }

  /** Why the store is no longer used, if it is not. */
  synchronized Optional<ApplicationFailure> lost() {
    return Optional.ofNullable(lost);
  }

  /** Why the store is out, in one sentence without the hint. */
  Optional<String> reason() {
    return lost()
        .map(
            failure ->
                "evidence store "
                    + place
                    + ": "
                    + failure.getOriginalMessage().replaceFirst("(?s)\\nHINT: .*", ""));
  }

  /** The store's answer; nothing if the store is no longer used. */
  synchronized <T> Optional<T> ask(Function<EvidenceFiles, T> act) {
    if (lost != null) {
      return Optional.empty();
    }
    try {
      EvidenceFiles open = files == null ? opener.get() : files;
      files = open;
      return Optional.of(act.apply(open));
    } catch (ApplicationFailure failure) {
      lost = failure;
      return Optional.empty();
    }
  }

  @Override
  public synchronized void close() {
    if (files != null) {
      files.close();
    }
  }
}
