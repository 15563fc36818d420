package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;

/**
 * The load of a member of a streaming cluster.
 *
 * @param prepared how many transactions stand prepared
 * @param longestSeconds how long its longest transaction runs
 * @param backups how many base backups are being taken from it
 * @param unarchived how many WAL files wait for the archiver; 0 of a standby that archives none
 * @param unwaited for which synchronous_commit is set so that their commits wait for no standby, as
 *     {@code role NAME in database NAME: off}; a standby says what it replayed of that
 */
public record MemberLoad(
    long prepared,
    long longestSeconds,
    long backups,
    long unarchived,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<String> unwaited) {
  public MemberLoad {
    unwaited = List.copyOf(unwaited);
  }

  /** Of a member without roles whose commits are set apart. */
  public MemberLoad(long prepared, long longestSeconds, long backups, long unarchived) {
    this(prepared, longestSeconds, backups, unarchived, List.of());
  }
}
