package dev.mooring.postgres;

import java.util.Comparator;
import java.util.List;

/**
 * What the host of a server's copy must have beside PostgreSQL itself, as the server reports it: if
 * it is missing replay stops, or the copy fails when it is opened on the worst of days.
 *
 * @param libraries the libraries of its preload settings and the connected database's functions
 * @param locales of its databases and settings; C and POSIX are everywhere and left out
 * @param tablespaces directories outside the data directory
 */
public record HostNeeds(
    List<String> libraries, List<String> locales, List<Tablespace> tablespaces) {
  /** No needs, or none reported. */
  public static final HostNeeds NONE = new HostNeeds(List.of(), List.of(), List.of());

  public HostNeeds {
    libraries = libraries.stream().distinct().sorted().toList();
    locales = locales.stream().distinct().sorted().toList();
    tablespaces = tablespaces.stream().sorted(Comparator.comparing(Tablespace::oid)).toList();
  }

  /** True when PostgreSQL itself is all it takes. */
  public boolean none() {
    return equals(NONE);
  }

  /**
   * A tablespace.
   *
   * @param oid the name of its link in pg_tblspc, the same in every copy
   * @param location where replay makes it, an absolute path
   */
  public record Tablespace(long oid, String location) {}
}
