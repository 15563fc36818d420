package dev.mooring.dev.endtoend;

import dev.mooring.dev.evidence.S3Server;
import dev.mooring.dev.evidence.WalToS3;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A lab's WAL in a bucket, archived by the script of docs/operations/archives.md. */
final class WalBucket {
  private final Lab lab;
  private final S3Server server;
  private final Path script;
  private final Path hostsKey;
  private final Path workersKeyId;
  private final Path workersSecret;

  WalBucket(Lab lab, S3Server server) throws IOException {
    this.lab = lab;
    this.server = server;
    Path ours = Files.createDirectories(lab.directory().resolve("wal-to-s3"));
    this.script = WalToS3.scriptIn(ours);
    this.hostsKey = handOver(file(ours, "wal.curl", S3Server.curlConfig(), "rw-------"));
    this.workersKeyId = key(ours, "STORE_KEY_ID");
    this.workersSecret = key(ours, "STORE_SECRET");
  }

  /** A server at that address of this machine at which the lab's hosts see it. */
  static S3Server server(Lab lab) throws IOException {
    String host = lab.hosts().get(0).address();
    InetAddress ours =
        host.startsWith("127.")
            ? InetAddress.getLoopbackAddress()
            : InetAddress.getByName(host.replaceAll("[0-9]+$", "1"));
    return new S3Server(lab.directory().resolve("s3"), ours);
  }

  private static Path key(Path directory, String name) throws IOException {
    return file(directory, name, S3Server.environment(name).orElseThrow(), "rw-------");
  }

  private static Path file(Path directory, String name, String text, String mode)
      throws IOException {
    Path file = Files.writeString(directory.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private Path handOver(Path path) throws IOException {
    return Files.setOwner(
        path,
        path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(lab.userName()));
  }

  /** The cluster file's setting. */
  String archive() {
    return ("s3: {bucket: %s, prefix: \"wal/{content}\", endpoint: \"%s\","
            + " pathStyle: true, credentials: {accessKeyId: \"file:%s\", secretAccessKey:"
            + " \"file:%s\"}, curlConfig: \"%s\"}")
        .formatted(S3Server.BUCKET, server.endpoint(), workersKeyId, workersSecret, hostsKey);
  }

  /** The file with the access key of the hosts. */
  Path hostsKey() {
    return hostsKey;
  }

  /** The file with the worker's secret. */
  Path workersSecret() {
    return workersSecret;
  }

  /** Makes a secret another one. */
  void spoil(Path key) throws IOException {
    Files.writeString(key, Files.readString(key).replace("not-secret", "not-the-secret"));
  }

  /** Makes it the right one again. */
  void mend(Path key) throws IOException {
    Files.writeString(key, Files.readString(key).replace("not-the-secret", "not-secret"));
  }

  /** Puts there what is archived already, and lets the archivers of the east go on. */
  void archiveTo(Sites sites) {
    for (int content = 0; content < 2; content++) {
      LabInstance east = sites.east(content);
      String url = server.endpoint() + "/" + S3Server.BUCKET + "/wal/" + content + "/";
      for (String file : sites.archived(content)) {
        String path = lab.archive(content) + "/" + file;
        lab.run(east.host(), script.toString(), hostsKey.toString(), path, url + file);
        lab.run(east.host(), script.toString(), hostsKey.toString(), path, url + file);
      }
      String before = sites.ask(content, "SHOW archive_command");
      String push = " && " + script + " " + hostsKey + " \"%p\" \"" + url + "%f\"";
      lab.faults().set(content, "archive_command", before + push);
    }
  }

  private Path object(int content, String file) {
    return server.bucket().resolve("wal/" + content + "/" + file);
  }

  /** Inverts the last byte of a file. */
  void flip(int content, String file) {
    try {
      byte[] bytes = Files.readAllBytes(object(content, file));
      bytes[bytes.length - 1] = (byte) ~bytes[bytes.length - 1];
      Files.write(object(content, file), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes a file away. */
  void remove(int content, String file) {
    try {
      Files.delete(object(content, file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
