package dev.mooring.activities.evidence;

import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The certificate authorities for web servers: those that Java knows, or those of one file. */
final class WebTrust {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final HttpClient USUAL = builder().build();

  /** By the text of the file, so that a renewed authority needs no restart. */
  private static final Map<String, HttpClient> BY_AUTHORITY = new ConcurrentHashMap<>();

  private WebTrust() {}

  static HttpClient usual() {
    return USUAL;
  }

  /** Believes the authorities in that PEM file and no other. */
  static HttpClient in(Path file) {
    String pem = EvidenceSecrets.read("root certificate", file);
    return BY_AUTHORITY.computeIfAbsent(pem, text -> believing(file, text));
  }

  private static HttpClient.Builder builder() {
    return HttpClient.newBuilder()
        .connectTimeout(CONNECT)
        .followRedirects(HttpClient.Redirect.NORMAL);
  }

  private static HttpClient believing(Path file, String pem) {
    try {
      KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
      authorities.load(null, null);
      for (Certificate one :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))) {
        authorities.setCertificateEntry("authority " + authorities.size(), one);
      }
      if (authorities.size() == 0) {
        throw new CertificateException("no certificate is in it");
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(authorities);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return builder().sslContext(context).build();
    } catch (GeneralSecurityException | IOException unusable) {
      throw EvidenceSecrets.unusable(
          "root certificate " + file + " is no PEM certificate: " + unusable.getMessage());
    }
  }

  /** The failure for a person to fix if a server was not trusted; empty for any other trouble. */
  static Optional<ApplicationFailure> refusal(URI uri, IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return Optional.of(
            EvidenceFailures.of(
                FailureCode.EVIDENCE_UNREADABLE,
                "can't read "
                    + uri
                    + ": the server's certificate is not believed: "
                    + cause.getMessage()
                    + "; name its authority as `rootCertificate`, and the server as its"
                    + " certificate does"));
      }
    }
    return Optional.empty();
  }
}
