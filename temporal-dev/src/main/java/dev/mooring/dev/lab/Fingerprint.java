package dev.mooring.dev.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** A digest of hosts' files: names, modes and contents of all that does not change by itself. */
final class Fingerprint {
  private final LabRecord record;
  private final LabServers servers;

  Fingerprint(LabRecord record) {
    this.record = record;
    this.servers = new LabServers(record);
  }

  /** The digest of the stopped servers' data and of Mooring's files on all hosts but one. */
  String without(LabHost host) {
    Stream<Path> data =
        record.layout().instances().stream()
            .filter(instance -> !instance.host().equals(host))
            .filter(instance -> !servers.server(instance).running())
            .map(LabInstance::dataDirectory);
    Stream<Path> own =
        record.layout().hosts().stream().filter(other -> !other.equals(host)).map(LabHost::mooring);
    MessageDigest digest = sha256();
    Stream.concat(data, own).sorted().forEach(directory -> addAll(digest, directory));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void addAll(MessageDigest digest, Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> sorted = files.sorted().toList();
      for (Path file : sorted) {
        Object mode = Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        digest.update((file + " " + mode + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          addContent(digest, file);
        }
      }
    } catch (IOException e) {
      throw new LabFailure("unreadable files below " + directory, e);
    }
  }

  private static void addContent(MessageDigest digest, Path file) throws IOException {
    try (InputStream content = new DigestInputStream(Files.newInputStream(file), digest)) {
      content.transferTo(java.io.OutputStream.nullOutputStream());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new LabFailure("no SHA-256 on this Java", e);
    }
  }
}
