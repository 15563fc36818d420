package dev.mooring.activities.temporal;

import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.ClientConfigTLS;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where each setting of the connection to Temporal was set, so that a remedy names what to change:
 * a variable, or a key of the profile's file, which variables override.
 *
 * @param profile the profile with its variables applied
 */
record SettingOrigins(ClientConfigProfile profile, Map<String, String> environment) {
  private static final String USUAL_FILE = "~/.config/temporalio/temporal.toml";

  /** A setting, by the variable and the key that the SDK reads. */
  enum Setting {
    API_KEY("TEMPORAL_API_KEY", "api_key"),
    TLS("TEMPORAL_TLS", "tls.disabled"),
    CLIENT_CERTIFICATE("TEMPORAL_TLS_CLIENT_CERT_PATH", "tls.client_cert_path"),
    CLIENT_KEY("TEMPORAL_TLS_CLIENT_KEY_PATH", "tls.client_key_path"),
    AUTHORITY("TEMPORAL_TLS_SERVER_CA_CERT_PATH", "tls.server_ca_cert_path"),
    SERVER_NAME("TEMPORAL_TLS_SERVER_NAME", "tls.server_name"),
    UNVERIFIED("TEMPORAL_TLS_DISABLE_HOST_VERIFICATION", "tls.disable_host_verification");

    private final String variable;
    private final String key;

    Setting(String variable, String key) {
      this.variable = variable;
      this.key = key;
    }
  }

  private boolean isSet(Setting setting) {
    Object value =
        setting == Setting.API_KEY
            ? profile.getApiKey()
            : profile.getTls() == null ? null : ofTls(setting, profile.getTls());
    return value != null && !value.toString().isEmpty();
  }

  private static @Nullable Object ofTls(Setting setting, ClientConfigTLS tls) {
    return switch (setting) {
      case TLS -> tls.isDisabled();
      case CLIENT_CERTIFICATE -> tls.getClientCertPath();
      case CLIENT_KEY -> tls.getClientKeyPath();
      case AUTHORITY -> tls.getServerCACertPath();
      case SERVER_NAME -> tls.getServerName();
      case UNVERIFIED -> tls.isDisableHostVerification();
      case API_KEY -> null;
    };
  }

  /** The variable or key that set it; the variable that would, if none did. */
  String of(Setting setting) {
    return isSet(setting) ? of(setting.variable, setting.key) : setting.variable;
  }

  /** The same for a header that is set. */
  String ofHeader(String header) {
    return of(
        "TEMPORAL_GRPC_META_" + header.toUpperCase(Locale.ROOT).replace('-', '_'),
        "grpc_meta." + header);
  }

  private String of(String variable, String key) {
    if (!environment.getOrDefault(variable, "").isEmpty()) {
      return variable;
    }
    return "profile."
        + given("TEMPORAL_PROFILE", "default")
        + "."
        + key
        + " in "
        + given("TEMPORAL_CONFIG_FILE", USUAL_FILE);
  }

  private String given(String variable, String otherwise) {
    String value = environment.getOrDefault(variable, "");
    return value.isEmpty() ? otherwise : value;
  }
}
