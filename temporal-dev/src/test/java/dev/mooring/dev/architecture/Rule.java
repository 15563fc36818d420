package dev.mooring.dev.architecture;

import com.tngtech.archunit.lang.ArchRule;
import java.util.function.Function;

/**
 * A rule of the architecture.
 *
 * @param name what holds, as a sentence
 * @param under the rule for the packages under a root
 * @param control the class under {@link Product#CONTROL_ROOT} that it must catch
 */
record Rule(String name, Function<String, ArchRule> under, String control) {
  @Override
  public String toString() {
    return name;
  }
}
