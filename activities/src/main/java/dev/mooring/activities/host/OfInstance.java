package dev.mooring.activities.host;

import dev.mooring.port.HostWork;
import dev.mooring.postgres.SessionSettings;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.stream.Stream;

/**
 * Calls a function of a script for one instance, in the surroundings that its manager asks for: the
 * programs of a Greenplum run in the environment of its GPHOME.
 */
public final class OfInstance {
  /** The part that a call for one instance needs. */
  public static final String SCRIPT = "greenplum.sh";

  /** The part that checks whether a process runs on a data directory. */
  public static final String PROCESSES = "process.sh";

  /** The part about a data directory's programs, control file and settings. */
  public static final String SERVER = "server.sh";

  private static final String PROGRAMS = "/bin";

  private OfInstance() {}

  /** With all the parts that a reading of instances, or an act on one, is made of. */
  public static Script parts(Script script) {
    return script
        .set("sessions", String.join("\n", SessionSettings.ALL))
        .with(OfInstance.class, SCRIPT)
        .with(OfInstance.class, PROCESSES)
        .with(OfInstance.class, SERVER);
  }

  /** The one instance that a request is about. */
  public static Instance only(HostWork on) {
    List<Instance> instances = on.instances();
    if (instances.size() != 1) {
      throw new IllegalArgumentException(
          "one instance is changed or read here at a time, got " + instances.size());
    }
    return instances.get(0);
  }

  /**
   * Calls the function in parallel with other instances' calls; its output has the instance's name
   * as its subject.
   */
  public static void call(
      Script script, Instance instance, String function, List<String> arguments) {
    String subject = instance.id().value();
    if (!instance.manager().isGreenplum()) {
      script.each(subject, function, arguments);
      return;
    }
    Stream<String> greenplum =
        Stream.of(
            home(instance),
            instance.content().toString(),
            String.valueOf(instance.dbid()),
            function);
    script.each(subject, "of_greenplum", Stream.concat(greenplum, arguments.stream()).toList());
  }

  /**
   * The data directory and the programs' directory, the first words of most functions, and more.
   */
  public static List<String> words(Instance instance, String... more) {
    return Stream.concat(
            Stream.of(instance.dataDirectory(), instance.manager().binDirectory()), Stream.of(more))
        .toList();
  }

  /** The contents that a request is about, each once. */
  public static List<ContentId> contents(HostWork on) {
    return on.instances().stream().map(Instance::content).distinct().sorted().toList();
  }

  private static String home(Instance instance) {
    String programs = instance.manager().binDirectory();
    if (!programs.endsWith(PROGRAMS)) {
      throw new IllegalArgumentException(
          "the programs of a Greenplum must be in bin of its GPHOME, got '" + programs + "'");
    }
    return programs.substring(0, programs.length() - PROGRAMS.length());
  }
}
