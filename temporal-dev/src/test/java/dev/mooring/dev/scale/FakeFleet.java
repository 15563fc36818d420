package dev.mooring.dev.scale;

import dev.mooring.dev.scale.FleetSize.Side;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Hosts and servers of two sites that are not there, and the files by which a worker knows them.
 * The latencies are the {@link Toll}'s.
 */
final class FakeFleet implements AutoCloseable {
  static final String CLUSTER = "scale";

  private final FleetSize size;
  private final Path directory;
  private final Toll toll = new Toll();
  private final SshFleet hosts;
  private final ServerFleet servers;

  /** A fleet of that size, its files below that directory. */
  FakeFleet(FleetSize size, Path directory) {
    this.size = size;
    this.directory = directory;
    List<Content> contents = IntStream.range(0, size.contents()).mapToObj(Content::new).toList();
    Map<String, HostAnswers> all =
        new LinkedHashMap<>(HostAnswers.of(size, contents, Side.EAST, toll));
    all.putAll(HostAnswers.of(size, contents, Side.WEST, toll));
    hosts = new SshFleet(all, toll);
    servers = new ServerFleet(size, contents, toll);
    try {
      Files.createDirectories(config());
      Files.createDirectories(directory.resolve("evidence"));
      Files.writeString(config().resolve("known_hosts"), hosts.knownHosts());
      Files.writeString(config().resolve(CLUSTER + ".yaml"), clusterFile());
      makeKeys();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Toll toll() {
    return toll;
  }

  /** Where the cluster file is. */
  Path config() {
    return directory.resolve("config");
  }

  private void makeKeys() throws IOException {
    try {
      KeyPair signing = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      writePrivately("signing.pem", pem("PRIVATE KEY", signing.getPrivate().getEncoded()));
      Files.writeString(
          config().resolve("signing.pub"), pem("PUBLIC KEY", signing.getPublic().getEncoded()));
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      writePrivately(
          "id_rsa", pem("PRIVATE KEY", generator.generateKeyPair().getPrivate().getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void writePrivately(String name, String text) throws IOException {
    Path file = config().resolve(name);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }

  private String clusterFile() {
    String config = config().toString();
    return """
    cluster: %s
    kind: fleet
    evidence:
      store: {directory: "%s/evidence"}
      signingKey: "file:%s/signing.pem"
      trustedKeys: ["%s/signing.pub"]
    ssh: {user: postgres, port: %d, identityFile: "%s/id_rsa", knownHostsFile: "%s/known_hosts"}
    database: {user: mooring, name: postgres, password: "env:SCALE_PASSWORD", sslMode: disable}
    sites:
      - {name: east, archive: {directory: "/archive/{content}"}}
      - {name: west, consume: manual, archive: {directory: "/archive/{content}", restoreCommand: 'cp "{archive}/%%f" "%%p"'}}
    publish: {site: east, archiveWait: PT60S, checkpointBeforePoint: immediate}
    hosts:
    %sinstances:
    %s\
    """
        .formatted(
            CLUSTER,
            directory,
            config,
            config,
            SshFleet.PORT,
            config,
            config,
            hosts(),
            instances());
  }

  private String hosts() {
    StringBuilder lines = new StringBuilder();
    for (Side side : Side.values()) {
      for (int host = 0; host < size.hosts(); host++) {
        lines.append(
            "  - {name: %s%d, access: ssh, address: %s, directory: /var/lib/mooring}%n"
                .formatted(side.site(), host, FleetSize.address(side, host)));
      }
    }
    return lines.toString();
  }

  private String instances() {
    return IntStream.range(0, 2 * size.contents())
        .mapToObj(i -> instance(Side.values()[i / size.contents()], i % size.contents()))
        .collect(Collectors.joining());
  }

  private String instance(Side side, int content) {
    return "  - {id: %s-%d, site: %s, content: %d, host: %s%d, port: %d, dataDirectory: /data/primary/gpseg%d, manager: {pg_ctl: /usr/lib/postgresql/15/bin}}%n"
        .formatted(
            side.site(),
            content,
            side.site(),
            content,
            side.site(),
            size.hostOf(content),
            FleetSize.port(content),
            content);
  }

  @Override
  public void close() {
    servers.close();
    hosts.close();
  }
}
