package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How Patroni is read and changed, if it runs the members of a streaming cluster.
 *
 * @param scope the cluster's name in Patroni
 * @param members all members of the cluster, sorted by instance
 * @param logins the login for changes over the REST API; one, or none if it asks for none
 * @param rootCertificates path of the CA certificate on the worker's host that alone is believed,
 *     by TLS; none if the REST APIs are asked without TLS
 */
public record PatroniPolicy(
    String scope,
    List<Member> members,
    List<Login> logins,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<String> rootCertificates) {
  public PatroniPolicy {
    members = List.copyOf(members);
    logins = List.copyOf(logins);
    rootCertificates = List.copyOf(rootCertificates);
  }

  public Optional<Member> member(InstanceId instance) {
    return members.stream().filter(m -> m.instance().equals(instance)).findFirst();
  }

  /** The instance that Patroni calls so, if the cluster file has it. */
  public Optional<InstanceId> named(String name) {
    return members.stream().filter(m -> m.name().equals(name)).map(Member::instance).findFirst();
  }

  /**
   * One Patroni.
   *
   * @param name the member's name in Patroni
   * @param address of its host
   * @param port of its REST API there
   */
  public record Member(InstanceId instance, String name, String address, int port) {
    private static final Pattern NOT_IN_A_SLOT = Pattern.compile("[^a-z0-9_]");

    /** As Patroni makes it of the name: its slot_name_from_member_name. */
    String slot() {
      String slot =
          NOT_IN_A_SLOT
              .matcher(name.toLowerCase(Locale.ROOT))
              .replaceAll(
                  found ->
                      "-.".contains(found.group())
                          ? "_"
                          : String.format("u%04d", found.group().codePointAt(0)));
      return slot.substring(0, Math.min(slot.length(), 63));
    }
  }

  /**
   * The login for changes.
   *
   * @param password where it is found; never the password itself
   */
  public record Login(String user, SecretReference password) {}
}
