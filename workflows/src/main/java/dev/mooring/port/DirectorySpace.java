package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;

/**
 * Room that a data directory takes and has beside it.
 *
 * @param bytes of the directory, what lies elsewhere left out; at most that, if it is big
 * @param freeBytes left beside it, with what an ended copy took that did not get to its place
 * @param fileSystem it would be copied to
 * @param trouble why nothing can be made beside it, or empty
 * @param tablespaces the ones that lie elsewhere, also a pg_wal that does, under the number 0
 * @param places the ones that were asked for, as they would be on this host
 * @param mounts what of it, or of those places, is a file system of its own, and so can't be put
 *     aside for a copy
 */
public record DirectorySpace(
    long bytes,
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

  /** If nothing of it is a file system of its own. */
  public DirectorySpace(
      long bytes,
      long freeBytes,
      String fileSystem,
      String trouble,
      List<Elsewhere> tablespaces,
      List<Place> places) {
    this(bytes, freeBytes, fileSystem, trouble, tablespaces, places, List.of());
  }

  /**
   * Where a tablespace would be made.
   *
   * @param location as the primary names it
   * @param trouble why nothing can be made there, or empty
   */
  public record Place(String location, long freeBytes, String fileSystem, String trouble) {}

  /**
   * What a data directory has elsewhere, by a link.
   *
   * @param location of a tablespace as its server names it, which may be a link itself
   */
  public record Elsewhere(
      long oid, String location, long bytes, long freeBytes, String fileSystem) {}
}
