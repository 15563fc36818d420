package dev.mooring.dev.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The classes and sources of the product, and those that break its rules on purpose. */
final class Product {
  static final String ROOT = "dev.mooring";
  static final String CONTROL_ROOT = "dev.mooring.dev.architecture.control";
  static final List<String> MODULES =
      List.of("workflows", "activities", "worker", "starter", "temporal-dev", "docs");

  private Product() {}

  /** The directory that holds the modules. */
  static Path directory() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("workflows/pom.xml"))) {
      here = here.getParent();
      if (here == null) {
        throw new IllegalStateException("no directory above this one holds the modules");
      }
    }
    return here;
  }

  /** Every class that is shipped or runs the lab: those whose source is no test's. */
  static JavaClasses classes() {
    return Shared.CLASSES;
  }

  /** Read once for all tests: it takes seconds. */
  private static final class Shared {
    static final JavaClasses CLASSES = imported();
  }

  private static JavaClasses imported() {
    Path directory = directory();
    return new ClassFileImporter()
        .withImportOption(Product::isNoTests)
        .importPackages(ROOT)
        .that(DescribedPredicate.describe("are no tests", type -> isMain(directory, type)));
  }

  /** Half of all classes are not even read. */
  private static boolean isNoTests(Location location) {
    return !location.contains("/test-classes/") && !location.contains("-tests.jar");
  }

  private static boolean isMain(Path directory, JavaClass type) {
    String outermost = type.getName().split("\\$", 2)[0].replace('.', '/') + ".java";
    return MODULES.stream()
        .anyMatch(
            module ->
                Files.exists(
                    directory.resolve(module).resolve("src/main/java").resolve(outermost)));
  }

  /** Classes that each break one rule. */
  static JavaClasses controls() {
    return new ClassFileImporter().importPackages(CONTROL_ROOT);
  }
}
