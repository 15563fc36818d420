package dev.mooring.dev.scale;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What {@code pg_controldata} of version 15 says. */
final class ControlText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE MMM dd HH:mm:ss yyyy", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private ControlText() {}

  static String ofPrimary(Content content) {
    return text(content.system(), "in production", content.archived(), 0);
  }

  static String ofCopy(Content content) {
    Content.Copy copy = content.copy();
    String state = copy.isDown() ? "shut down in recovery" : "in archive recovery";
    return text(content.system(), state, copy.file(), copy.end());
  }

  // longer than 40 lines, because the program says that many
  private static String text(String system, String state, long file, long minimumEnd) {
    Instant time = Content.checkpointTime(file);
    String redo = Content.lsn(Content.checkpoint(file));
    return """
    pg_control version number:            1300
    Catalog version number:               202209061
    Database system identifier:           %s
    Database cluster state:               %s
    pg_control last modified:             %s
    Latest checkpoint location:           %s
    Latest checkpoint's REDO location:    %s
    Latest checkpoint's REDO WAL file:    %s
    Latest checkpoint's TimeLineID:       1
    Latest checkpoint's PrevTimeLineID:   1
    Latest checkpoint's full_page_writes: on
    Latest checkpoint's NextXID:          0:725
    Time of latest checkpoint:            %s
    Fake LSN counter for unlogged rels:   0/3E8
    Minimum recovery ending location:     %s
    Min recovery ending loc's timeline:   %d
    Backup start location:                0/0
    Backup end location:                  0/0
    End-of-backup record required:        no
    wal_level setting:                    replica
    wal_log_hints setting:                off
    max_connections setting:              100
    max_worker_processes setting:         8
    max_wal_senders setting:              10
    max_prepared_xacts setting:           0
    max_locks_per_xact setting:           64
    track_commit_timestamp setting:       off
    Maximum data alignment:               8
    Database block size:                  8192
    Blocks per segment of large relation: 131072
    WAL block size:                       8192
    Bytes per WAL segment:                %d
    Maximum length of identifiers:        64
    Maximum columns in an index:          32
    Maximum size of a TOAST chunk:        1996
    Size of a large-object chunk:         2048
    Date/time type storage:               64-bit integers
    Float8 argument passing:              by value
    Data page checksum version:           0
    Mock authentication nonce:            609dbcd47ac7dc9a968a03a20866ee428423bc54148af53622b5d241ed16a259
    """
        .formatted(
            system,
            state,
            TIME.format(time),
            redo,
            redo,
            Content.fileName(file),
            TIME.format(time),
            Content.lsn(minimumEnd),
            minimumEnd == 0 ? 0 : 1,
            Content.FILE_BYTES);
  }
}
