package dev.mooring.clusterfile;

import dev.mooring.topology.ClusterName;
import java.util.ArrayList;
import java.util.List;

/**
 * Parses a cluster file: YAML text to the resolved cluster, or to all its problems at once. Pure:
 * no file, no clock, no environment; the same text gives the same result everywhere, so the digests
 * of two sites can be compared.
 *
 * <p>First the text must be plain YAML, then the schema is checked as a whole, then, once the file
 * fits it, the conditions over several settings.
 */
public final class ClusterFileParser {
  private ClusterFileParser() {}

  public static ClusterFileResult parse(String yaml) {
    LocatedYaml written = LocatedYamlReader.read(yaml);
    if (written.root().isMissingNode()) {
      return new ClusterFileResult.Refused(written.problems());
    }
    ClusterFileSchema schema = ClusterFileSchema.get();
    List<Problem> found = new ArrayList<>(written.problems());
    for (Problem problem : SchemaProblems.of(schema, written)) {
      if (written.problems().stream().noneMatch(problem::isAtThePlaceOf)) {
        found.add(problem);
      }
    }
    if (found.isEmpty()) {
      Setting file = written.with(schema.withDefaults(written.root())).setting();
      found.addAll(together(file));
      return found.isEmpty()
          ? new ClusterFileResult.Parsed(ClusterAssembly.of(file))
          : new ClusterFileResult.Refused(found);
    }
    return new ClusterFileResult.Refused(found);
  }

  private static List<Problem> together(Setting file) {
    List<Problem> together = new ArrayList<>(TopologyChecks.of(file));
    together.addAll(PolicyChecks.of(file));
    together.addAll(PatroniChecks.of(file));
    together.addAll(NoticeChecks.of(file));
    together.addAll(ApprovalChecks.of(file));
    return together;
  }

  /** Reads the file that is kept under the name of a cluster, which it must describe. */
  public static ClusterFileResult parse(String yaml, ClusterName keptAs) {
    ClusterFileResult result = parse(yaml);
    return result.match(
        cluster -> cluster.name().equals(keptAs) ? result : misnamed(yaml, keptAs, List.of()),
        problems -> misnamed(yaml, keptAs, problems));
  }

  /** Reported beside other problems, unless the name itself is the problem. */
  private static ClusterFileResult misnamed(
      String yaml, ClusterName keptAs, List<Problem> besides) {
    Setting name = LocatedYamlReader.read(yaml).setting().at("cluster");
    List<Problem> all = new ArrayList<>(besides);
    if (name.node().isTextual()
        && !name.text().equals(keptAs.value())
        && besides.stream().noneMatch(problem -> problem.path().equals("cluster"))) {
      all.add(
          name.problem(
              "this file is kept as %s.yaml but describes cluster '%s'"
                  .formatted(keptAs, name.text())));
    }
    return new ClusterFileResult.Refused(all);
  }
}
