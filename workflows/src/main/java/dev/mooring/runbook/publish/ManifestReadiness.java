package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentPresence;
import dev.mooring.evidence.ContentProof;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.ArchiveActivities.DecodedPoint;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.PublishPolicy.ArchiveProof;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the archived bytes of one content prove its restore point. Every file since the last
 * READY point must be present and complete. Exactly one record with the point's name must be
 * decoded, and it must end at the position that pg_create_restore_point returned. After a server
 * crash the archived file had the right name and size but no record: the server does not flush WAL
 * when it creates a point. If no bytes can be read at all, the policy decides whether presence is
 * enough.
 */
final class ManifestReadiness {
  private ManifestReadiness() {}

  static Verdict<Manifested> judge(
      RestorePointName name, ContentEvidence content, ArchiveProof policy, PointArchived seen) {
    ContentTarget target = content.target();
    if (!seen.missing().isEmpty()) {
      return Verdict.notYet(
          "content " + target.content() + ": " + inWords(seen.missing()) + " in the archive");
    }
    if (!seen.notRead().isEmpty()) {
      return judgePresence(target, policy, seen);
    }
    if (seen.files().isEmpty()) {
      return Verdict.notYet(
          "content " + target.content() + ": " + target.walFile() + " is missing");
    }
    return judgeRecords(name, target, seen);
  }

  private static Verdict<Manifested> judgePresence(
      ContentTarget target, ArchiveProof policy, PointArchived seen) {
    return policy == ArchiveProof.PRESENCE
        ? Verdict.proceed(
            new Manifested.Present(
                new ContentPresence(target.content(), target.recordFiles(), seen.notRead())))
        : Verdict.notYet(
            String.format(
                "content %s: %s is in the archive, and its bytes can't be had: %s",
                target.content(), target.walFile(), seen.notRead()));
  }

  private static Verdict<Manifested> judgeRecords(
      RestorePointName name, ContentTarget target, PointArchived seen) {
    if (!seen.undecodable().isEmpty()) {
      return Verdict.never(FailureCode.ARCHIVE_NOT_PROVED, undecodable(target, seen.undecodable()));
    }
    if (seen.records().isEmpty()) {
      return Verdict.never(
          FailureCode.ARCHIVE_NOT_PROVED,
          String.format(
              "content %s: the archived bytes of %s hold no restore point %s",
              target.content(), target.walFile(), name));
    }
    if (seen.records().size() > 1) {
      return Verdict.never(
          FailureCode.ARCHIVE_NOT_PROVED,
          String.format(
              "content %s: the archived bytes hold restore point %s %d times",
              target.content(), name, seen.records().size()));
    }
    DecodedPoint record = seen.records().get(0);
    if (!record.end().equals(target.lsn())) {
      return Verdict.never(
          FailureCode.ARCHIVE_NOT_PROVED,
          String.format(
              "content %s: the archived record of %s ends at %s, the server said %s",
              target.content(), name, record.end(), target.lsn()));
    }
    return Verdict.proceed(
        new Manifested.Read(new ContentProof(target.content(), record.start(), seen.files())));
  }

  /** The sentence about a file in which no record behind a damaged one can be reached. */
  static String undecodable(ContentTarget target, String why) {
    return String.format(
        "content %s: the archived bytes of %s can't be decoded: %s; every later point needs it: put"
            + " the file back as the primary wrote it, from its pg_wal or another archive",
        target.content(), target.walFile(), why);
  }

  /** Each file and what is wrong with it. */
  static String inWords(List<MissingWal> missing) {
    List<String> words = new ArrayList<>();
    missing.forEach(m -> words.add(m.file() + " is " + m.reason()));
    return String.join(", ", words);
  }
}
