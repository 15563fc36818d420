package dev.mooring.activities.temporal;

import dev.mooring.activities.temporal.SettingOrigins.Setting;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.ClientConfigTLS;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connection to the Temporal service as {@code temporal} itself reads it: a profile of a file,
 * overridden by {@code TEMPORAL_…} variables, overridden by options. Worker and command line share
 * it, so that both authenticate the server alike, and report failures alike.
 */
public final class ServiceProfile {
  private static final Set<String> AUTHORIZATIONS = Set.of("authorization", "proxy-authorization");

  private final ClientConfigProfile profile;
  private final SettingOrigins origins;

  private ServiceProfile(ClientConfigProfile profile, Map<String, String> environment) {
    this.profile = profile;
    this.origins = new SettingOrigins(profile, environment);
  }

  /**
   * Reads it; no person is asked.
   *
   * @param address given by option, or nothing
   * @param namespace given by option, or nothing
   * @throws ServiceRefused if it can't be read, or gives a secret or the proof away
   */
  public static ServiceProfile read(
      Optional<String> address, Optional<String> namespace, Map<String, String> environment) {
    requireFile(environment.getOrDefault("TEMPORAL_CONFIG_FILE", ""));
    ClientConfigProfile.Builder read;
    try {
      read =
          ClientConfigProfile.load(
              LoadClientConfigProfileOptions.newBuilder().setEnvOverrides(environment).build())
              .toBuilder();
    } catch (IOException | RuntimeException unreadable) {
      throw new ServiceRefused(
          "the Temporal client profile can't be read: " + innermost(unreadable).getMessage(),
          "check TEMPORAL_CONFIG_FILE and TEMPORAL_PROFILE",
          unreadable);
    }
    address.ifPresent(read::setAddress);
    namespace.ifPresent(read::setNamespace);
    ServiceProfile profile = new ServiceProfile(read.build(), environment);
    profile.requireProof();
    return profile;
  }

  /** Without the file the SDK would connect without TLS, to this machine. */
  private static void requireFile(String named) {
    if (!named.isEmpty() && !Files.isReadable(Path.of(named))) {
      throw new ServiceRefused(
          "the Temporal client profile can't be read: TEMPORAL_CONFIG_FILE "
              + named
              + " is not there or not readable",
          "correct TEMPORAL_CONFIG_FILE, or take it away",
          null);
    }
  }

  private void requireProof() {
    ClientConfigTLS tls = profile.getTls();
    if (tls != null && Boolean.TRUE.equals(tls.isDisableHostVerification())) {
      throw new ServiceRefused(
          origin(Setting.UNVERIFIED) + " would accept any server as the Temporal service",
          "take it away; "
              + origin(Setting.SERVER_NAME)
              + " is the name in the service's certificate, "
              + origin(Setting.AUTHORITY)
              + " the authority that signed it",
          null);
    }
    if (tls != null && Boolean.TRUE.equals(tls.isDisabled()) && hasApiKey()) {
      throw new ServiceRefused(
          "the API key would go to the Temporal service in the clear: TLS is off by "
              + origin(Setting.TLS),
          "take "
              + origin(Setting.TLS)
              + " away, TLS is used if there is an API key; or take "
              + origin(Setting.API_KEY)
              + " away",
          null);
    }
    Optional<String> header = authorization();
    if (!speaksTls() && header.isPresent()) {
      throw new ServiceRefused(
          "a header authorization would go to the Temporal service in the clear: TLS is off",
          "set TEMPORAL_TLS=true, or tls in the profile; or take "
              + origins.ofHeader(header.get())
              + " away",
          null);
    }
  }

  /** A bearer token, or a password for a proxy: a secret like the API key. */
  private Optional<String> authorization() {
    return Optional.ofNullable(profile.getMetadata()).stream()
        .flatMap(headers -> headers.keys().stream())
        .filter(key -> AUTHORIZATIONS.contains(key.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  private boolean hasApiKey() {
    String key = profile.getApiKey();
    return key != null && !key.isEmpty();
  }

  /**
   * How the service is connected to.
   *
   * @throws ServiceRefused if a certificate or key can't be used
   */
  public WorkflowServiceStubsOptions stubs() {
    ClientConfigTLS tls = profile.getTls();
    if (tls != null && speaksTls()) {
      requireReadable("client certificate", tls.getClientCertPath(), Setting.CLIENT_CERTIFICATE);
      requireReadable("client key", tls.getClientKeyPath(), Setting.CLIENT_KEY);
      requireReadable("authority of the service", tls.getServerCACertPath(), Setting.AUTHORITY);
    }
    try {
      return profile.toWorkflowServiceStubsOptions();
    } catch (RuntimeException unusable) {
      throw new ServiceRefused(
          "the certificates for the Temporal service can't be used: "
              + innermost(unusable).getMessage(),
          "check "
              + origin(Setting.CLIENT_CERTIFICATE)
              + ", "
              + origin(Setting.CLIENT_KEY)
              + " (PKCS #8, without a passphrase) and "
              + origin(Setting.AUTHORITY)
              + ": all are PEM files",
          unusable);
    }
  }

  private void requireReadable(String what, @Nullable String file, Setting setting) {
    if (file != null && !file.isEmpty() && !Files.isReadable(Path.of(file))) {
      throw new ServiceRefused(
          "the " + what + " " + file + ", for Temporal, is not there or not readable",
          "correct " + origin(setting) + ", or let this account read it",
          null);
    }
  }

  /** The options of its client, except for the data converter. */
  public WorkflowClientOptions client() {
    return profile.toWorkflowClientOptions();
  }

  boolean speaksTls() {
    ClientConfigTLS tls = profile.getTls();
    return tls == null ? hasApiKey() : !Boolean.TRUE.equals(tls.isDisabled());
  }

  /** The client certificate that is shown, if one is. */
  Optional<String> clientCertificate() {
    return Optional.ofNullable(profile.getTls())
        .map(
            tls ->
                tls.getClientCertPath() != null
                    ? tls.getClientCertPath()
                    : tls.getClientCertData() == null ? "" : "the profile holds")
        .filter(named -> !named.isEmpty());
  }

  /** The authority that must have vouched for the service. */
  String authority() {
    return Optional.ofNullable(profile.getTls())
        .map(ClientConfigTLS::getServerCACertPath)
        .filter(file -> !file.isEmpty())
        .map(file -> "the authority in " + file + " does not vouch")
        .orElse("no authority that Java knows vouches");
  }

  /** The name that the service's certificate must have. */
  String serverName(String target) {
    return Optional.ofNullable(profile.getTls())
        .map(ClientConfigTLS::getServerName)
        .filter(name -> !name.isEmpty())
        .orElseGet(() -> hostOf(target));
  }

  /** Without the port, and without the brackets that part an IPv6 address from it. */
  private static String hostOf(String target) {
    return target.startsWith("[")
        ? target.replaceFirst("^\\[([^]]*)](:[0-9]+)?$", "$1")
        : target.replaceFirst("^([^:]*):[0-9]+$", "$1");
  }

  /** The variable or the key of the profile that a setting comes from. */
  String origin(Setting setting) {
    return origins.of(setting);
  }

  /** Why connecting failed, with the remedy. */
  public ServiceRefused away(String target, Throwable failure) {
    return new ServiceTrouble(this, target).of(failure);
  }

  static Throwable innermost(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return innermost;
  }
}
