package dev.mooring.evidence;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.ContentId;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;

/** The part of a receipt about consuming a restore point. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ConsumeRecord.None.class, name = "none"),
  @JsonSubTypes.Type(value = ConsumeRecord.Attempt.class, name = "attempt")
})
public sealed interface ConsumeRecord {

  /** The run consumes nothing, or ended before it had a target. */
  record None() implements ConsumeRecord {}

  /**
   * An attempt to moor a site.
   *
   * @param current the point the site was moored at before, or empty
   * @param target the point it was to be moored at
   * @param status how the attempt ended
   * @param waited how long the instances replayed, in whole seconds
   * @param contents the target of each content and its result, by content id
   */
  record Attempt(
      String current,
      RestorePointName target,
      Status status,
      Duration waited,
      List<ContentAttempt> contents)
      implements ConsumeRecord {
    public Attempt {
      waited = waited.truncatedTo(ChronoUnit.SECONDS);
      contents = contents.stream().sorted(Comparator.comparing(ContentAttempt::content)).toList();
    }
  }

  /**
   * One content in an attempt.
   *
   * @param content the content
   * @param target the position in the manifest
   * @param reached the restore point at which its log says it stopped, or empty
   * @param missingWal the files that its archive lacks; none once the chain is proved
   */
  record ContentAttempt(ContentId content, Lsn target, String reached, List<String> missingWal) {
    public ContentAttempt {
      missingWal = List.copyOf(missingWal);
    }
  }

  /** How an attempt ended, in the reference tool's words. */
  enum Status {
    SUCCESS("success_recovery_point_validated"),
    TIMEOUT("timeout"),
    MISMATCH("recovery_point_mismatch"),
    MISSING_WAL("preflight_failed_missing_wal");

    private final String text;

    Status(String text) {
      this.text = text;
    }

    /** The word in receipts. */
    @JsonValue
    public String text() {
      return text;
    }
  }
}
