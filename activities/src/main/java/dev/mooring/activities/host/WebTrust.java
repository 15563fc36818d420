package dev.mooring.activities.host;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/** The certificate authorities for web servers: those that Java knows, or those of one file. */
public final class WebTrust {
  private final Supplier<HttpClient.Builder> clients;
  private final HttpClient usual;

  /** By the text of the file, so that a renewed authority needs no restart. */
  private final Map<String, HttpClient> byAuthority = new ConcurrentHashMap<>();

  /**
   * @param clients begins each client: all but whom it believes
   */
  public WebTrust(Supplier<HttpClient.Builder> clients) {
    this.clients = clients;
    this.usual = clients.get().build();
  }

  /** Believes the authorities that Java knows. */
  public HttpClient usual() {
    return usual;
  }

  /**
   * Believes the authorities in that PEM file and no other, and a server only by its name in the
   * URL.
   *
   * @throws Secrets.Unusable if the file can't be had, or is no certificate
   */
  public HttpClient in(Path file) {
    String pem = Secrets.readBelieved("root certificate", file);
    return byAuthority.computeIfAbsent(pem, text -> believing(file, text));
  }

  private HttpClient believing(Path file, String pem) {
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
      return clients.get().sslContext(context).build();
    } catch (GeneralSecurityException | IOException unusable) {
      throw new Secrets.Unusable(
          "root certificate " + file + " is no PEM certificate: " + unusable.getMessage());
    }
  }

  /**
   * Why a server was not trusted, and what fixes it; empty for any other trouble. Nothing was sent
   * to it: Java's TLS calls only the first record of a connection unrecognized.
   */
  public static Optional<String> refusal(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException
          && String.valueOf(cause.getMessage()).contains("nrecognized SSL message")) {
        return Optional.of("the server answers without TLS; give it a certificate");
      }
      if (cause instanceof CertificateException) {
        return Optional.of(
            "the server's certificate is not believed: "
                + cause.getMessage()
                + "; name its authority as `rootCertificate`, and the server as its certificate"
                + " does");
      }
    }
    return Optional.empty();
  }
}
