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
 * What every runbook's implementation has in common: its surroundings answer the queries and take
 * the decisions, and a receipt has, at any ending, what was asked, done, proved and decided. Its
 * steps are its own.
 */
public abstract class AnsweringRun implements RunMessages {
  protected final RunContext context;
  protected final RunbookRun run;

  /** What is less than wanted, one sentence each, beside what its step groups say of themselves. */
  protected final List<String> degraded = new ArrayList<>();

  private final List<StepGroup> groups = new ArrayList<>();
  private RunContext.Asked asked = RunContext.Asked.NOTHING;
  private @Nullable Supplier<SiteName> receiptSite;

  /** A run with these surroundings. */
  protected AnsweringRun(RunContext context) {
    this.context = context;
    this.run = context.run();
  }

  /** What the receipt keeps of the request; see {@link RunContext.Asked}. */
  protected final void asked(String scope, String request, String by, String reason) {
    asked = new RunContext.Asked(scope, request, by, reason);
  }

  /** From here on its receipt has a place: at that site, as it is known when it is written. */
  protected final void receiptAt(Supplier<SiteName> site) {
    receiptSite = site;
  }

  /** From here on what this group proved, and left less than wanted, is in the receipt. */
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
   * What was seen and proved so far.
   *
   * @param code of the ending; empty for one that ended well, or has not ended
   */
  protected Receipt.Seen seen(String code) {
    return new Receipt.Seen(proofs(), degraded(), new ConsumeRecord.None());
  }

  /** What was proved so far. */
  protected List<Receipt.ProofRecord> proofs() {
    return groups.stream().flatMap(group -> group.proofs().stream()).toList();
  }

  /** What is less than wanted so far. */
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
