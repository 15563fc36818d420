package dev.mooring.activities.archive;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.ContentId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * WAL archives in buckets, listed by the worker: names, sizes, and the first page's header of each
 * file. A file that a listing does not show is missing; a listing that is refused or does not come
 * is a refusal, never an empty one.
 */
final class BucketWal {
  private final S3Clients clients;

  BucketWal(S3Clients clients) {
    this.clients = clients;
  }

  /**
   * What an observation found of the files.
   *
   * @param sizes of the files that are there, in bytes
   * @param headers the first page's header of the files of full size, if they were asked for
   * @param otherForms the names of objects in place of a file: compressed, or not whole
   */
  record Seen(
      Map<WalFileName, Long> sizes,
      Map<WalFileName, WalPageHeader> headers,
      Map<WalFileName, String> otherForms) {
    Seen {
      sizes = Map.copyOf(sizes);
      headers = Map.copyOf(headers);
      otherForms = Map.copyOf(otherForms);
    }
  }

  /**
   * Looks for files.
   *
   * @param headersOf the size in bytes of the files whose headers are read, too; empty for none
   * @throws InstanceRefusal if the bucket can't be read
   */
  Seen look(
      ArchiveKind.S3 archive,
      ContentId content,
      Collection<WalFileName> files,
      OptionalLong headersOf) {
    try (S3Client client = clients.open(archive)) {
      BucketLook look = new BucketLook(client, archive, content);
      Map<TimelineId, TreeSet<WalFileName>> wanted =
          files.stream()
              .collect(
                  Collectors.groupingBy(
                      WalFileName::timeline, TreeMap::new, Collectors.toCollection(TreeSet::new)));
      wanted.values().forEach(look::list);
      if (headersOf.isPresent()) {
        look.readHeaders(headersOf.getAsLong());
      }
      return look.seen();
    } catch (Secrets.Unusable e) {
      throw new InstanceRefusal(FailureCode.STATE_UNREADABLE, String.valueOf(e.getMessage()));
    }
  }

  /** Which of the files the bucket has, of any size. */
  List<WalFileName> present(ArchiveKind.S3 archive, ContentId content, List<WalFileName> files) {
    Seen seen = look(archive, content, files, OptionalLong.empty());
    return files.stream().filter(seen.sizes()::containsKey).toList();
  }
}
