package dev.mooring.fake;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Sha256;
import dev.mooring.evidence.SiteState;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.wire.ReceiptFormat;
import dev.mooring.wire.SiteStateFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Receipts and states of sites in the fake's store. */
final class FakeReceipts implements ReceiptActivities {
  private final FakeCluster world;
  private final FakeStore store;

  FakeReceipts(FakeCluster world, FakeStore store) {
    this.world = world;
    this.store = store;
  }

  @Override
  public Written ensureReceipt(EnsureReceipt request) {
    synchronized (world) {
      store.requireReachable();
      Receipt receipt = request.receipt();
      List<ChainedReceipt> chain = store.receipts();
      for (ChainedReceipt there : chain) {
        if (there.receipt().equals(receipt)) {
          return at(there.sequence());
        }
      }
      Optional<Document.Intact<ChainedReceipt>> last =
          chain.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  new Document.Intact<>(
                      chain.get(chain.size() - 1), at(chain.size()).sha256(), ""));
      ChainedReceipt next = ChainedReceipt.after(last, world.clock().read(), receipt);
      store.files().put(path(next.sequence()), ReceiptFormat.render(next, store.signing()));
      Written written = at(next.sequence());
      if (!receipt.asked().planOnly()) {
        store.record(request.heads(), written, next.sequence());
      }
      return written;
    }
  }

  private Written at(long sequence) {
    byte[] bytes = store.files().get(path(sequence));
    if (bytes == null) {
      throw FakeHost.failure(FailureCode.EVIDENCE_UNREADABLE, path(sequence) + " is gone");
    }
    return new Written(path(sequence), Sha256.of(bytes));
  }

  static String path(long sequence) {
    return FakeStore.RECEIPTS + String.format("%08d", sequence) + ".json";
  }

  @Override
  public SiteStateRead readSiteState(ReadSiteState request) {
    synchronized (world) {
      store.requireReachable();
      store.requireWholeState(request.site());
      return new SiteStateRead(
          store.state(request.site()).<Answer>map(Answer.Known::new).orElseGet(Answer.Never::new));
    }
  }

  @Override
  public Written ensureSiteState(EnsureSiteState request) {
    synchronized (world) {
      store.requireReachable();
      SiteState state = request.state();
      Optional<SiteState> before = store.state(state.site());
      if (before.filter(there -> there.provedAt().isAfter(state.provedAt())).isPresent()) {
        throw FakeHost.failure(
            FailureCode.EPOCH_REFUSED,
            "site " + state.site() + " was proved at " + before.get().restorePoint() + " later");
      }
      byte[] bytes = SiteStateFormat.render(state, store.signing());
      if (!before.equals(Optional.of(state))) {
        store.files().put(FakeStore.statePath(state.site()), bytes);
        world.did(
            new Deed.Advanced(state.site().value(), state.restorePoint().value(), state.run()));
      }
      store
          .files()
          .put(
              FakeStore.currentPointPath(state.site()),
              state.restorePoint().value().getBytes(StandardCharsets.UTF_8));
      return new Written(FakeStore.statePath(state.site()), Sha256.of(bytes));
    }
  }
}
