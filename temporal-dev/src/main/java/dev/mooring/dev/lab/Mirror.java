package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Restores a directory from a copy of it, copying back only what differs: most files of a server
 * are unchanged. Files count as equal if kind, mode, owner, size and the time of the last change
 * are equal, which a copy keeps and every write alters.
 */
final class Mirror {
  private static final String SEEN = "unix:mode,uid,gid,size,lastModifiedTime";
  private static final int KIND = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int PERMISSIONS = 07777;

  private Mirror() {}

  /**
   * The attributes by which files are compared.
   *
   * @param microseconds of the last change; Java copies no finer time
   */
  private record Seen(int mode, int uid, int gid, long size, long microseconds) {
    static final Seen NOTHING = new Seen(0, 0, 0, 0, 0);

    static Seen of(Path file) throws IOException {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return NOTHING;
      }
      Map<String, Object> all = Files.readAttributes(file, SEEN, LinkOption.NOFOLLOW_LINKS);
      return new Seen(
          (int) number(all, "mode"),
          (int) number(all, "uid"),
          (int) number(all, "gid"),
          number(all, "size"),
          ((FileTime) attribute(all, "lastModifiedTime")).to(TimeUnit.MICROSECONDS));
    }

    private static long number(Map<String, Object> all, String name) {
      return ((Number) attribute(all, name)).longValue();
    }

    private static Object attribute(Map<String, Object> all, String name) {
      return Objects.requireNonNull(all.get(name), name);
    }

    boolean isDirectory() {
      return (mode & KIND) == DIRECTORY;
    }
  }

  /** The directory itself stays: a host's namespace is bound to it. */
  static void bringBack(Path directory, Path copy) {
    try {
      alike(copy, directory);
    } catch (IOException e) {
      throw new LabFailure("could not bring " + directory + " back from " + copy, e);
    }
  }

  private static void alike(Path from, Path to) throws IOException {
    for (Path there : entries(to)) {
      if (!Files.exists(from.resolve(there.getFileName()), LinkOption.NOFOLLOW_LINKS)) {
        delete(there);
      }
    }
    for (Path wanted : entries(from)) {
      Path there = to.resolve(wanted.getFileName());
      Seen want = Seen.of(wanted);
      Seen have = Seen.of(there);
      if (want.isDirectory() && have.isDirectory()) {
        own(there, want, have);
        alike(wanted, there);
      } else if (!want.equals(have)) {
        delete(there);
        copy(wanted, there);
      }
    }
  }

  private static void own(Path directory, Seen want, Seen have) throws IOException {
    if (want.uid != have.uid || want.gid != have.gid) {
      Files.setAttribute(directory, "unix:uid", want.uid);
      Files.setAttribute(directory, "unix:gid", want.gid);
    }
    if (want.mode != have.mode) {
      Files.setAttribute(directory, "unix:mode", want.mode & PERMISSIONS);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
      for (Path child : entries(from)) {
        copy(child, to.resolve(child.getFileName()));
      }
    }
  }

  private static void delete(Path file) throws IOException {
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      for (Path child : entries(file)) {
        delete(child);
      }
    }
    Files.deleteIfExists(file);
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList();
    }
  }
}
