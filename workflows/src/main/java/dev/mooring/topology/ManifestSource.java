package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;

/** Where a site reads manifests that its own evidence store lacks. Nothing is written. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ManifestSource.Http.class, name = "http"),
  @JsonSubTypes.Type(value = ManifestSource.Commands.class, name = "commands"),
  @JsonSubTypes.Type(value = ManifestSource.WhpgDrSync.class, name = "whpgDrSync")
})
public sealed interface ManifestSource {

  /**
   * The evidence store of the publishing site as a web server serves it.
   *
   * @param url of the store's root
   * @param rootCertificate path of the CA certificate on the worker's host that alone is believed;
   *     empty for the CAs that the worker's Java trusts
   */
  record Http(
      String url,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String rootCertificate)
      implements ManifestSource {

    /** A source whose server the worker's Java trusts, or without TLS. */
    public Http(String url) {
      this(url, "");
    }
  }

  /**
   * Commands on the worker's machine, with {@code {manifest_path}}, {@code {manifest_dir}} and
   * {@code {manifest_file}} in them.
   *
   * @param directory the manifests' directory as the commands know it
   * @param fetch prints one manifest
   * @param list prints the names of all
   */
  record Commands(String directory, String fetch, String list) implements ManifestSource {}

  /**
   * The manifests of whpg_dr_sync, which are unsigned: the policy admits them by naming them, and
   * the WAL is scanned for what they lack.
   *
   * @param directory its manifests' directory as the commands know it
   * @param latest the path of its LATEST, which may lie elsewhere
   * @param fetch prints one manifest
   * @param list prints the names of all manifests
   */
  record WhpgDrSync(String directory, String latest, String fetch, String list)
      implements ManifestSource {}
}
