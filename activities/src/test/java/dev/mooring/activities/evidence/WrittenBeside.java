package dev.mooring.activities.evidence;

import java.util.List;
import java.util.Optional;

/** What one reads and another writes: a store with a web server or commands before it. */
record WrittenBeside(EvidenceSource source, EvidenceFiles writer) implements EvidenceFiles {
  @Override
  public String where(String path) {
    return source.where(path);
  }

  @Override
  public List<String> list(String directory) {
    return source.list(directory);
  }

  @Override
  public Optional<byte[]> read(String path) {
    return source.read(path);
  }

  @Override
  public Optional<byte[]> readNamed(String path) {
    return source.readNamed(path);
  }

  @Override
  public void writeAtomically(String path, byte[] bytes) {
    writer.writeAtomically(path, bytes);
  }

  @Override
  public boolean createExclusive(String path, byte[] bytes) {
    return writer.createExclusive(path, bytes);
  }

  @Override
  public void remove(String path) {
    writer.remove(path);
  }

  @Override
  public void close() {
    source.close();
    writer.close();
  }
}
