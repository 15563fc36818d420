package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;

/**
 * The load of a member of a streaming cluster.
 *
 * @param prepared the number of prepared transactions
 * @param longestSeconds the age of its longest transaction
 * @param backups the number of base backups in progress
 * @param unarchived the number of WAL files that wait for the archiver; 0 for a standby that
 *     archives none
 * @param unwaited roles and databases whose synchronous_commit waits for no standby, as {@code role
 *     NAME in database NAME: off}; a standby reports what it has replayed of that
 * @param conflicts the queries that recovery cancelled there, since its statistics began; 0 before
 *     PostgreSQL 15, where reading them may wait
 */
public record MemberLoad(
    long prepared,
    long longestSeconds,
    long backups,
    long unarchived,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<String> unwaited,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) long conflicts) {
  public MemberLoad {
    unwaited = List.copyOf(unwaited);
  }

  /** For a member without such roles and databases. */
  public MemberLoad(long prepared, long longestSeconds, long backups, long unarchived) {
    this(prepared, longestSeconds, backups, unarchived, List.of(), 0);
  }
}
