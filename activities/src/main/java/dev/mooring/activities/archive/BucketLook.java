package dev.mooring.activities.archive;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.s3.S3Fault;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.ContentId;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/** One reading of a content's files in a bucket. */
final class BucketLook {
  private static final int AT_ONCE = 16;
  private static final int TIMELINE_DIGITS = 8;
  private static final Pattern WHOLE_NAME = Pattern.compile("[0-9A-F]{24}");
  private static final Pattern OTHER_FORM =
      Pattern.compile("([0-9A-F]{24})[.](gz|lz4|zst|bz2|xz|br|partial)");

  private final S3Client client;
  private final String bucket;
  private final String keys;
  private final String place;
  private final Map<WalFileName, Long> sizes = new HashMap<>();
  private final Map<WalFileName, WalPageHeader> headers = new HashMap<>();
  private final Map<WalFileName, String> otherForms = new HashMap<>();

  BucketLook(S3Client client, ArchiveKind.S3 archive, ContentId content) {
    this.client = client;
    this.bucket = archive.bucket();
    this.keys = archive.keysOf(content);
    this.place = archive.url().replace("{content}", content.toString());
  }

  /** Lists the names between the first and the last of these files of one timeline. */
  void list(SortedSet<WalFileName> files) {
    String first = files.first().text();
    String last = keys + files.last().text() + "~";
    asked(
        "list",
        "",
        () -> {
          for (S3Object object :
              client
                  .listObjectsV2Paginator(
                      list ->
                          list.bucket(bucket)
                              .prefix(keys + first.substring(0, TIMELINE_DIGITS))
                              .startAfter(keys + first.substring(0, first.length() - 1))
                              .delimiter("/"))
                  .contents()) {
            if (object.key().compareTo(last) > 0) {
              break;
            }
            take(object.key().substring(keys.length()), object.size(), files);
          }
          return sizes.size();
        });
  }

  private void take(String name, long size, SortedSet<WalFileName> files) {
    Matcher other = OTHER_FORM.matcher(name);
    if (WHOLE_NAME.matcher(name).matches()) {
      WalFileName file = new WalFileName(name);
      if (files.contains(file)) {
        sizes.put(file, size);
      }
    } else if (other.matches()) {
      otherForms.put(new WalFileName(other.group(1)), name);
    }
  }

  /** Reads the headers of the files of that size; a file that was removed meanwhile is missing. */
  void readHeaders(long bytes) {
    List<WalFileName> whole =
        sizes.entrySet().stream()
            .filter(file -> file.getValue() == bytes)
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    if (whole.isEmpty()) {
      return;
    }
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(AT_ONCE, whole.size()));
    try {
      Map<WalFileName, Future<Optional<byte[]>>> running = new LinkedHashMap<>();
      whole.forEach(file -> running.put(file, threads.submit(() -> head(file))));
      for (Map.Entry<WalFileName, Future<Optional<byte[]>>> each : running.entrySet()) {
        each.getValue()
            .get()
            .ifPresentOrElse(
                head -> headers.put(each.getKey(), header(each.getKey(), head, bytes)),
                () -> sizes.remove(each.getKey()));
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InstanceRefusal(FailureCode.CANCELLED, "reading " + place + " was stopped");
    } catch (ExecutionException broken) {
      throw broken.getCause() instanceof InstanceRefusal refusal
          ? new InstanceRefusal(refusal.code(), String.valueOf(refusal.getMessage()))
          : new IllegalStateException(broken.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private Optional<byte[]> head(WalFileName file) {
    return asked(
        "read",
        file.text(),
        () -> {
          try {
            return Optional.of(
                client
                    .getObjectAsBytes(
                        get ->
                            get.bucket(bucket)
                                .key(keys + file.text())
                                .range("bytes=0-" + (WalPageHeader.BYTES - 1)))
                    .asByteArray());
          } catch (NoSuchKeyException notThere) {
            return Optional.empty();
          }
        });
  }

  private WalPageHeader header(WalFileName file, byte[] head, long bytes) {
    if (head.length < WalPageHeader.BYTES) {
      throw new InstanceRefusal(
          FailureCode.STATE_UNREADABLE,
          "of " + place + "/" + file + " came " + head.length + " bytes instead of a page header");
    }
    return WalPageHeader.parse(HexFormat.of().formatHex(head, 0, WalPageHeader.BYTES), bytes);
  }

  BucketWal.Seen seen() {
    return new BucketWal.Seen(sizes, headers, otherForms);
  }

  private <T> T asked(String act, String file, Supplier<T> request) {
    try {
      return request.get();
    } catch (SdkException failure) {
      S3Fault fault =
          S3Fault.of(
              "can't " + act + " " + place + (file.isEmpty() ? "" : "/" + file),
              bucket,
              place,
              failure);
      throw new InstanceRefusal(
          switch (fault.kind()) {
            case STOPPED -> FailureCode.CANCELLED;
            case UNANSWERED -> FailureCode.HOST_UNREACHABLE;
            case PASSING, REFUSED -> FailureCode.STATE_UNREADABLE;
          },
          fault.fact());
    }
  }
}
