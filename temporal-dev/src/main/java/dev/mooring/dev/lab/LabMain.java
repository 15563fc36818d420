package dev.mooring.dev.lab;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command {@code temporal-dev/lab}. */
@Command(
    name = "lab",
    synopsisSubcommandLabel = "COMMAND",
    description = "A lab of real PostgreSQL servers and SSH hosts on this machine.")
public final class LabMain {
  private final Map<String, String> environment;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Shows this help.")
  @SuppressWarnings("UnusedVariable") // picocli itself heeds it
  private boolean help;

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
        .addSubcommand(new LoadCommand(environment))
        .addSubcommand(new BreakCommand(environment))
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              line.getErr().println("lab: " + reported(failure));
              return 1;
            });
  }

  /** The failure's message with additions of its causes, and the hints behind them all. */
  private static String reported(Throwable failure) {
    StringBuilder facts = new StringBuilder();
    StringBuilder hints = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = Objects.requireNonNullElse(cause.getMessage(), cause.toString());
      int hint = message.indexOf("\nHINT:");
      String fact = hint < 0 ? message : message.substring(0, hint);
      if (facts.indexOf(fact) < 0) {
        facts.append(facts.isEmpty() ? "" : ": ").append(fact);
      }
      hints.append(hint < 0 ? "" : message.substring(hint));
    }
    return facts.append(hints).toString();
  }

  /** By the name that is typed; the constants' own are not offered. */
  static final class KindByName implements ITypeConverter<Kind> {
    @Override
    public Kind convert(String typed) {
      return Arrays.stream(Kind.values())
          .filter(kind -> kind.toString().equals(typed))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "expected one of "
                          + Arrays.toString(Kind.values())
                          + " but was '"
                          + typed
                          + "'"));
    }
  }

  /** The kinds of labs. */
  enum Kind {
    FLEET,
    POSTGRES,
    STREAMING,
    GREENPLUM_LIKE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    LabPlan plan(int contents, StreamingChoice streaming) {
      streaming.requireOnlyFor(STREAMING, this);
      return switch (this) {
        case FLEET -> LabPlan.fleet(contents);
        case POSTGRES -> LabPlan.postgres();
        case STREAMING -> streaming.plan();
        case GREENPLUM_LIKE -> LabPlan.greenplumLike(contents);
      };
    }
  }

  @Command(
      description =
          "Makes a lab: primaries at east, and stopped copies of them at west or standbys.")
  void up(
      @Parameters(
              converter = KindByName.class,
              description = "fleet, postgres, streaming or greenplum-like.")
          Kind kind,
      @Option(
              names = "--contents",
              defaultValue = "4",
              description = "Instances per site; of greenplum-like segments (4).")
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
      @Mixin StreamingChoice streaming,
      @Mixin LabChoice choice) {
    LabPlan base = kind.plan(contents, streaming);
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
    isUp(lab, took);
  }

  private void isUp(Lab lab, Duration took) {
    out()
        .printf(
            "lab %s is up after %.1f s%n%s%n. %s/env sets the environment for worker and command"
                + " line%n",
            lab.name(), took.toMillis() / 1000.0, new LabStatus(lab).text(), lab.directory());
  }

  @Command(description = "Shows hosts and instances.")
  void status(@Mixin LabChoice choice) {
    out().println(new LabStatus(choice.lab(labs())).text());
  }

  @Command(description = "Starts an instance's server as a person would.")
  void start(@Parameters(paramLabel = "INSTANCE") String instance, @Mixin LabChoice choice) {
    Lab lab = choice.lab(labs());
    LabInstance started = lab.instance(instance);
    if (lab.isRunning(started)) {
      throw new LabFailure(started.id() + " runs already");
    }
    lab.start(started);
  }

  @Command(description = "Stops an instance's server in an orderly way.")
  void stop(@Parameters(paramLabel = "INSTANCE") String instance, @Mixin LabChoice choice) {
    Lab lab = choice.lab(labs());
    lab.stop(lab.instance(instance));
  }

  @Command(description = "Puts the state of servers, archive and evidence aside.")
  void snapshot(@Mixin LabChoice choice) {
    choice.lab(labs()).snapshot();
  }

  @Command(description = "Brings the state back that was put aside.")
  void restore(@Mixin LabChoice choice) {
    choice.lab(labs()).restore();
  }

  @Command(description = "Prints a digest of the files of all hosts but one.")
  void fingerprint(@Parameters(paramLabel = "HOST") String host, @Mixin LabChoice choice) {
    Lab lab = choice.lab(labs());
    out().println(lab.fingerprintWithout(lab.host(host)));
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
    return Machine.labsDirectory(environment);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
