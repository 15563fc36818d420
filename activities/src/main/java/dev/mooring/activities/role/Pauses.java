package dev.mooring.activities.role;

import dev.mooring.activities.host.HostFailures;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.PoolerPause;
import dev.mooring.activities.host.Script;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RoleActivities.PauseToSee;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Checks that pauses of PgBouncer are in force, each on its host, before the act they are for. */
final class Pauses {
  private final HostShell shell;

  Pauses(HostShell shell) {
    this.shell = shell;
  }

  /**
   * Refuses with {@link FailureCode#PAUSE_OVER} if a pause is over, or could not be read in time.
   */
  private void requireAll(List<PauseToSee> pauses, PauseLimits limits) {
    pauses.parallelStream().forEach(pause -> require(pause, limits));
  }

  /** Begins to read; a later request for its word gets what is true then. */
  Look look(List<PauseToSee> all, PauseLimits limits) {
    return new Look(all, limits);
  }

  /** An observation of pauses that runs in parallel with the script that needs its word. */
  final class Look {
    private final List<PauseToSee> all;
    private final PauseLimits limits;
    private CompletableFuture<Void> standing;
    private long began;

    private Look(List<PauseToSee> all, PauseLimits limits) {
      this.all = all;
      this.limits = limits;
      this.began = System.nanoTime();
      this.standing = begin();
    }

    private CompletableFuture<Void> begin() {
      return CompletableFuture.runAsync(() -> requireAll(all, limits));
    }

    /** "go" if all pauses were recently seen in force, else "stay"; reads again if necessary. */
    String word() {
      if (System.nanoTime() - began > limits.fresh().toNanos()) {
        began = System.nanoTime();
        standing = begin();
      }
      return standing.handle((stood, over) -> over == null ? "go" : "stay").join();
    }

    /** Why they are not in force, if that was seen. */
    Optional<RuntimeException> whyOver() {
      try {
        standing.join();
        return Optional.empty();
      } catch (CompletionException over) {
        return over.getCause() instanceof RuntimeException why
            ? Optional.of(why)
            : Optional.empty();
      }
    }
  }

  private void require(PauseToSee pause, PauseLimits limits) {
    String name = pause.endpoint().name();
    Script script = PoolerPause.in(Script.of("check pause", Pauses.class, List.of()));
    PoolerPause.require(script, name, pause.marker(), limits.standing());
    try {
      shell.run(pause.host(), script, limits.look()).of(name).requireDone();
    } catch (InstanceRefusal over) {
      throw HostFailures.of(over.code(), name + ": " + over.getMessage(), null);
    }
  }
}
