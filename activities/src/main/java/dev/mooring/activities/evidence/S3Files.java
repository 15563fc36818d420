package dev.mooring.activities.evidence;

import dev.mooring.activities.host.Late;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.activities.s3.S3Fault;
import dev.mooring.topology.EvidenceStore;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A store in a bucket. An object takes its name when all its bytes have come and have the digest
 * that was sent with them, so a write is whole or nothing and needs no reading back; an object that
 * must be new is put on the condition that there is none.
 */
final class S3Files implements EvidenceFiles {
  private static final int PRECONDITION_FAILED = 412;
  private static final int CONFLICT = 409;

  private final EvidenceStore.S3 store;
  private final S3Client client;
  private final Late late;

  private S3Files(EvidenceStore.S3 store, S3Client client, Late late) {
    this.store = store;
    this.client = client;
    this.late = late;
  }

  static S3Files open(EvidenceStore.S3 store, S3Clients clients, Late late) {
    return new S3Files(store, EvidenceSecrets.usable(() -> clients.open(store)), late);
  }

  @Override
  public String where(String path) {
    return store.place() + "/" + path;
  }

  @Override
  public List<String> list(String directory) {
    String prefix = key(directory) + "/";
    return asked(
        "list",
        directory,
        () -> {
          List<String> names = new ArrayList<>();
          client
              .listObjectsV2Paginator(
                  list -> list.bucket(store.bucket()).prefix(prefix).delimiter("/"))
              .contents()
              .stream()
              .map(S3Object::key)
              .map(key -> key.substring(prefix.length()))
              .filter(name -> !name.isEmpty() && !name.startsWith("."))
              .forEach(names::add);
          return names;
        });
  }

  @Override
  public Optional<byte[]> read(String path) {
    return asked(
        "read",
        path,
        () -> {
          try {
            return Optional.of(
                client.getObject(
                    get -> get.bucket(store.bucket()).key(key(path)),
                    (answer, in) -> bytes(in, EvidencePaths.bytesAtMost(path))));
          } catch (NoSuchKeyException notThere) {
            return Optional.empty();
          }
        });
  }

  /** An object that is longer is left where its reading ended. */
  private static byte[] bytes(AbortableInputStream in, int atMost) throws IOException {
    byte[] bytes = in.readNBytes(atMost + 1);
    if (bytes.length > atMost) {
      in.abort();
    }
    return bytes;
  }

  @Override
  public Optional<byte[]> readNamed(String path) {
    return late.look(() -> read(path), Optional::isPresent);
  }

  @Override
  public void writeAtomically(String path, byte[] bytes) {
    asked(
        "write",
        path,
        () -> client.putObject(put(path, bytes).build(), RequestBody.fromBytes(bytes)));
  }

  /** A server that does not know the condition overwrites; {@code mooring check} reports it. */
  @Override
  public boolean createExclusive(String path, byte[] bytes) {
    return asked(
        "create",
        path,
        () -> {
          try {
            client.putObject(
                put(path, bytes).ifNoneMatch("*").build(), RequestBody.fromBytes(bytes));
            return true;
          } catch (S3Exception refused) {
            boolean another =
                refused.statusCode() == PRECONDITION_FAILED
                    || (refused.statusCode() == CONFLICT && read(path).isPresent());
            if (another) {
              return false;
            }
            throw refused;
          }
        });
  }

  @Override
  public void remove(String path) {
    asked(
        "remove",
        path,
        () -> client.deleteObject(delete -> delete.bucket(store.bucket()).key(key(path))));
  }

  @Override
  public void close() {
    client.close();
  }

  private PutObjectRequest.Builder put(String path, byte[] bytes) {
    return PutObjectRequest.builder()
        .bucket(store.bucket())
        .key(key(path))
        .contentLength((long) bytes.length)
        .contentMD5(md5(bytes));
  }

  private static String md5(byte[] bytes) {
    try {
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private String key(String path) {
    return store.prefix().isEmpty() ? path : store.prefix() + "/" + path;
  }

  private <T> T asked(String act, String path, Supplier<T> request) {
    try {
      return request.get();
    } catch (SdkException failure) {
      throw S3Failures.of(
          S3Fault.of("can't " + act + " " + where(path), store.bucket(), store.place(), failure));
    }
  }
}
