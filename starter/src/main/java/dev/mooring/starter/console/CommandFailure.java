package dev.mooring.starter.console;

/** A command can't go on: one sentence, a hint, and the exit code. */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String hint;

  private CommandFailure(ExitCode exitCode, String fact, String hint, Throwable cause) {
    super(fact, cause);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  private CommandFailure(ExitCode exitCode, String fact, String hint) {
    super(fact);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  /** The command did not succeed. */
  public static CommandFailure failed(String fact, String hint) {
    return new CommandFailure(ExitCode.FAILED, fact, hint);
  }

  /** The command did not succeed, because of something that {@code --debug} shows. */
  public static CommandFailure failed(String fact, String hint, Throwable cause) {
    return new CommandFailure(ExitCode.FAILED, fact, hint, cause);
  }

  /** The request may not be done as asked. */
  public static CommandFailure refused(String fact, String hint) {
    return new CommandFailure(ExitCode.REFUSED, fact, hint);
  }

  /** The command line makes no sense. */
  public static CommandFailure usage(String fact, String hint) {
    return new CommandFailure(ExitCode.USAGE, fact, hint);
  }

  /** The same, with one more thing to do if its own remedy does not help. */
  public CommandFailure orElse(String otherwise) {
    String both = hint.isEmpty() ? otherwise : hint + "; " + otherwise;
    return new CommandFailure(exitCode, String.valueOf(getMessage()), both, this);
  }

  /** The exit code of the command. */
  public ExitCode exitCode() {
    return exitCode;
  }

  /** The hint: one sentence without a full stop, or empty. */
  public String hint() {
    return hint;
  }
}
