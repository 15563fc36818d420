package dev.mooring.evidence;

import dev.mooring.evidence.ConsumeRecord.ContentAttempt;
import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.SiteState.ControlFile;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Receipts and states of a fleet named harbour, as runs leave them. */
public final class SampleReceipts {
  public static final SiteName WEST = new SiteName("west");

  private SampleReceipts() {}

  /** What a publish of the nth point leaves. */
  public static Receipt publish(int n) {
    return receipt("PublishCycle", "east", n, ending(n, "COMPLETED", ""), new ConsumeRecord.None());
  }

  /** What a publish leaves that found the cluster locked. */
  public static Receipt skipped(int n) {
    Receipt publish = publish(n);
    return new Receipt(
        publish.run(),
        publish.asked(),
        new Receipt.Ending("COMPLETED", "", "skipped", "", publish.ending().at()),
        publish.steps(),
        new Receipt.Seen(List.of(), List.of(), new ConsumeRecord.None()));
  }

  /** What a consume of the nth point leaves that ended so. */
  public static Receipt consume(int n, Status status) {
    String code =
        switch (status) {
          case SUCCESS -> "";
          case TIMEOUT -> "TARGET_NOT_REACHED";
          case MISMATCH -> "TARGET_MISMATCH";
          case MISSING_WAL -> "WAL_MISSING";
        };
    Receipt.Ending ending = ending(n, code.isEmpty() ? "COMPLETED" : "FAILED", code);
    return receipt("DrConsume", "west", n, ending, attempt(n, status));
  }

  /** The same of another runbook. */
  public static Receipt of(String runbook, Receipt receipt) {
    Receipt.RunReference run = receipt.run();
    return new Receipt(
        new Receipt.RunReference(
            runbook,
            run.cluster(),
            run.scope(),
            "mooring:harbour:" + runbook,
            "run-" + runbook + "-1"),
        receipt.asked(),
        receipt.ending(),
        receipt.steps(),
        receipt.seen());
  }

  /** What a plan leaves of what would have been that run. */
  public static Receipt plan(Receipt run) {
    Receipt.Asked asked = run.asked();
    Receipt.Ending ending = run.ending();
    return new Receipt(
        run.run(),
        new Receipt.Asked(
            asked.requestJson(), asked.by(), asked.reason(), asked.clusterFileDigest(), true),
        ending.code().isEmpty()
            ? new Receipt.Ending(
                "PLANNED", "", ending.headline(), ending.restorePoint(), ending.at())
            : ending,
        run.steps(),
        run.seen());
  }

  private static ConsumeRecord attempt(int n, Status status) {
    String name = SampleManifests.nameOf(n).value();
    String other = status == Status.MISMATCH ? SampleManifests.nameOf(n - 1).value() : name;
    boolean replayed = status == Status.SUCCESS || status == Status.MISMATCH;
    List<String> missing =
        status == Status.MISSING_WAL ? List.of("000000020000000000000005") : List.of();
    return new ConsumeRecord.Attempt(
        n == 1 ? "" : SampleManifests.nameOf(n - 1).value(),
        SampleManifests.nameOf(n),
        status,
        Duration.ofSeconds(7),
        List.of(
            new ContentAttempt(
                new ContentId(0), SampleManifests.lsn(n, 0), replayed ? name : "", List.of()),
            new ContentAttempt(
                new ContentId(1), SampleManifests.lsn(n, 1), replayed ? other : "", missing)));
  }

  private static Receipt receipt(
      String runbook, String site, int n, Receipt.Ending ending, ConsumeRecord consume) {
    Instant at = ending.at();
    return new Receipt(
        new Receipt.RunReference(
            runbook,
            SampleManifests.HARBOUR,
            site,
            "mooring:harbour:" + runbook + ":" + site,
            "run-" + runbook + "-" + n),
        new Receipt.Asked(
            "{\"cluster\":\"harbour\"}", "anna", "night watch", Sha256.of(new byte[0])),
        ending,
        List.of(new Receipt.StepRecord("LOOK", "observe", at.minusMillis(900), at, "done")),
        new Receipt.Seen(
            List.of(new Receipt.ProofRecord("west-0", List.of(new Receipt.Fact("timeline", "1")))),
            List.of("west-0 was started or changed since it was proved"),
            consume));
  }

  private static Receipt.Ending ending(int n, String outcome, String code) {
    return new Receipt.Ending(
        outcome,
        code,
        "run " + n + " ended",
        SampleManifests.nameOf(n).value(),
        SampleManifests.at(n).plusSeconds(9));
  }

  /** The nth receipt of a chain whose bytes don't matter: digests are made of the numbers. */
  public static ChainedReceipt chained(long sequence, Receipt receipt) {
    String previous = sequence == 1 ? "" : digestOf(sequence - 1);
    return new ChainedReceipt(
        sequence, previous, receipt.ending().at().plusMillis(5), receipt, List.of());
  }

  /** The digest that {@link #chained} takes for that receipt's. */
  public static String digestOf(long sequence) {
    return Sha256.of(new byte[] {(byte) sequence});
  }

  /** The state of a site that was moored at the nth point. */
  public static SiteState state(int n) {
    return new SiteState(
        SampleManifests.HARBOUR,
        WEST,
        SampleManifests.nameOf(n),
        SampleManifests.at(n).plusSeconds(8),
        "run-DrConsume-" + n,
        List.of(parked(n, 0, ""), parked(n, 1, SampleManifests.lsn(n, 1).toString())));
  }

  /** The same as it was written before the positions of the point stood in it. */
  public static SiteState stateWithoutPoints(int n) {
    SiteState state = state(n);
    return new SiteState(
        state.cluster(),
        state.site(),
        state.restorePoint(),
        state.provedAt(),
        state.run(),
        List.of(parked(n, 0, ""), parked(n, 1, "")));
  }

  private static ParkedInstance parked(int n, int content, String point) {
    return new ParkedInstance(
        new InstanceId("west-" + content),
        new ContentId(content),
        new TimelineId(1 + content),
        new ControlFile(SampleManifests.lsn(n, content), digestOf(content)),
        content == 0 ? "" : "000000020000000000000003",
        point);
  }
}
