package dev.mooring.starter;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.RunIds;
import dev.mooring.topology.ClusterName;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a person names a run that has ended.
 *
 * @param kind what the name is
 * @param text the name; empty for the last run that is no plan
 */
record RunName(Kind kind, String text) {
  private static final Pattern RECEIPT = Pattern.compile("0*([1-9][0-9]{0,17})(?:\\.json)?");
  private static final Pattern RUN = Pattern.compile("[0-9a-f]{8}-[0-9a-f-]{27}");

  /** The kinds of names of a run. */
  private enum Kind {
    WORKFLOW,
    RUN,
    RECEIPT,
    LAST
  }

  static RunName of(String named) {
    Matcher receipt = RECEIPT.matcher(named);
    if (named.contains(":")) {
      return new RunName(Kind.WORKFLOW, named);
    }
    if (receipt.matches()) {
      return new RunName(Kind.RECEIPT, receipt.group(1));
    }
    return new RunName(RUN.matcher(named).matches() ? Kind.RUN : Kind.LAST, named);
  }

  /** The cluster it names too, or empty. */
  String cluster() {
    return kind == Kind.LAST ? text : RunIds.clusterOf(text).map(ClusterName::value).orElse("");
  }

  /** The receipt's number, if the name is one. */
  OptionalLong receipt() {
    return kind == Kind.RECEIPT ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }

  /** The run id, if the name is one: all receipts that match it are of one run. */
  Optional<String> runId() {
    return kind == Kind.RUN ? Optional.of(text) : Optional.empty();
  }

  /** Whether that is the receipt meant, if no newer one is. */
  boolean isOf(ChainedReceipt receipt) {
    Receipt.RunReference run = receipt.receipt().run();
    return switch (kind) {
      case WORKFLOW -> run.workflowId().equals(text) || RunIds.typed(run.workflowId()).equals(text);
      case RUN -> run.originalRun().equals(text);
      case RECEIPT -> Long.toString(receipt.sequence()).equals(text);
      case LAST -> !receipt.receipt().asked().planOnly();
    };
  }

  String inWords() {
    return switch (kind) {
      case WORKFLOW -> "workflow " + text;
      case RUN -> "run " + text;
      case RECEIPT -> "number " + text;
      case LAST -> "any run but plans";
    };
  }
}
