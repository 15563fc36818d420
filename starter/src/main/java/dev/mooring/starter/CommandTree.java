package dev.mooring.starter;

import dev.mooring.clusterfile.NearestName;
import dev.mooring.runbook.Explained;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.Console;
import dev.mooring.starter.console.ExitCode;
import io.temporal.failure.TemporalFailure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands, and how their failures are reported: one sentence, a hint, an exit code. */
public final class CommandTree {
  /** Every command, by its name, in the order of the help. */
  private static final Map<String, Class<?>> COMMANDS = commands();

  private CommandTree() {}

  /** Runs one command line; the answer is the exit status. */
  public static int run(Caller caller, String... arguments) {
    Class<?> only = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
    // reading what all commands declare takes longer than most of them run
    return of(caller, only == null ? COMMANDS.values() : List.of(only)).execute(arguments);
  }

  /** The tree of commands, ready for one caller. */
  public static CommandLine of(Caller caller) {
    return of(caller, COMMANDS.values());
  }

  private static Map<String, Class<?>> commands() {
    Map<String, Class<?>> commands = new LinkedHashMap<>();
    commands.put("status", StatusCommand.class);
    commands.put("check", CheckCommand.class);
    commands.put("rehearse", RehearseCommand.class);
    commands.put("setup", SetupCommand.class);
    commands.put("plan", PlanCommand.class);
    commands.put("publish", PublishCommand.class);
    commands.put("consume", ConsumeCommand.class);
    commands.put("replicate", ReplicateCommand.class);
    commands.put("adopt", AdoptCommand.class);
    commands.put("switchover", SwitchoverCommand.class);
    commands.put("resilver", ResilverCommand.class);
    commands.put("failover", FailoverCommand.class);
    commands.put("start-primary", StartPrimaryCommand.class);
    commands.put("failback", FailbackCommand.class);
    commands.put("monitor", MonitorCommand.class);
    commands.put("follow", FollowCommand.class);
    commands.put("cancel", CancelCommand.class);
    commands.put("approve", ApproveCommand.class);
    commands.put("reject", DecideCommand.Reject.class);
    commands.put("retry", DecideCommand.Retry.class);
    commands.put("roll-back", DecideCommand.RollBack.class);
    commands.put("give-up", DecideCommand.GiveUp.class);
    commands.put("init", InitCommand.class);
    commands.put("logs", LogsCommand.class);
    commands.put("report", ReportCommand.class);
    commands.put("verify", VerifyCommand.class);
    commands.put("whois", WhoisCommand.class);
    commands.put("archive-floor", ArchiveFloorCommand.class);
    commands.put("schedule", ScheduleCommand.class);
    commands.put("notify", NotifyCommand.class);
    commands.put("completion", CompletionCommand.class);
    commands.put("man", ManCommand.class);
    return commands;
  }

  private static CommandLine of(Caller caller, Collection<Class<?>> commands) {
    MooringCommand root = new MooringCommand(caller);
    Console console = root.console();
    CommandLine tree = new CommandLine(root, new Factory(root));
    commands.forEach(tree::addSubcommand);
    Optional.ofNullable(tree.getSubcommands().get(PlanCommand.NAME))
        .ifPresent(CommandTree::addPlanned);
    tree.setOut(writer(console));
    tree.setErr(writer(console));
    tree.setCaseInsensitiveEnumValuesAllowed(true);
    tree.setUsageHelpAutoWidth(false);
    tree.setUsageHelpWidth(100);
    tree.setAbbreviatedOptionsAllowed(false);
    tree.setExitCodeExceptionMapper(failure -> ExitCode.FAILED.status());
    tree.setParameterExceptionHandler((failure, arguments) -> misread(root, failure));
    tree.setExecutionExceptionHandler((failure, command, parsed) -> failed(root, failure));
    return tree;
  }

  /** Every command that starts a run can be planned. */
  private static void addPlanned(CommandLine plan) {
    COMMANDS.values().stream()
        .filter(RunCommand.class::isAssignableFrom)
        .forEach(plan::addSubcommand);
  }

  private static PrintWriter writer(Console console) {
    return new PrintWriter(
        new StringWriter() {
          @Override
          public void flush() {
            getBuffer().toString().lines().forEach(console::help);
            getBuffer().setLength(0);
          }
        },
        true);
  }

  private static int misread(MooringCommand root, ParameterException failure) {
    root.console().complain("mooring: " + fact(failure));
    CommandSpec command = failure.getCommandLine().getCommandSpec();
    String help = "`" + command.qualifiedName() + " --help` says what there is.";
    root.console()
        .complain(
            failure instanceof MissingParameterException
                ? "HINT: `" + required(command) + "`; " + help
                : "HINT: " + help);
    return ExitCode.USAGE.status();
  }

  /** The shortest line that the command takes. */
  private static String required(CommandSpec command) {
    List<String> words = new ArrayList<>(List.of(command.qualifiedName()));
    command.positionalParameters().stream()
        .filter(ArgSpec::required)
        .forEach(one -> words.add(one.paramLabel()));
    command.options().stream()
        .filter(ArgSpec::required)
        .forEach(one -> words.add(one.longestName() + " " + one.paramLabel()));
    return String.join(" ", words);
  }

  private static String fact(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      return lowerCase(String.valueOf(failure.getMessage()));
    }
    String unknown = unmatched.getUnmatched().get(0);
    String kind = unknown.startsWith("-") ? "option" : "command or argument";
    // the commands that begin alike, in the order in which they are declared
    List<String> alike = unmatched.getSuggestions();
    Optional<String> near = NearestName.of(unknown, alike).or(() -> alike.stream().findFirst());
    return "there is no "
        + kind
        + " "
        + unknown
        + near.map(one -> "; did you mean " + one + "?").orElse("");
  }

  private static String lowerCase(String message) {
    return message.isEmpty()
        ? message
        : message.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + message.substring(1);
  }

  private static int failed(MooringCommand root, Exception failure) {
    CommandFailure complaint = failureOf(failure);
    complaint(root, complaint).forEach(root.console()::complain);
    return complaint.exitCode().status();
  }

  /** A failure as lines for a person: the fact, the hint, and with --debug its stack trace. */
  static List<String> complaint(MooringCommand root, CommandFailure failure) {
    List<String> lines = new ArrayList<>();
    lines.add("mooring: " + failure.getMessage());
    if (!failure.hint().isEmpty()) {
      lines.add("HINT: " + failure.hint() + ".");
    }
    if (root.debug()) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      lines.add(trace.toString());
    }
    return lines;
  }

  /** An adapter's failure carries a code with its own hint; any other one is a fault of ours. */
  static CommandFailure failureOf(Exception failure) {
    if (failure instanceof CommandFailure known) {
      return known;
    }
    if (failure instanceof TemporalFailure adapter) {
      Explained explained = Explained.of(adapter);
      return CommandFailure.failed(explained.sentence(), explained.code().hint(), adapter);
    }
    return CommandFailure.failed(
        "unexpected: " + failure,
        "the same command with --debug shows the place; please report it",
        failure);
  }

  /** Gives each command the root it belongs to. */
  private record Factory(MooringCommand root) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        if (List.of(constructor.getParameterTypes()).equals(List.of(MooringCommand.class))) {
          return type.cast(constructor.newInstance(root));
        }
      }
      return CommandLine.defaultFactory().create(type);
    }
  }
}
