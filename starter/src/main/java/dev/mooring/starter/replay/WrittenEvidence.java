package dev.mooring.starter.replay;

import dev.mooring.evidence.Receipt;
import dev.mooring.port.ReceiptActivities.EnsureReceipt;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import java.util.List;
import java.util.Optional;

/** The receipts that a run wrote, by its history. */
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
    return acts.stream()
        .filter(one -> one.getActivityType().getName().equals("EnsureReceipt"))
        .map(
            one ->
                converter.fromPayloads(
                    0, Optional.of(one.getInput()), EnsureReceipt.class, EnsureReceipt.class))
        .map(EnsureReceipt::receipt)
        .toList();
  }

  /** Whether that is one of the receipts; none is of a history in another release's form. */
  public boolean isOf(Receipt receipt) {
    try {
      return receipts().contains(receipt);
    } catch (DataConverterException ofAnotherRelease) {
      return false;
    }
  }

  /** Whether that may be one of the receipts: true too if this release can't read them. */
  public boolean mayHaveWritten(Receipt receipt) {
    return isOf(receipt) || isOfAnotherForm();
  }

  /** Whether this release can't read the receipts. */
  public boolean isOfAnotherForm() {
    try {
      receipts();
      return false;
    } catch (DataConverterException ofAnotherRelease) {
      return true;
    }
  }
}
