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

/**
 * A digest of hosts' files: names, modes and contents of the files that do not change by
 * themselves, without the record of the newest receipt, which each run leaves there. Of a running
 * server these are its configuration and its signal files.
 */
final class Fingerprint {
  private final LabRecord record;
  private final LabServers servers;

  Fingerprint(LabRecord record) {
    this.record = record;
    this.servers = new LabServers(record);
  }

  /** The digest of all hosts but one. */
  String without(LabHost host) {
    MessageDigest digest = sha256();
    record.layout().hosts().stream()
        .filter(other -> !other.equals(host))
        .forEach(other -> add(digest, other));
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The digest of one host. */
  String of(LabHost host) {
    MessageDigest digest = sha256();
    add(digest, host);
    return HexFormat.of().formatHex(digest.digest());
  }

  private void add(MessageDigest digest, LabHost host) {
    Stream.of(host.mooring(), host.home(), host.ssh()).forEach(own -> addAll(digest, own));
    record.layout().instances().stream()
        .filter(instance -> instance.host().equals(host))
        .forEach(
            instance -> {
              if (servers.server(instance).running()) {
                settings(instance.dataDirectory()).forEach(file -> add(digest, file));
              } else {
                addAll(digest, instance.dataDirectory());
              }
            });
  }

  private static List<Path> settings(Path dataDirectory) {
    try (Stream<Path> files = Files.list(dataDirectory)) {
      return files
          .filter(file -> file.toString().endsWith(".conf") || file.toString().endsWith(".signal"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new LabFailure("unreadable files in " + dataDirectory, e);
    }
  }

  private static void addAll(MessageDigest digest, Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.filter(file -> !isOfNewestReceipt(file)).sorted().forEach(file -> add(digest, file));
    } catch (IOException e) {
      throw new LabFailure("unreadable files below " + directory, e);
    }
  }

  /** Also the directories that are made for it. */
  private static boolean isOfNewestReceipt(Path file) {
    if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      return file.getFileName().toString().matches("evidence\\.(head|lock)");
    }
    try (Stream<Path> files = Files.list(file)) {
      return files.allMatch(Fingerprint::isOfNewestReceipt);
    } catch (IOException e) {
      throw new LabFailure("unreadable files in " + file, e);
    }
  }

  private static void add(MessageDigest digest, Path file) {
    try {
      Object mode = Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      digest.update((file + " " + mode + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        try (InputStream content = new DigestInputStream(Files.newInputStream(file), digest)) {
          content.transferTo(java.io.OutputStream.nullOutputStream());
        }
      }
    } catch (IOException e) {
      throw new LabFailure("unreadable file " + file, e);
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
