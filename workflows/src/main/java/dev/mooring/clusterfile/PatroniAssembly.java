package dev.mooring.clusterfile;

import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PatroniPolicy;
import dev.mooring.topology.PatroniPolicy.Login;
import dev.mooring.topology.PatroniPolicy.Member;
import dev.mooring.topology.SecretReference;
import java.util.Comparator;
import java.util.List;

/** How Patroni is read and changed, of a file that passed every check. */
final class PatroniAssembly {
  private final Setting file;
  private final Setting section;

  private PatroniAssembly(Setting file) {
    this.file = file;
    this.section = file.at("patroni");
  }

  /** One, of a file with the section {@code patroni}; else none. */
  static List<PatroniPolicy> of(Setting file) {
    return file.at("patroni").given() ? List.of(new PatroniAssembly(file).policy()) : List.of();
  }

  private PatroniPolicy policy() {
    return new PatroniPolicy(
        section.at("scope").text(),
        file.at("instances").items().stream()
            .filter(instance -> PatroniChecks.runs(instance))
            .map(this::member)
            .sorted(Comparator.comparing(Member::instance))
            .toList(),
        section.at("user").given()
            ? List.of(
                new Login(
                    section.at("user").text(), new SecretReference(section.at("password").text())))
            : List.of(),
        section.at("rootCertificate").given()
            ? List.of(section.at("rootCertificate").path())
            : List.of());
  }

  private Member member(Setting instance) {
    Setting own = instance.at("manager").at("patroni");
    return new Member(
        new InstanceId(instance.at("id").text()),
        PatroniChecks.name(instance),
        address(file, instance),
        (own.at("port").given() ? own : section).at("port").number());
  }

  /** Where its REST API is asked. */
  static String address(Setting file, Setting instance) {
    String host = instance.at("host").text();
    return file.at("hosts").items().stream()
        .filter(known -> known.at("name").text().equals(host))
        .map(known -> known.at("address"))
        .filter(Setting::given)
        .map(Setting::text)
        .findFirst()
        .orElse("localhost");
  }
}
