package dev.mooring.runbook.watch;

import dev.mooring.port.RunActivities.Pause;
import dev.mooring.quoting.MarkdownText;
import dev.mooring.quoting.Printable;

/** A watch as the Web UI's current details show it. */
final class WatchView {
  private WatchView() {}

  static String markdown(WatchState state) {
    StringBuilder text = new StringBuilder();
    text.append("**").append(MarkdownText.of(Printable.line(state.headline()))).append("**\n\n");
    for (Pause pause : state.pauses()) {
      text.append("automation is ").append(pause.inWords()).append("\n\n");
    }
    if (!state.diagnoses().isEmpty()) {
      text.append("| since | diagnosis | | fix |\n|---|---|---|---|\n");
    }
    for (Diagnosis one : state.diagnoses()) {
      text.append("| ").append(one.since());
      text.append(" | ").append(one.kind().id());
      text.append(" | ").append(MarkdownText.of(one.text()));
      text.append(" | ").append(MarkdownText.of(one.remedy())).append(" |\n");
    }
    if (!state.sites().isEmpty()) {
      text.append("\n| site | |\n|---|---|\n");
    }
    for (SiteState site : state.sites()) {
      text.append("| ").append(site.site()).append(" | ");
      text.append(
          switch (site.seen()) {
            case NOT_YET -> "first observations under way";
            case WATCHED -> "watched";
            case LOST -> "not watched: " + MarkdownText.of(site.why());
          });
      text.append(" |\n");
    }
    return Printable.escaped(text.toString());
  }
}
