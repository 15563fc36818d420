package dev.mooring.activities.host;

import java.util.concurrent.ThreadFactory;

/** Threads that keep no process alive. */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** Threads with this name, which shows their purpose in a thread dump. */
  public static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
