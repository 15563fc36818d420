package dev.mooring.activities.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.Late;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.ManifestSource;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store behind a TLS server whose certificate an authority of its own vouches for. */
class HttpsSourceTest {
  private static final String LATEST = "harbour/manifests/LATEST.json";
  private static final String PASSWORD = "changeit";

  @TempDir static Path directory = Path.of("set by JUnit");

  private static WebServer server;
  private static WebServer misnamed;

  @BeforeAll
  static void raise() throws Exception {
    authority("ours");
    authority("theirs");
    Path latest = directory.resolve("store").resolve(LATEST);
    Files.createDirectories(latest.getParent());
    Files.writeString(latest, "{}");
    server = WebServer.of(directory.resolve("store"), vouchedFor("web", "ip:127.0.0.1"));
    misnamed = WebServer.of(directory.resolve("store"), vouchedFor("other", "dns:e0.example.org"));
  }

  @AfterAll
  static void strike() {
    server.close();
    misnamed.close();
  }

  /** Makes an authority, and its certificate as NAME.pem. */
  private static void authority(String name) throws Exception {
    keytool(name, "-alias", "authority", "-dname", "CN=" + name, "-ext", "bc:c");
    try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      byte[] der = store.getCertificate("authority").getEncoded();
      Files.writeString(
          directory.resolve(name + ".pem"),
          "-----BEGIN CERTIFICATE-----\n"
              + Base64.getMimeEncoder().encodeToString(der)
              + "\n-----END CERTIFICATE-----\n");
    }
  }

  private static SSLContext vouchedFor(String alias, String named) throws Exception {
    keytool(
        "ours",
        "-alias",
        alias,
        "-dname",
        "CN=web",
        "-signer",
        "authority",
        "-ext",
        "san=" + named);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(directory.resolve("ours.p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    for (String key : List.of("authority", "web", "other")) {
      if (!key.equals(alias) && store.containsAlias(key)) {
        store.deleteEntry(key);
      }
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static void keytool(String store, String... how) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-keystore",
                directory.resolve(store + ".p12").toString(),
                "-storepass",
                PASSWORD));
    command.addAll(List.of(how));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
  }

  private static HttpSource through(WebServer web, Path authority) {
    return HttpSource.open(
        new ManifestSource.Http(web.url(), authority.toString()),
        new Late(StoresByKind.SHOWN_WITHIN));
  }

  private static String refused(ThrowingCallable act) {
    List<String> said = new ArrayList<>();
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(FailureCode.EVIDENCE_UNREADABLE.name());
              assertThat(failure.isNonRetryable()).isTrue();
              said.add(failure.getOriginalMessage());
            });
    return said.get(0);
  }

  @Test
  void a_server_that_the_named_authority_vouches_for_is_read() {
    try (HttpSource source = through(server, directory.resolve("ours.pem"))) {
      assertThat(source.read(LATEST)).hasValue(new byte[] {'{', '}'});
      assertThat(source.list("harbour/manifests")).containsExactly("LATEST.json");
      assertThat(source.read("harbour/manifests/none.json")).isEmpty();
    }
  }

  @Test
  void a_server_of_another_authority_is_refused_with_what_fixes_it() {
    assertThat(refused(() -> through(server, directory.resolve("theirs.pem")).read(LATEST)))
        .startsWith(
            "can't read "
                + server.url()
                + "/"
                + LATEST
                + ": the server's certificate is not believed: ")
        .contains("unable to find valid certification path", "`rootCertificate`");
  }

  @Test
  void an_authority_that_java_does_not_know_is_refused_without_its_file() {
    assertThat(refused(() -> through(server, Path.of("")).read(LATEST)))
        .contains("the server's certificate is not believed");
  }

  @Test
  void a_certificate_of_another_name_is_refused() {
    assertThat(refused(() -> through(misnamed, directory.resolve("ours.pem")).read(LATEST)))
        .contains("not believed: No subject alternative names matching IP address 127.0.0.1");
  }

  @Test
  void a_file_that_is_no_certificate_is_named() throws IOException {
    Path none = Files.writeString(directory.resolve("none.pem"), "what?\n");
    assertThat(refused(() -> through(server, none)))
        .startsWith("root certificate " + none + " is no PEM certificate");
    Path away = directory.resolve("away.pem");
    assertThat(refused(() -> through(server, away))).contains("root certificate " + away);
  }
}
