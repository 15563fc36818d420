package dev.mooring.clusterfile;

import dev.mooring.topology.ClusterName;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a cluster file: YAML text to the resolved cluster, or to all that is wrong with it at once.
 * Pure: no file, no clock, no environment; the same text gives the same answer everywhere, so the
 * digests of two sites can be compared.
 *
 * <p>First the text must be plain YAML, then the schema is checked as a whole, then what settings
 * must fulfil together; a later stage would only repeat the faults of an earlier one.
 */
public final class ClusterFileParser {
  private ClusterFileParser() {}

  /** Reads a cluster file. */
  public static ClusterFileResult parse(String yaml) {
    LocatedYaml written = LocatedYamlReader.read(yaml);
    if (!written.problems().isEmpty()) {
      return new ClusterFileResult.Refused(written.problems());
    }
    ClusterFileSchema schema = ClusterFileSchema.get();
    List<Problem> againstSchema = SchemaProblems.of(schema, written);
    if (!againstSchema.isEmpty()) {
      return new ClusterFileResult.Refused(againstSchema);
    }
    Setting file = written.with(schema.withDefaults(written.root())).setting();
    List<Problem> together = new ArrayList<>(TopologyChecks.of(file));
    together.addAll(PolicyChecks.of(file));
    together.addAll(PatroniChecks.of(file));
    return together.isEmpty()
        ? new ClusterFileResult.Parsed(ClusterAssembly.of(file))
        : new ClusterFileResult.Refused(together);
  }

  /** Reads the file that is kept under the name of a cluster, which it must describe. */
  public static ClusterFileResult parse(String yaml, ClusterName keptAs) {
    ClusterFileResult result = parse(yaml);
    return result.match(
        cluster -> cluster.name().equals(keptAs) ? result : misnamed(yaml, keptAs),
        problems -> result);
  }

  private static ClusterFileResult misnamed(String yaml, ClusterName keptAs) {
    Setting name = LocatedYamlReader.read(yaml).setting().at("cluster");
    return new ClusterFileResult.Refused(
        List.of(
            name.problem(
                "this file is kept as %s.yaml but describes cluster '%s'"
                    .formatted(keptAs, name.text()))));
  }
}
