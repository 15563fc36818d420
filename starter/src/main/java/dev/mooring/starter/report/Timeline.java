package dev.mooring.starter.report;

import dev.mooring.evidence.Receipt;
import dev.mooring.quoting.HtmlText;
import dev.mooring.runbook.DurationText;
import dev.mooring.starter.report.HistoryFacts.Act;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A picture of a run as SVG: a lane for its steps and one for each host, site or service that its
 * acts ran at, a bar for each. A time in which nothing ran, such as a wait for an approval, is
 * drawn short and labelled with its length. Without a history it has the steps alone.
 */
final class Timeline {
  private static final int WIDTH = 1100;
  private static final int LABELS = 130;
  private static final int ROW = 18;
  private static final int TOP = 22;
  private static final int PAUSE_WIDTH = 46;
  private static final double LEAST_BAR = 2;

  /** A pause is shortened if it is longer than this part of all busy time. */
  private static final double LONG_PAUSE = 0.08;

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final StringBuilder svg = new StringBuilder();
  private final List<Span> busy;
  private final double perMilli;
  private int row;

  private record Span(Instant from, Instant to) {
    long millis() {
      return Duration.between(from, to).toMillis();
    }
  }

  private record Bar(Span span, String words, String label, String colour) {}

  private Timeline(List<Span> spans) {
    this.busy = busy(spans);
    long millis = busy.stream().mapToLong(Span::millis).sum();
    double room = WIDTH - LABELS - 10.0 - (busy.size() - 1.0) * PAUSE_WIDTH;
    this.perMilli = Math.max(room, 100) / Math.max(millis, 1);
  }

  /** The picture; empty if nothing is known of any time. */
  static String of(RunReport report) {
    List<Receipt.StepRecord> steps = report.run().steps();
    List<Act> acts = report.history().acts();
    List<Span> spans = new ArrayList<>();
    acts.forEach(act -> spans.add(new Span(act.began(), act.ended())));
    if (acts.isEmpty()) {
      steps.forEach(step -> spans.add(new Span(step.startedAt(), step.endedAt())));
    }
    if (spans.isEmpty()) {
      return "";
    }
    Timeline picture = new Timeline(spans);
    picture.lane("steps", steps.stream().map(Timeline::bar).toList());
    Map<String, List<Bar>> places = new LinkedHashMap<>();
    acts.stream()
        .sorted(Comparator.comparing(Act::began))
        .forEach(act -> places.computeIfAbsent(act.place(), p -> new ArrayList<>()).add(bar(act)));
    places.forEach(picture::lane);
    return picture.drawn();
  }

  private static Bar bar(Receipt.StepRecord step) {
    boolean done = step.result().equals("done");
    String colour = done ? step.verb().equals("pivot") ? "#dd6b20" : "#2b6cb0" : "#c53030";
    return new Bar(
        new Span(step.startedAt(), step.endedAt()),
        step.step() + ", " + DurationText.of(step.took()) + ": " + step.result(),
        step.step(),
        colour);
  }

  private static Bar bar(Act act) {
    String failed = act.failure().isEmpty() ? "" : ": " + act.failure();
    return new Bar(
        new Span(act.began(), act.ended()),
        act.step()
            + ": "
            + act.what()
            + ", "
            + DurationText.of(Duration.between(act.began(), act.ended()))
            + failed,
        "",
        act.failure().isEmpty() ? "#2f855a" : "#c53030");
  }

  /** The times in which something ran, with short pauses counted as busy. */
  private static List<Span> busy(List<Span> spans) {
    List<Span> sorted = spans.stream().sorted(Comparator.comparing(Span::from)).toList();
    long all = merged(sorted, 0).stream().mapToLong(Span::millis).sum();
    return merged(sorted, Math.max(500, (long) (all * LONG_PAUSE)));
  }

  private static List<Span> merged(List<Span> sorted, long pause) {
    List<Span> merged = new ArrayList<>();
    for (Span span : sorted) {
      int end = merged.size() - 1;
      if (end < 0 || merged.get(end).to().plusMillis(pause).isBefore(span.from())) {
        merged.add(span);
      } else if (span.to().isAfter(merged.get(end).to())) {
        merged.set(end, new Span(merged.get(end).from(), span.to()));
      }
    }
    return merged;
  }

  /** The position of a moment; a moment in a pause is at the end of what ran before it. */
  private double at(Instant moment) {
    double x = LABELS;
    for (Span span : busy) {
      if (moment.isBefore(span.from())) {
        return x;
      }
      if (!moment.isAfter(span.to())) {
        return x + new Span(span.from(), moment).millis() * perMilli;
      }
      x += span.millis() * perMilli + PAUSE_WIDTH;
    }
    return x - PAUSE_WIDTH;
  }

  /** Bars that overlap get rows of their own. */
  private void lane(String name, List<Bar> bars) {
    int y = TOP + row * ROW;
    text(4, y + 13, name);
    List<Instant> ends = new ArrayList<>();
    for (Bar bar : bars) {
      int at = 0;
      while (at < ends.size() && ends.get(at).isAfter(bar.span().from())) {
        at++;
      }
      if (at == ends.size()) {
        ends.add(bar.span().to());
      } else {
        ends.set(at, bar.span().to());
      }
      draw(bar, y + at * ROW);
    }
    row += Math.max(1, ends.size());
    line(y - 2);
  }

  private void draw(Bar bar, int y) {
    double from = at(bar.span().from());
    double width = Math.max(LEAST_BAR, at(bar.span().to()) - from);
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\">"
                + "<title>%s</title></rect>\n",
            from,
            y,
            width,
            ROW - 4,
            bar.colour(),
            HtmlText.of(bar.words())));
    if (width > 8.5 * bar.label().length() && !bar.label().isEmpty()) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" fill=\"#fff\">%s</text>\n",
              from + 3,
              y + 11,
              HtmlText.of(bar.label())));
    }
  }

  private void text(double x, int y, String words) {
    svg.append(
        String.format(
            Locale.ROOT, "<text x=\"%.1f\" y=\"%d\">%s</text>\n", x, y, HtmlText.of(words)));
  }

  private void line(int y) {
    svg.append(
        String.format(
            "<line x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#8886\"/>\n", WIDTH, y, y));
  }

  private String drawn() {
    Instant before = busy.get(0).from();
    for (Span span : busy) {
      double x = at(span.from());
      boolean first = span.equals(busy.get(0));
      text(
          first ? x : x - PAUSE_WIDTH + 2,
          12,
          first ? CLOCK.format(span.from()) : pause(before, span));
      before = span.to();
    }
    return String.format(
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"when each act ran\">\n",
            WIDTH, TOP + row * ROW + 4)
        + svg
        + "</svg>";
  }

  private static String pause(Instant before, Span next) {
    return "+" + DurationText.of(Duration.between(before, next.from()));
  }
}
