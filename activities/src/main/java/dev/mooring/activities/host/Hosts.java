package dev.mooring.activities.host;

import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** The hosts of all clusters of one worker: local processes, and SSH sessions kept open. */
public final class Hosts implements HostShell, AutoCloseable {
  private static final String HOST = "host";

  private final LocalProcesses local = new LocalProcesses();
  private final SshSessions ssh;

  /**
   * @param connect how long connecting to a host may take
   */
  public Hosts(Duration connect) {
    this.ssh = new SshSessions(connect);
  }

  @Override
  public ScriptResult run(
      Host host, Script script, Duration deadline, BiConsumer<String, String> progress) {
    try (RunningScript running = start(host, script)) {
      return result(host, finished(host, script, running, deadline, progress));
    } catch (InterruptedException stopped) {
      throw interrupted(host, "the script '" + script.name() + "'");
    }
  }

  @Override
  public ScriptResult ask(Host host, Script script, Duration deadline, Supplier<String> word) {
    try (RunningScript running = start(host, script.asking())) {
      return result(
          host,
          finished(host, script, running, deadline, (subject, text) -> running.say(word.get())));
    } catch (InterruptedException stopped) {
      throw interrupted(host, "the script '" + script.name() + "'");
    }
  }

  /**
   * Opens SFTP to a host that is reached over SSH.
   *
   * @param atMost how long one call may take
   */
  public SftpSession sftp(Host host, Duration atMost) {
    if (host.access().kind() == HostAccess.Kind.LOCAL) {
      throw new IllegalArgumentException("host " + host.name() + " is not reached over SSH");
    }
    try {
      return ssh.sftp(host, atMost);
    } catch (InterruptedException stopped) {
      throw interrupted(host, "SFTP");
    }
  }

  private static ApplicationFailure interrupted(Host host, String what) {
    Thread.currentThread().interrupt();
    return HostFailures.interrupted(host, what);
  }

  /** The words that run a shell on the host which reads its script from standard input. */
  static List<String> shell(Host host) {
    List<String> words = new ArrayList<>(host.access().prefix());
    words.addAll(List.of("/bin/sh", "-s"));
    return words;
  }

  private RunningScript start(Host host, Script script) throws InterruptedException {
    return switch (host.access().kind()) {
      case LOCAL -> local.start(host, script);
      case SSH -> ssh.start(host, script);
    };
  }

  private static FrameReader finished(
      Host host,
      Script script,
      RunningScript running,
      Duration deadline,
      BiConsumer<String, String> progress)
      throws InterruptedException {
    FrameReader frames = new FrameReader(script.boundary());
    long end = System.nanoTime() + deadline.toNanos();
    while (!frames.ended()) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      Optional<byte[]> chunk = running.output().next(left);
      if (chunk.isEmpty()) {
        throw HostFailures.silent(host, script, deadline);
      }
      if (chunk.get().length == 0) {
        throw running.output().overrun()
            ? HostFailures.endless(host, script)
            : ended(host, script, frames);
      }
      running.output().release(frames.accept(chunk.get()));
      frames.drainProgress().forEach(said -> progress.accept(said.subject(), said.text()));
    }
    return frames;
  }

  private static ApplicationFailure ended(Host host, Script script, FrameReader frames) {
    return frames.begun() || frames.noise().isEmpty()
        ? HostFailures.lost(host, script)
        : HostFailures.refused(host, script, frames.noise());
  }

  private static ScriptResult result(Host host, FrameReader frames) {
    Map<String, Said> subjects = new HashMap<>();
    frames.sections().forEach((subject, texts) -> subjects.put(subject, new Said(subject, texts)));
    Said whole = subjects.getOrDefault(HOST, new Said(HOST, Map.of()));
    try {
      whole.optional("failure").ifPresent(Said::refuse);
    } catch (InstanceRefusal refusal) {
      throw HostFailures.of(host, refusal);
    }
    subjects.remove(HOST);
    return new ScriptResult(whole, subjects);
  }

  @Override
  public void close() {
    ssh.close();
  }
}
