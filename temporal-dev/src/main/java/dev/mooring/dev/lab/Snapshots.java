package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The state of a lab saved and restored, so that the tests of one class can each begin with the
 * same servers: data directories, Mooring's directories on the hosts, archive, evidence and the
 * load's ledgers. Servers that ran when it was saved run afterwards, here and after restoring it.
 */
final class Snapshots {
  private static final String RUNNING = "running";

  private final LabRecord record;
  private final LabServers servers;

  Snapshots(LabRecord record) {
    this.record = record;
    this.servers = new LabServers(record);
  }

  void take() {
    requireNoLoad();
    List<LabInstance> running = servers.running();
    byPatroni().ifPresent(LabPatroni::killAll);
    Parallel.forEach(running, instance -> servers.server(instance).stop(Server.StopMode.FAST));
    Path aside = record.layout().snapshot();
    clear(aside);
    Parallel.forEach(
        parts(), part -> besideAWorker(part, () -> copy(part, aside.resolve(relative(part)))));
    try {
      Files.write(aside.resolve(RUNNING), running.stream().map(LabInstance::id).toList());
    } catch (IOException e) {
      throw new LabFailure("could not note what was running", e);
    }
    start(running);
  }

  void restore() {
    Path aside = record.layout().snapshot();
    List<String> running = runningThen(aside);
    if (new LabLoad(record).isRunning()) {
      new LabLoad(record).kill();
    }
    byPatroni().ifPresent(LabPatroni::killAll);
    Parallel.forEach(record.layout().instances(), instance -> servers.server(instance).end());
    Parallel.forEach(
        parts(),
        part -> besideAWorker(part, () -> Mirror.bringBack(part, aside.resolve(relative(part)))));
    clear(record.layout().hidden());
    start(
        record.layout().instances().stream()
            .filter(instance -> running.contains(instance.id()))
            .toList());
  }

  private void besideAWorker(Path part, Runnable act) {
    if (part.equals(record.layout().evidence())) {
      BesideAWorker.act(act);
    } else {
      act.run();
    }
  }

  private void start(List<LabInstance> instances) {
    byPatroni()
        .ifPresentOrElse(
            patroni -> patroni.startAll(instances),
            () -> Parallel.forEach(instances, instance -> servers.server(instance).start()));
  }

  private Optional<LabPatroni> byPatroni() {
    return record.layout().byPatroni() ? Optional.of(new LabPatroni(record)) : Optional.empty();
  }

  private List<Path> parts() {
    Layout layout = record.layout();
    return Stream.of(
            layout.hosts().stream().flatMap(host -> Stream.of(host.data(), host.mooring())),
            layout.instances().stream()
                .filter(layout::configuredOutside)
                .map(instance -> instance.host().configurations())
                .distinct(),
            Stream.of(layout.archives(), layout.evidence(), layout.load()))
        .flatMap(parts -> parts)
        .toList();
  }

  private Path relative(Path part) {
    return record.layout().directory().relativize(part);
  }

  private void requireNoLoad() {
    if (new LabLoad(record).isRunning()) {
      throw new LabFailure("the load runs\nHINT: stop it, then take the snapshot.");
    }
  }

  private static List<String> runningThen(Path aside) {
    try {
      return Files.readAllLines(aside.resolve(RUNNING));
    } catch (IOException e) {
      throw new LabFailure("no snapshot in " + aside, e);
    }
  }

  /** Empties a directory that must itself stay: a host's namespace is bound to it. */
  private static void clear(Path directory) {
    Command.run(
        Path.of("/"), List.of("find", directory.toString(), "-mindepth", "1", "-delete"), Map.of());
  }

  /** Copies the content of a directory into another. */
  private static void copy(Path from, Path to) {
    Command.run(Path.of("/"), List.of("mkdir", "-p", to.toString()), Map.of());
    Command.run(
        Path.of("/"), List.of("cp", "-a", "--reflink=auto", from + "/.", to.toString()), Map.of());
  }
}
