package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A link between a host and the lab's network over which packets take time, and overtake each
 * other. Some kernels can't delay packets, so a process in the host's network takes each packet
 * from one device and puts it into another, later.
 */
final class SlowLink {
  private static final String NAME = "slow-link";

  private final HostSpace space;
  private final LabHost host;

  SlowLink(HostSpace space, LabHost host) {
    this.space = space;
    this.host = host;
  }

  /** Returns once every packet goes over it; connections that are open stay open. */
  void raise(Duration delay, Duration atMostBy) {
    if (space.program(NAME).isPresent()) {
      throw new LabFailure("host " + host.name() + ": its link is slow already");
    }
    Path ready = host.logs().resolve(NAME + ".ready");
    LabProcess process =
        space.startInNetwork(
            NAME,
            List.of(
                "python3",
                "-c",
                Resources.text("slow-link.py"),
                Bridge.ip(),
                Bridge.INSIDE,
                host.address() + "/24",
                Long.toString(delay.toMillis()),
                Long.toString(atMostBy.toMillis()),
                ready.toString()));
    Await.until(
        () -> Files.exists(ready) || !process.alive(),
        () -> "host " + host.name() + ": no slow link");
    if (!process.alive()) {
      throw new LabFailure(
          "host %s: its link could not be made slow: %s"
              .formatted(host.name(), space.saidBy(NAME).strip()));
    }
    remove(ready);
  }

  /** Connects the host directly again; does nothing if it is. */
  void strike() {
    space
        .program(NAME)
        .ifPresent(
            process -> {
              process.signal(Signal.TERM);
              Await.until(
                  () -> !process.alive(),
                  () -> "host " + host.name() + ": its slow link did not end");
            });
  }

  private static void remove(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new LabFailure("could not remove " + file, e);
    }
  }
}
