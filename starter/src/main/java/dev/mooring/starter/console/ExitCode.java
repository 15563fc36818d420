package dev.mooring.starter.console;

import dev.mooring.runbook.checks.CheckRow.Judged;

/** How a command ends, for scripts and monitoring. The numbers are kept for ever. */
public enum ExitCode {
  DONE(0, "done, and proved if there is something to prove"),
  FAILED(
      1,
      "it did not succeed; nothing advanced unless its sentence begins with what was done, and"
          + " trying again is safe"),
  USAGE(2, "the command line could not be understood; nothing was done"),
  REFUSED(3, "it may not be done as asked, or, of a plan, checks block it; nothing was changed"),
  ROLLED_BACK(4, "a person stopped it; what had been changed was undone"),
  NEEDS_PERSON(5, "it can go neither forward nor back; a person is needed"),
  STATUS_WARNING(
      6,
      "only `status`, `check`, `rehearse`, `whois`, `verify` and `monitor`: something needs"
          + " attention"),
  STATUS_CRITICAL(
      7,
      "only `status`, `check`, `rehearse`, `whois`, `verify` and `monitor`: something is wrong"
          + " now");

  private final int status;
  private final String meaning;

  ExitCode(int status, String meaning) {
    this.status = status;
    this.meaning = meaning;
  }

  /** The exit code of a command that shows rows of which the worst is judged so. */
  public static ExitCode of(Judged worst) {
    return switch (worst) {
      case GOOD -> DONE;
      case WARNING, OVERRIDDEN -> STATUS_WARNING;
      case WRONG -> STATUS_CRITICAL;
    };
  }

  /** The process's exit status. */
  public int status() {
    return status;
  }

  /** What the exit code means, as part of a sentence. */
  public String meaning() {
    return meaning;
  }

  /** The worse of two. */
  public ExitCode or(ExitCode other) {
    return other.status > status ? other : this;
  }
}
