package dev.mooring.docs;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Draws the steps of a switchover's receipt along its time. */
final class SwitchoverFigure {
  private static final int WIDTH = 960;
  private static final int LEFT = 190;
  private static final int RIGHT = 70;
  private static final int TOP = 76;
  private static final int ROW = 22;
  private static final int BAR = 14;
  private static final long TICK = 500;
  private static final Map<String, String> COLOURS =
      Map.of(
          "observe", "#9aa5b1",
          "step", "#3b82c4",
          "pivot", "#c0392b",
          "forward", "#2e8b57");

  private final JsonNode receipt;
  private final List<JsonNode> steps;
  private final Instant began;
  private final long millis;
  private final StringBuilder svg = new StringBuilder();

  private SwitchoverFigure(JsonNode receipt) {
    this.receipt = receipt;
    this.steps = StreamSupport.stream(receipt.path("steps").spliterator(), false).toList();
    this.began = at(steps.get(0), "started_at");
    this.millis = since(at(steps.get(steps.size() - 1), "ended_at"));
  }

  /** The figure, as SVG. */
  static String of(JsonNode receipt) {
    SwitchoverFigure figure = new SwitchoverFigure(receipt);
    figure.head();
    figure.held();
    figure.axis();
    figure.bars();
    figure.foot();
    return figure.svg.append("</svg>\n").toString();
  }

  private static Instant at(JsonNode step, String when) {
    return Instant.parse(step.path(when).asText());
  }

  private long since(Instant time) {
    return Duration.between(began, time).toMillis();
  }

  private JsonNode step(String name) {
    return steps.stream()
        .filter(step -> step.path("step").asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("the receipt has no step " + name));
  }

  private double x(long time) {
    return LEFT + (WIDTH - LEFT - RIGHT) * (double) time / millis;
  }

  private int bottom() {
    return TOP + ROW * steps.size();
  }

  private void line(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private void text(double x, double y, String more, String words) {
    line("<text x=\"%.1f\" y=\"%.1f\"%s>%s</text>", x, y, more, words);
  }

  private void head() {
    int height = bottom() + 64;
    line(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"12\" fill=\"#1f2933\">",
        WIDTH, height);
    line("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, height);
    String title =
        String.format(
            Locale.ROOT,
            "%s of %s to %s, %.1f s",
            receipt.path("runbook").asText(),
            receipt.path("cluster").asText(),
            receipt.path("scope").asText(),
            millis / 1000.0);
    text(16, 26, " font-size=\"16\" font-weight=\"bold\"", title);
  }

  /** From the pause to where the endpoints lead to the new primary. */
  private void held() {
    long from = since(at(step("PAUSE"), "started_at"));
    long promoted = since(at(step("TAKE_OVER"), "ended_at"));
    long led = since(at(step("ROUTE"), "ended_at"));
    line(
        "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#fdecea\"/>",
        x(from), TOP - 8, x(led) - x(from), bottom() - TOP + 12);
    text(
        x(from),
        TOP - 28,
        " fill=\"#c0392b\"",
        String.format(
            Locale.ROOT,
            "clients are held: %d ms, promoted after %d",
            led - from,
            promoted - from));
  }

  private void axis() {
    for (long time = 0; time <= millis; time += TICK) {
      line(
          "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"#dfe4ea\"/>",
          x(time), TOP - 8, bottom() + 4);
      text(
          x(time),
          bottom() + 18,
          " text-anchor=\"middle\" fill=\"#52606d\"",
          String.format(Locale.ROOT, "%.1f s", time / 1000.0));
    }
  }

  private void bars() {
    for (int i = 0; i < steps.size(); i++) {
      JsonNode step = steps.get(i);
      double y = TOP + ROW * (double) i;
      long from = since(at(step, "started_at"));
      long to = since(at(step, "ended_at"));
      text(LEFT - 10, y + 11, " text-anchor=\"end\"", step.path("step").asText());
      line(
          "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
          x(from), y, Math.max(1, x(to) - x(from)), BAR, colour(step.path("verb").asText()));
      text(x(to) + 5, y + 11, " fill=\"#52606d\"", (to - from) + " ms");
    }
  }

  private void foot() {
    double x = LEFT;
    for (String verb : List.of("observe", "step", "pivot", "forward")) {
      line(
          "<rect x=\"%.1f\" y=\"%d\" width=\"12\" height=\"12\" fill=\"%s\"/>",
          x, bottom() + 36, colour(verb));
      text(x + 18, bottom() + 46, "", meaning(verb));
      x += 175;
    }
  }

  private static String colour(String verb) {
    return COLOURS.getOrDefault(verb, "#000000");
  }

  private static String meaning(String verb) {
    return switch (verb) {
      case "observe" -> "looks, changes nothing";
      case "step" -> "is undone if it must be";
      case "pivot" -> "point of no return";
      default -> "only goes forward";
    };
  }
}
