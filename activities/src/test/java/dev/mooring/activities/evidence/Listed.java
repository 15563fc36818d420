package dev.mooring.activities.evidence;

import java.util.List;
import java.util.Optional;

/** A store, and which of its directories were listed. */
record Listed(EvidenceFiles store, List<String> directories) implements EvidenceFiles {
  @Override
  public String where(String path) {
    return store.where(path);
  }

  @Override
  public List<String> list(String directory) {
    directories.add(directory);
    return store.list(directory);
  }

  @Override
  public Optional<byte[]> read(String path) {
    return store.read(path);
  }

  @Override
  public Optional<byte[]> readNamed(String path) {
    return store.readNamed(path);
  }

  @Override
  public void writeAtomically(String path, byte[] bytes) {
    store.writeAtomically(path, bytes);
  }

  @Override
  public boolean createExclusive(String path, byte[] bytes) {
    return store.createExclusive(path, bytes);
  }

  @Override
  public void remove(String path) {
    store.remove(path);
  }

  @Override
  public void close() {
    store.close();
  }
}
