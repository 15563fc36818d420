package dev.mooring.dev.contract;

import dev.mooring.contract.Alteration;
import dev.mooring.contract.EvidenceHands;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.wire.ReceiptFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What people and faults do to the files of evidence stores, wherever those keep them. */
class StoreHands implements EvidenceHands {
  private static final String LATEST = "manifests/LATEST.json";
  private static final String STATE = "sites/west/state.json";

  private final Supplier<List<Path>> stores;
  private final Path trustedKey;

  /**
   * @param stores the directory of each
   */
  StoreHands(Supplier<List<Path>> stores, Path trustedKey) {
    this.stores = stores;
    this.trustedKey = trustedKey;
  }

  @Override
  public void alterLatest() {
    alter(LATEST);
  }

  @Override
  public void loseLatest() {
    lose(LATEST);
  }

  @Override
  public void alterPublished(RestorePointName name) {
    alter("manifests/" + name + ".json");
  }

  @Override
  public void foreignLatest() {
    stores.get().forEach(s -> write(at(s, LATEST), Alteration.foreignManifest()));
  }

  @Override
  public void alterState() {
    alter(STATE);
  }

  @Override
  public void loseState() {
    lose(STATE);
  }

  @Override
  public void alterLastReceipt() {
    List<Path> all = receiptFiles();
    alter("receipts/" + all.get(all.size() - 1).getFileName());
  }

  private static Path at(Path store, String file) {
    return store.resolve("harbour").resolve(file);
  }

  private void alter(String file) {
    stores.get().forEach(s -> write(at(s, file), Alteration.of(read(at(s, file)))));
  }

  private void lose(String file) {
    stores.get().forEach(store -> delete(at(store, file)));
  }

  @Override
  public List<ChainedReceipt> receipts() {
    TrustedKeys trusted =
        TrustedKeys.parse(
            List.of(
                new TrustedKeys.KeyText(
                    "signing.pub", new String(read(trustedKey), StandardCharsets.US_ASCII))));
    return receiptFiles().stream()
        .map(file -> believed(ReceiptFormat.parse(read(file), trusted)))
        .toList();
  }

  private List<Path> receiptFiles() {
    try (Stream<Path> files = Files.list(at(stores.get().get(0), "receipts"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("[0-9]+\\.json"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> T believed(Document<T> document) {
    return document.match(
        Document.Intact::content,
        refused -> {
          throw new AssertionError(refused.reason());
        });
  }

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
