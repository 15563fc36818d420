package dev.mooring.dev.lab;

import dev.mooring.dev.ledger.LoadPlan;
import dev.mooring.dev.ledger.LoadVerdict;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lab load}: writes to the primaries, and compares a site with the writes. */
@Command(
    name = "load",
    synopsisSubcommandLabel = "COMMAND",
    description = "Writes to the primaries, and checks a site against what was written.")
final class LoadCommand {
  private final Map<String, String> environment;

  @Spec private CommandSpec spec = CommandSpec.create();

  LoadCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Command(description = "Starts transfers and acknowledged writes.")
  void start(
      @Option(
              names = "--without-barrier",
              description =
                  "The control: transfers don't hold the barrier's lock, so cuts tear them.")
          boolean withoutBarrier,
      @Option(
              names = "--through-pgbouncer",
              description =
                  "Acknowledged writes go through the lab's PgBouncer; transfers, which hold a lock"
                      + " of their session, to the primary itself.")
          boolean throughPooler,
      @Mixin LabChoice choice) {
    LoadPlan.Barrier barrier = withoutBarrier ? LoadPlan.Barrier.IGNORED : LoadPlan.Barrier.HELD;
    LabLoad load = lab(choice).load();
    if (throughPooler) {
      load.startThroughPooler(barrier);
    } else {
      load.start(barrier);
    }
    out().println("load runs");
  }

  @Command(description = "Stops it; no transfer is left prepared.")
  void stop(@Mixin LabChoice choice) {
    lab(choice).load().stop();
    out().println("load stopped, no transfer left prepared");
  }

  @Command(
      description =
          "Checks a site: running primaries as they are, a parked site by opened copies of it.")
  int check(
      @Parameters(paramLabel = "SITE", description = "east or west.") String site,
      @Mixin LabChoice choice) {
    LoadVerdict verdict = verdict(lab(choice), site);
    out()
        .printf("the accounts hold %d together, must hold %d%n", verdict.sum(), verdict.fixedSum());
    for (LoadVerdict.OfContent content : verdict.contents()) {
      out()
          .printf(
              "content %d: %d ledger rows, the last is number %d, at least %d had to be there%n",
              content.content(), content.rows(), content.last(), content.acknowledged());
    }
    verdict.faults().forEach(fault -> out().println("FAULT " + fault));
    out().println(verdict.passed() ? site + " is exact" : site + " is not exact");
    return verdict.passed() ? 0 : 1;
  }

  private static LoadVerdict verdict(Lab lab, String site) {
    if (lab.instancesAt(site).isEmpty()) {
      throw new LabFailure("lab %s has no site %s".formatted(lab.name(), site));
    }
    if (site.equals(Layout.EAST)) {
      return lab.load().checkPrimaries();
    }
    try (SiteCopy copy = lab.openCopy(site)) {
      return lab.load().check(copy);
    }
  }

  private Lab lab(LabChoice choice) {
    return choice.lab(Machine.labsDirectory(environment));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
