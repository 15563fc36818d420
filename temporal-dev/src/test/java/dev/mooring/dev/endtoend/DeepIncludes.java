package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;

/**
 * A setting of an instance alone, in a file of its data directory that a file includes which lies
 * in a directory there that a directory there has included: without any of them no server starts.
 */
final class DeepIncludes {
  /** What the innermost file sets to {@code yes}. */
  static final String SETTING = "lab.kept";

  private final Lab lab;
  private final LabInstance instance;

  DeepIncludes(Lab lab, LabInstance instance) {
    this.lab = lab;
    this.instance = instance;
  }

  /** Its next start reads them. */
  void give() {
    run(
        "cd \"$1\" && mkdir -p site.d/below && echo \"include_dir 'below'\" >site.d/a.conf"
            + " && echo \"include '../../innermost.inc'\" >site.d/below/b.conf"
            + " && echo \"lab.kept = 'yes'\" >innermost.inc"
            + " && echo \"include_dir '$1/site.d'\" >>\"$0\"");
  }

  /** None does any more. */
  void take() {
    run("sed -i \"/site[.]d'$/d\" \"$0\"");
  }

  private void run(String commands) {
    lab.run(
        instance.host(),
        "sh",
        "-c",
        commands,
        lab.configuration(instance) + "/postgresql.conf",
        instance.dataDirectory().toString());
  }
}
