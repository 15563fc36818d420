package dev.mooring.runbook;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RawRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The common part of every runbook's implementation: it answers queries, takes decisions, and at
 * every ending writes a receipt with the request, the steps, the proofs and the decisions. The
 * steps are the runbook's own.
 */
public abstract class AnsweringRun implements RunMessages {
  protected final RunContext context;
  protected final RunbookRun run;

  /** The degraded facts, one sentence each, beside those of its step groups. */
  protected final List<String> degraded = new ArrayList<>();

  private final List<StepGroup> groups = new ArrayList<>();
  private RunContext.Asked asked = RunContext.Asked.NOTHING;
  private @Nullable Supplier<SiteName> receiptSite;

  /** A run with this context. */
  protected AnsweringRun(RunContext context) {
    this.context = context;
    this.run = context.run();
  }

  /** Records the request for the receipt; see {@link RunContext.Asked}. */
  protected final void asked(String scope, String request, String by, String reason) {
    asked = new RunContext.Asked(scope, request, by, reason);
  }

  /** From here on the run writes a receipt, at the site that the supplier returns at that time. */
  protected final void receiptAt(Supplier<SiteName> site) {
    receiptSite = site;
  }

  /** From here on the receipt contains the proofs and degraded facts of this group. */
  protected final <G extends StepGroup> G begun(G group) {
    groups.add(group);
    return group;
  }

  /** Runs the body to one of its endings, each with a receipt. */
  protected final <R extends RunResult> R runToEnding(Supplier<R> body) {
    return run.runToEnding(body, RunResult::headline, this::writeReceipt);
  }

  /** Writes the receipt of an ending, and returns its path. */
  protected String writeReceipt(Receipt.Ending ending) {
    Supplier<SiteName> at = receiptSite;
    return at == null
        ? "none: the cluster file names where receipts are kept"
        : context.writeReceipt(at.get(), receipt(ending));
  }

  /** The receipt of an ending. */
  protected final Receipt receipt(Receipt.Ending ending) {
    return context.receipt(asked, ending, seen(ending.code()));
  }

  /**
   * What was observed and proved so far.
   *
   * @param code of the ending; empty if the run completed, or has not ended
   */
  protected Receipt.Seen seen(String code) {
    return new Receipt.Seen(proofs(), degraded(), new ConsumeRecord.None());
  }

  /** What was proved so far. */
  protected List<Receipt.ProofRecord> proofs() {
    return groups.stream().flatMap(group -> group.proofs().stream()).toList();
  }

  /** The degraded facts so far. */
  protected List<String> degraded() {
    List<String> all = new ArrayList<>(degraded);
    groups.forEach(group -> all.addAll(group.degraded()));
    return all;
  }

  @Override
  public Receipt receipt() {
    return context.receiptSoFar(asked, seen(""));
  }

  @Override
  public Progress progress() {
    return run.progress();
  }

  @Override
  public Plan plan() {
    return context.plan();
  }

  @Override
  public String decide(RawRequest decision) {
    return context.decide(decision);
  }

  @Override
  public void validateDecide(RawRequest decision) {
    context.validate(decision);
  }

  @Override
  public void decideBySignal(RawRequest decision) {
    context.decideBySignal(decision);
  }
}
