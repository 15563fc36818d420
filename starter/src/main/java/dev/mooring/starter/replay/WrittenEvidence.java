package dev.mooring.starter.replay;

import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.ReceiptActivities.EnsureReceipt;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What a run gave to the evidence store, by its history. */
public final class WrittenEvidence {
  private final DataConverter converter = RunbookDataConverter.create();
  private final List<ActivityTaskScheduledEventAttributes> acts;

  /** Reads that history. */
  public WrittenEvidence(WorkflowExecutionHistory history) {
    acts =
        history.getEvents().stream()
            .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
            .map(HistoryEvent::getActivityTaskScheduledEventAttributes)
            .toList();
  }

  /** The receipts it was to leave. */
  public List<Receipt> receipts() {
    return inputs("EnsureReceipt", EnsureReceipt.class, EnsureReceipt::receipt);
  }

  /** Whether that is one of the receipts; none is of a history in another release's form. */
  public boolean isOf(Receipt receipt) {
    try {
      return receipts().contains(receipt);
    } catch (DataConverterException ofAnotherRelease) {
      return false;
    }
  }

  /** Whether that is one of the receipts, as far as this release can read what was written. */
  public boolean mayHaveWritten(Receipt receipt) {
    return isOf(receipt) || isOfAnotherForm();
  }

  /** Whether this release can't read what was written. */
  public boolean isOfAnotherForm() {
    try {
      receipts();
      manifests();
      return false;
    } catch (DataConverterException ofAnotherRelease) {
      return true;
    }
  }

  /** The manifests it published as READY. */
  public List<Manifest> manifests() {
    return inputs("EnsureReady", EnsureManifest.class, EnsureManifest::manifest);
  }

  private <A, B> List<B> inputs(String act, Class<A> type, Function<A, B> part) {
    return acts.stream()
        .filter(one -> one.getActivityType().getName().equals(act))
        .map(one -> converter.fromPayloads(0, Optional.of(one.getInput()), type, type))
        .map(part)
        .toList();
  }
}
