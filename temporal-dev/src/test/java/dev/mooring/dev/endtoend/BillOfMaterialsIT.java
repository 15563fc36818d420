package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.dev.temporal.LocalTemporal;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each program of the build names every library that it holds, with version and licence. */
@Tag("all")
class BillOfMaterialsIT {
  private static final String BILL = "META-INF/sbom/mooring.cdx.json";

  /**
   * What a bill says.
   *
   * @param versions of each library, by its group and name
   * @param unlicensed the libraries whose licence it does not tell
   */
  private record Bill(Map<String, String> versions, List<String> unlicensed) {
    static Bill of(JarFile program) throws IOException {
      JarEntry entry = program.getJarEntry(BILL);
      assertThat(entry).as(BILL + " in " + program.getName()).isNotNull();
      JsonNode bill;
      try (InputStream in = program.getInputStream(entry)) {
        bill = new ObjectMapper().readTree(in);
      }
      assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
      assertThat(bill.has("serialNumber")).as("another one in each build").isFalse();
      Map<String, String> versions = new TreeMap<>();
      List<String> unlicensed = new ArrayList<>();
      for (JsonNode library : bill.path("components")) {
        String name = library.path("group").asText() + ":" + library.path("name").asText();
        versions.put(name, library.path("version").asText());
        if (library.path("licenses").isEmpty() && !name.startsWith("dev.mooring:")) {
          unlicensed.add(name);
        }
      }
      return new Bill(versions, unlicensed);
    }

    Set<String> files() {
      return versions.entrySet().stream()
          .map(one -> one.getKey().replaceFirst(".*:", "") + "-" + one.getValue() + ".jar")
          .collect(Collectors.toSet());
    }
  }

  private static JarFile program(String module, String name) throws IOException {
    Path root = LocalTemporal.scripts().resolveSibling(module);
    return new JarFile(root.resolve("target").resolve(name).toFile());
  }

  @ParameterizedTest
  @CsvSource({"worker, mooring-worker.jar", "starter, mooring.jar"})
  void names_each_library_that_the_program_holds(String module, String name) throws IOException {
    try (JarFile program = program(module, name)) {
      Bill bill = Bill.of(program);
      Set<String> held =
          libraries()
              .filter(jar -> holds(program, jar))
              .map(File::getName)
              .collect(Collectors.toSet());

      assertThat(bill.versions())
          .containsKeys("io.temporal:temporal-sdk", "org.postgresql:postgresql");
      assertThat(held).hasSizeGreaterThan(30).anyMatch(jar -> jar.startsWith("temporal-sdk-"));
      assertThat(bill.files()).containsAll(held);
      assertThat(bill.unlicensed()).isEmpty();
    }
  }

  /** Those that are on the tests' own class path, the programs' libraries among them. */
  private static Stream<File> libraries() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(File::new)
        .filter(file -> file.getName().endsWith(".jar") && file.isFile())
        .filter(file -> !file.getName().startsWith("mooring-"));
  }

  /** Whether the program has the library's classes: the first that no other library can have. */
  private static boolean holds(JarFile program, File library) {
    try (JarFile jar = new JarFile(library)) {
      List<String> classes =
          jar.stream()
              .map(JarEntry::getName)
              .filter(entry -> entry.endsWith(".class") && !entry.startsWith("META-INF/"))
              .filter(entry -> !entry.equals("module-info.class"))
              .toList();
      return !classes.isEmpty()
          && classes.stream().allMatch(entry -> program.getJarEntry(entry) != null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
