package dev.mooring.dev.lab;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code temporal-dev/lab}. */
@Command(
    name = "lab",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "A lab of real PostgreSQL servers and SSH hosts on this machine.")
public final class LabMain {
  private final Map<String, String> environment;

  @Spec private CommandSpec spec = CommandSpec.create();

  private LabMain(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Runs one command; the exit status is 0, or 1 with a message, or 2 for wrong usage. */
  public static void main(String[] arguments) {
    System.exit(commandLine(System.getenv()).execute(arguments));
  }

  static CommandLine commandLine(Map<String, String> environment) {
    return new CommandLine(new LabMain(environment))
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              line.getErr().println("lab: " + failure.getMessage());
              return 1;
            });
  }

  /** What a lab may be made of. */
  enum Kind {
    fleet,
    postgres
  }

  @Command(description = "Makes a lab: primaries at east, stopped copies of them at west.")
  void up(
      @Parameters(description = "fleet or postgres.") Kind kind,
      @Option(names = "--contents", defaultValue = "4", description = "Instances per site (4).")
          int contents,
      @Option(
              names = "--instances-per-host",
              defaultValue = "1",
              description = "How many of a site's instances share a host (1).")
          int instancesPerHost,
      @Option(
              names = "--wal-file-size",
              defaultValue = "16",
              description = "Megabytes of one WAL file (16).")
          int walFileMegabytes,
      @Option(
              names = "--consume-on-publish",
              description = "The west consumes whatever the east publishes.")
          boolean onPublish,
      @Mixin LabChoice choice) {
    LabPlan base = kind == Kind.fleet ? LabPlan.fleet(contents) : LabPlan.postgres();
    String name = choice.name().orElse(base.name());
    LabPlan plan =
        base.named(name)
            .in(choice.directoryFor(labs(), name))
            .withInstancesPerHost(instancesPerHost)
            .withWalFileMegabytes(walFileMegabytes)
            .withWestConsuming(onPublish ? LabPlan.Consumes.ON_PUBLISH : LabPlan.Consumes.MANUAL);
    long start = System.nanoTime();
    Lab lab = Lab.up(plan, environment);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    out()
        .printf(
            "lab %s is up after %.1f s%n%s%n. %s/env sets the environment for worker and command"
                + " line%n",
            lab.name(), took.toMillis() / 1000.0, new LabStatus(lab).table(), lab.directory());
  }

  @Command(description = "Shows hosts and instances.")
  void status(@Mixin LabChoice choice) {
    out().println(new LabStatus(choice.lab(labs())).table());
  }

  @Command(description = "Removes a lab and proves that nothing of it is left.")
  void down(@Mixin LabChoice choice) {
    Lab lab = choice.lab(labs());
    int processes = lab.processes().size();
    lab.close();
    out()
        .printf(
            "lab %s is gone: %d processes ended, none left; %s removed%n",
            lab.name(), processes, lab.directory());
  }

  private Path labs() {
    return Machine.found(environment).labs();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
