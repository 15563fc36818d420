package dev.mooring.dev.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.EvaluationResult;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The product keeps every rule, and every rule catches the class that breaks it. */
class ArchitectureTest {
  private static final JavaClasses PRODUCT = Product.classes();
  private static final JavaClasses CONTROLS = Product.controls();

  static List<Rule> rules() {
    return Stream.of(Edges.all(), Safety.all(), Naming.all(), Payloads.all())
        .flatMap(List::stream)
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void the_product_keeps(Rule rule) {
    rule.under().apply(Product.ROOT).check(PRODUCT);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void its_control_is_caught(Rule rule) {
    EvaluationResult result = rule.under().apply(Product.CONTROL_ROOT).evaluate(CONTROLS);
    assertThat(result.hasViolation()).as("something breaks: %s", rule).isTrue();
    assertThat(result.getFailureReport().getDetails())
        .as("%s breaks: %s", rule.control(), rule)
        .anyMatch(detail -> detail.contains(Product.CONTROL_ROOT + "." + rule.control()));
  }

  @Test
  void no_module_is_a_drawer() {
    assertThat(Product.MODULES)
        .allMatch(module -> Files.exists(Product.directory().resolve(module).resolve("pom.xml")))
        .doesNotContain("common", "util", "core", "helper");
  }

  @Test
  void the_product_was_found() {
    assertThat(PRODUCT).hasSizeGreaterThan(300);
  }
}
