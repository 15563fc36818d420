package dev.mooring.activities.evidence;

import java.nio.file.Path;
import java.util.Arrays;

/** Writes into a directory, one line of output for each write, until it is killed. */
final class WriterProcess {
  static final String REPLACED = "harbour/manifests/LATEST.json";
  static final String ONCE = "harbour/receipts/";
  static final int LENGTH = 2_000_000;

  private WriterProcess() {}

  /** All of one write is one byte over and over. */
  public static void main(String[] args) {
    EvidenceFiles files = new DirectoryFiles(Path.of(args[0]));
    for (int i = 0; true; i++) {
      byte[] bytes = new byte[LENGTH];
      Arrays.fill(bytes, (byte) i);
      files.writeAtomically(REPLACED, bytes);
      files.createExclusive(ONCE + args[1] + "-" + i, bytes);
      System.out.println(i);
    }
  }
}
