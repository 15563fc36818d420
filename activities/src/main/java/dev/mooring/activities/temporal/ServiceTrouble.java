package dev.mooring.activities.temporal;

import dev.mooring.activities.temporal.SettingOrigins.Setting;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * The meaning of a failure to connect to Temporal: a service that is away is another failure than
 * one that is not trusted, or that does not trust this client.
 *
 * @param profile the profile of the connection
 * @param target host:port
 */
record ServiceTrouble(ServiceProfile profile, String target) {
  /** The message of the JDK's check of a certificate's names, which has no translation. */
  private static final Pattern OTHER_NAME =
      Pattern.compile("No (subject alternative|name matching).*", Pattern.DOTALL);

  /** A TLS alert about our certificate, in the words of the JDK and of BoringSSL. */
  private static final Pattern NOT_LET_IN =
      Pattern.compile("(?is).*alert.*(certificate|unknown.?ca|access.?denied).*");

  ServiceRefused of(Throwable failure) {
    return Stream.of(otherName(failure), notVouchedFor(failure), notLetIn(failure), noTls(failure))
        .flatMap(Optional::stream)
        .findFirst()
        .or(() -> onlyTls(failure))
        .or(() -> refused(failure))
        .orElseGet(
            () ->
                new ServiceRefused(
                    "no Temporal server answers at "
                        + target
                        + ": "
                        + ServiceProfile.innermost(failure).getMessage(),
                    "start it (`temporal-dev/up` starts a local one), or name another with"
                        + " --address or TEMPORAL_ADDRESS",
                    failure));
  }

  private Optional<ServiceRefused> otherName(Throwable failure) {
    return first(failure, CertificateException.class)
        .map(Throwable::getMessage)
        .filter(said -> OTHER_NAME.matcher(said).matches())
        .map(
            said ->
                new ServiceRefused(
                    "the Temporal server at "
                        + target
                        + " shows a certificate of another name than "
                        + profile.serverName(target)
                        + ": "
                        + said,
                    "name it as its certificate does, with --address or TEMPORAL_ADDRESS, or that"
                        + " name as "
                        + profile.origin(Setting.SERVER_NAME),
                    failure));
  }

  private Optional<ServiceRefused> notVouchedFor(Throwable failure) {
    return Stream.of(
            CertificateException.class,
            CertPathBuilderException.class,
            CertPathValidatorException.class)
        .flatMap(kind -> first(failure, kind).stream())
        .findFirst()
        .map(
            why ->
                new ServiceRefused(
                    profile.authority()
                        + " for the Temporal server at "
                        + target
                        + ": "
                        + ServiceProfile.innermost(why).getMessage(),
                    "name the authority that does as "
                        + profile.origin(Setting.AUTHORITY)
                        + ", once it is known that it is the intended server",
                    failure));
  }

  private Optional<ServiceRefused> notLetIn(Throwable failure) {
    return first(failure, SSLException.class)
        .filter(alert -> NOT_LET_IN.matcher(String.valueOf(alert.getMessage())).matches())
        .map(
            alert ->
                new ServiceRefused(
                    profile
                            .clientCertificate()
                            .map(
                                file ->
                                    "the Temporal server at "
                                        + target
                                        + " rejects the client certificate "
                                        + file)
                            .orElse(
                                "the Temporal server at "
                                    + target
                                    + " requires a client certificate, and none is named")
                        + ": "
                        + alert.getMessage(),
                    "name a certificate that it accepts as "
                        + profile.origin(Setting.CLIENT_CERTIFICATE)
                        + ", its key as "
                        + profile.origin(Setting.CLIENT_KEY),
                    failure));
  }

  private Optional<ServiceRefused> noTls(Throwable failure) {
    return first(failure, SSLException.class)
        .map(
            why ->
                new ServiceRefused(
                    "the Temporal server at "
                        + target
                        + " does not speak TLS as it is asked to: "
                        + why.getMessage(),
                    "name the address where it does; without TLS it is asked only if no"
                        + " TEMPORAL_TLS variable, no tls of the profile and no API key is set",
                    failure));
  }

  /** A server that only speaks TLS closes the connection of a client that does not, silently. */
  private Optional<ServiceRefused> onlyTls(Throwable failure) {
    return first(failure, StatusRuntimeException.class)
        .filter(
            said ->
                said.getStatus().getCode() == Status.Code.UNAVAILABLE
                    && said.getCause() == null
                    && !profile.speaksTls())
        .map(
            said ->
                new ServiceRefused(
                    "the server at "
                        + target
                        + " accepts the connection and closes it, as a server does that speaks only"
                        + " TLS: "
                        + said.getMessage(),
                    "set TEMPORAL_TLS=true, and what the server wants beside it; or start Temporal"
                        + " there, or name another with --address or TEMPORAL_ADDRESS",
                    failure));
  }

  private Optional<ServiceRefused> refused(Throwable failure) {
    return first(failure, StatusRuntimeException.class)
        .filter(
            said ->
                said.getStatus().getCode() == Status.Code.UNAUTHENTICATED
                    || said.getStatus().getCode() == Status.Code.PERMISSION_DENIED)
        .map(
            said ->
                new ServiceRefused(
                    "the Temporal server at " + target + " refuses: " + said.getMessage(),
                    "check "
                        + profile.origin(Setting.API_KEY)
                        + ", the client certificate and the namespace",
                    failure));
  }

  private static <T extends Throwable> Optional<T> first(Throwable failure, Class<T> kind) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return Optional.of(kind.cast(cause));
      }
    }
    return Optional.empty();
  }
}
