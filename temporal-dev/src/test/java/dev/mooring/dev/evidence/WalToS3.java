package dev.mooring.dev.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What docs/operations/archives.md says of WAL in a bucket, as it stands there. */
public final class WalToS3 {
  private static final Path PAGE = Path.of("..", "docs", "operations", "archives.md");
  private static final Pattern SCRIPT =
      Pattern.compile("(?s)```sh\n(#!/bin/sh\n# wal-to-s3 .*?)```");

  private WalToS3() {}

  /** Puts the script that archives into a directory, for all to run. */
  public static Path scriptIn(Path directory) throws IOException {
    Matcher block = SCRIPT.matcher(page());
    if (!block.find()) {
      throw new AssertionError(PAGE + " has no script wal-to-s3");
    }
    Path script = Files.writeString(directory.resolve("wal-to-s3"), block.group(1));
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  static String page() throws IOException {
    return Files.readString(PAGE);
  }
}
