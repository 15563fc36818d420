package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;

/**
 * The space that a data directory takes, and that is free beside it.
 *
 * @param size what it takes
 * @param freeBytes free beside it, with the space of an interrupted copy that is not in its place
 * @param fileSystem to which it would be copied
 * @param trouble why nothing can be created beside it, or empty
 * @param tablespaces those that links lead to, and under the number 0 a pg_wal that is a link
 * @param places the requested ones, as they would be on this host
 * @param mounts parts of it, or of what those places have of this version, that are file systems of
 *     their own, and so can't be moved aside for a copy; a place itself may be one
 */
public record DirectorySpace(
    Size size,
    long freeBytes,
    String fileSystem,
    String trouble,
    List<Elsewhere> tablespaces,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<Place> places,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<String> mounts) {
  public DirectorySpace {
    tablespaces = List.copyOf(tablespaces);
    places = List.copyOf(places);
    mounts = List.copyOf(mounts);
  }

  /** If no part of it is a file system of its own, and it has no WAL. */
  public DirectorySpace(
      long bytes,
      long freeBytes,
      String fileSystem,
      String trouble,
      List<Elsewhere> tablespaces,
      List<Place> places) {
    this(new Size(bytes, 0), freeBytes, fileSystem, trouble, tablespaces, places, List.of());
  }

  /**
   * What a data directory takes; each is an upper limit if it is big.
   *
   * @param bytes without tablespaces and pg_wal
   * @param walBytes of its pg_wal, wherever that is
   */
  public record Size(long bytes, long walBytes) {
    public long all() {
      return bytes + walBytes;
    }
  }

  /**
   * Where a tablespace would be created.
   *
   * @param location as the primary names it
   * @param trouble why nothing can be created there, or empty
   */
  public record Place(String location, long freeBytes, String fileSystem, String trouble) {}

  /**
   * A part of a data directory that lies elsewhere, by a link.
   *
   * @param location of a tablespace as its server names it, which may be a link itself
   * @param trouble why pg_rewind would fail or do harm there, or empty
   */
  public record Elsewhere(
      long oid,
      String location,
      long bytes,
      long freeBytes,
      String fileSystem,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String trouble) {}
}
