package dev.mooring.dev.architecture.control.runbook;

import dev.mooring.postgres.Lsn;

/** Takes the higher one of two contents' positions. */
final class ComparesContents {
  private ComparesContents() {}

  static Lsn higher(Lsn ofOneContent, Lsn ofAnother) {
    return ofOneContent.isAfter(ofAnother) ? ofOneContent : ofAnother;
  }
}
