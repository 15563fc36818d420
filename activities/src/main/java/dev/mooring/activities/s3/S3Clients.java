package dev.mooring.activities.s3;

import dev.mooring.activities.host.Secrets;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.EvidenceStore;
import dev.mooring.topology.Site;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * Opens clients of buckets. Each gives a request up after 3 s without a connection, 8 s without its
 * answer and 20 s with all its repetitions.
 *
 * <p>Checksums of newer kinds than MD5 are left out: servers other than Amazon's refuse them.
 */
public final class S3Clients {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration SILENT_AT_MOST = Duration.ofSeconds(5);
  private static final Duration ATTEMPT_AT_MOST = Duration.ofSeconds(8);
  private static final Duration CALL_AT_MOST = Duration.ofSeconds(20);

  private final Secrets secrets;

  /**
   * @param environment where the access keys named by variables are looked up
   */
  public S3Clients(Function<String, Optional<String>> environment) {
    this.secrets = new Secrets(environment);
  }

  /**
   * A client of an evidence store.
   *
   * @throws Secrets.Unusable when an access key can't be had
   */
  public S3Client open(EvidenceStore.S3 store) {
    return open(store.region(), store.endpoint(), store.addressing(), store.credentials());
  }

  /**
   * A client of a WAL archive.
   *
   * @throws Secrets.Unusable when an access key can't be had
   */
  public S3Client open(ArchiveKind.S3 archive) {
    return open(archive.region(), archive.endpoint(), archive.addressing(), archive.credentials());
  }

  /**
   * Why a worker can't list a content's files in a bucket; empty when it can, and for every archive
   * that is none.
   */
  public String trouble(Site.Archive archive, ContentId content) {
    return archive.as(ArchiveKind.S3.class).flatMap(bucket -> trouble(bucket, content)).orElse("");
  }

  private Optional<String> trouble(ArchiveKind.S3 archive, ContentId content) {
    String place = archive.url().replace("{content}", content.toString());
    try (S3Client client = open(archive)) {
      client.listObjectsV2(
          list -> list.bucket(archive.bucket()).prefix(archive.keysOf(content)).maxKeys(1));
      return Optional.empty();
    } catch (SdkException failure) {
      String act = "the worker can't list " + place;
      return Optional.of(S3Fault.of(act, archive.bucket(), place, failure).fact());
    } catch (Secrets.Unusable failure) {
      return Optional.of(String.valueOf(failure.getMessage()));
    }
  }

  private S3Client open(
      String region,
      String endpoint,
      EvidenceStore.Addressing addressing,
      EvidenceStore.Credentials credentials) {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(region))
            .forcePathStyle(addressing == EvidenceStore.Addressing.PATH)
            .credentialsProvider(provider(credentials))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT)
                    .socketTimeout(SILENT_AT_MOST))
            .overrideConfiguration(
                asked ->
                    asked
                        .retryStrategy(RetryMode.STANDARD)
                        .apiCallAttemptTimeout(ATTEMPT_AT_MOST)
                        .apiCallTimeout(CALL_AT_MOST));
    if (!endpoint.isEmpty()) {
      builder.endpointOverride(URI.create(endpoint));
    }
    return builder.build();
  }

  private AwsCredentialsProvider provider(EvidenceStore.Credentials credentials) {
    return credentials instanceof EvidenceStore.Credentials.Keys keys
        ? StaticCredentialsProvider.create(
            AwsBasicCredentials.create(
                secrets.text("access key", keys.accessKeyId()).strip(),
                secrets.text("secret of the access key", keys.secretAccessKey()).strip()))
        : Chain.OF_ALL;
  }

  /** The machine's own credentials are kept until they expire, for every opening. */
  private static final class Chain {
    static final AwsCredentialsProvider OF_ALL = DefaultCredentialsProvider.builder().build();
  }
}
