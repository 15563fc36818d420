package dev.mooring.dev.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import io.temporal.workflow.WorkflowInterface;
import java.util.List;
import java.util.Map;

/** Names say what a thing is in the field. */
final class Naming {
  /** Names that end so and are right, with the reason. */
  private static final Map<String, String> RIGHT =
      Map.of(
          "InstanceManager", "what starts and stops an instance: systemd, pg_ctl, Patroni",
          "ControlData", "what pg_controldata prints",
          "ControlDataReader", "its reader");

  private Naming() {}

  static List<Rule> all() {
    return List.of(
        new Rule("no name says nothing", Naming::empty, "topology.InstanceHelper"),
        new Rule("no interface is marked by a letter", Naming::marked, "port.IPort"),
        new Rule("workflows alone are implementations", Naming::implementations, "port.PortImpl"),
        new Rule("no package is a drawer", Naming::drawers, "util.Drawer"));
  }

  private static ArchRule empty(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .and(
            DescribedPredicate.describe(
                "are no words of the field", type -> !RIGHT.containsKey(type.getSimpleName())))
        .should()
        .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Processor|Data|Info)")
        .because("such a name fits any class, and so tells nothing of this one");
  }

  private static ArchRule marked(String root) {
    return noClasses()
        .that()
        .areInterfaces()
        .and()
        .resideInAPackage(root + "..")
        .should()
        .haveSimpleNameStartingWith("I")
        .andShould()
        .haveNameMatching(".*\\.I[A-Z][a-z]\\w*")
        .because("a port is the thing itself; its adapters are named by their technology");
  }

  private static ArchRule implementations(String root) {
    return classes()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .haveSimpleNameEndingWith("Impl")
        .should()
        .beAssignableTo(
            DescribedPredicate.describe(
                "a workflow", (JavaClass type) -> type.isAnnotatedWith(WorkflowInterface.class)))
        .because("an adapter is named by its technology");
  }

  private static ArchRule drawers(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .should()
        .resideInAnyPackage(
            "..common..", "..util..", "..utils..", "..core..", "..helper..", "..misc..")
        .because("what belongs nowhere has not been understood");
  }
}
