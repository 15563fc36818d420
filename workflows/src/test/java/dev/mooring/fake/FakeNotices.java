package dev.mooring.fake;

import dev.mooring.port.NoticeActivities;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Channels that take every notice, unless a test plans a fault. */
public final class FakeNotices implements NoticeActivities {
  private final List<EnsureNoticed> taken = Collections.synchronizedList(new ArrayList<>());

  @Override
  public Noticed ensureNoticed(EnsureNoticed request) {
    taken.add(request);
    return new Noticed("taken");
  }

  /** What was sent, in its order. */
  public List<EnsureNoticed> taken() {
    synchronized (taken) {
      return List.copyOf(taken);
    }
  }
}
