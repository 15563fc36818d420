package dev.mooring.dev.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What runs in a workflow does the same in every replay: the runbooks and every class of ours that
 * they lead to, judged by the compiled classes.
 */
class DeterminismTest {
  private static final List<JavaClass> WORKFLOWS = reached(Product.classes(), Product.ROOT);
  private static final List<JavaClass> CONTROLS = reached(Product.controls(), Product.CONTROL_ROOT);

  static List<Prohibition> prohibitions() {
    return Prohibition.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("prohibitions")
  void workflows_keep(Prohibition prohibition) {
    assertThat(WORKFLOWS).flatExtracting(prohibition.breaches()::apply).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("prohibitions")
  void its_control_is_caught(Prohibition prohibition) {
    String control = Product.CONTROL_ROOT + "." + prohibition.control();
    assertThat(CONTROLS)
        .filteredOn(type -> type.getName().equals(control))
        .flatExtracting(prohibition.breaches()::apply)
        .isNotEmpty();
  }

  @Test
  void the_runbooks_and_what_they_lead_to_were_found() {
    assertThat(WORKFLOWS)
        .extracting(JavaClass::getSimpleName)
        .contains("DrConsumeImpl", "PublishCycleImpl", "RunbookRun", "ParkedProof", "Lsn");
  }

  /** The runbooks under a root, and every class under it that they lead to. */
  private static List<JavaClass> reached(JavaClasses classes, String root) {
    Map<String, JavaClass> reached = new TreeMap<>();
    Deque<JavaClass> next = new ArrayDeque<>();
    classes.stream()
        .filter(type -> (type.getPackageName() + ".").startsWith(root + ".runbook."))
        .forEach(next::add);
    while (!next.isEmpty()) {
      JavaClass type = next.remove();
      if (reached.putIfAbsent(type.getName(), type) == null) {
        type.getDirectDependenciesFromSelf().stream()
            .map(Dependency::getTargetClass)
            .flatMap(target -> ours(classes, root, target))
            .forEach(next::add);
      }
    }
    return List.copyOf(reached.values());
  }

  private static Stream<JavaClass> ours(JavaClasses classes, String root, JavaClass target) {
    JavaClass type = target.isArray() ? target.getBaseComponentType() : target;
    return type.getName().startsWith(root + ".") && classes.contain(type.getName())
        ? Stream.of(type)
        : Stream.empty();
  }
}
