package dev.mooring.starter;

import dev.mooring.starter.console.Console;
import java.util.Map;

/**
 * The caller and its environment.
 *
 * @param environment the process's environment
 * @param user the person: the user behind sudo, else the operating system's user
 * @param console where answers are written
 */
public record Caller(Map<String, String> environment, String user, Console console) {
  public Caller {
    environment = Map.copyOf(environment);
  }
}
