package dev.mooring.starter;

import dev.mooring.evidence.ApprovalText;
import dev.mooring.runbook.Decision;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.temporal.RunApprovals;
import dev.mooring.starter.temporal.RunDecisions;
import dev.mooring.starter.temporal.RunReference;
import dev.mooring.starter.temporal.TemporalServer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A person's decision about an open run; each kind of decision is a command of its own. The command
 * {@code approve}, which names a plan, is {@link ApproveCommand}.
 */
abstract class DecideCommand implements Callable<Integer> {
  final MooringCommand mooring;
  final Decision.Word word;

  @Mixin private final RunArgument run = new RunArgument();

  @Option(
      names = "--by",
      paramLabel = "WHO",
      description = "The person who decides (default: the operating system's user).")
  private String by = "";

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for the history and the receipt.")
  private String reason = "";

  DecideCommand(MooringCommand mooring, Decision.Word word) {
    this.mooring = mooring;
    this.word = word;
  }

  /** The option that names the key of a person. */
  static final class Signing {
    @Option(
        names = "--key",
        paramLabel = "FILE",
        description =
            "The private key that signs the decision (MOORING_APPROVAL_KEY, else"
                + " ~/.config/mooring/approval.key if it exists, else it is unsigned).")
    private Optional<Path> key = Optional.empty();

    /** The signed decision; none without a key or a text. */
    Optional<Decision> signed(
        Decision.Word word, MooringCommand mooring, Supplier<Optional<ApprovalText>> text) {
      return ApprovalKey.find(key, mooring.environment())
          .flatMap(person -> text.get().map(one -> person.sign(word, one)));
    }
  }

  /** The decision to send; an approval names a plan, and may be signed. */
  Decision decision(TemporalServer server, RunReference found, String who, String why) {
    return new Decision(word, "", who, why);
  }

  @Override
  public Integer call() {
    try (TemporalServer server = mooring.connect()) {
      RunReference found = run.find(server, mooring.clusterFiles());
      Decision decision = decision(server, found, by.isEmpty() ? mooring.user() : by, reason);
      mooring.console().say(new RunDecisions(server).decide(found, decision));
      mooring.console().say("`mooring follow " + found.workflowId() + "` shows what follows");
      return ExitCode.DONE.status();
    }
  }

  /** {@code mooring reject}. */
  @Command(
      name = "reject",
      header = "Reject the plan that a run waits with.",
      description = "The run ends without having changed anything.")
  static final class Reject extends DecideCommand {
    Reject(MooringCommand mooring) {
      super(mooring, Decision.Word.REJECT);
    }
  }

  /** {@code mooring retry}. */
  @Command(
      name = "retry",
      header = "Retry the step at which a run holds.",
      description = "First fix what the hold names.")
  static final class Retry extends DecideCommand {
    Retry(MooringCommand mooring) {
      super(mooring, Decision.Word.RETRY);
    }
  }

  /** {@code mooring roll-back}. */
  @Command(
      name = "roll-back",
      header = "Stop a run and undo what it did.",
      description =
          "Before the point of no return everything is undone; after it the run refuses. An attested"
              + " loss is signed with the person's key, if there is one.")
  static final class RollBack extends DecideCommand {
    @Mixin private final Signing signing = new Signing();

    RollBack(MooringCommand mooring) {
      super(mooring, Decision.Word.ROLL_BACK);
    }

    /** A loss that is attested may need a signature. */
    @Override
    Decision decision(TemporalServer server, RunReference found, String who, String why) {
      return signing
          .signed(word, mooring, () -> new RunApprovals(server).ofHeld(found, who, why))
          .orElseGet(() -> super.decision(server, found, who, why));
    }
  }

  /** {@code mooring give-up}. */
  @Command(
      name = "give-up",
      header = "End a held run as it is.",
      description =
          "Ends a run that can go neither forward nor back; its receipt says what is left as it"
              + " is.")
  static final class GiveUp extends DecideCommand {
    GiveUp(MooringCommand mooring) {
      super(mooring, Decision.Word.GIVE_UP);
    }
  }
}
