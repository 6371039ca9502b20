package io.hiberlet.benchmarks.report;

import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** A plot on two logarithmic axes, as SVG. Used by one thread. */
final class LogLogPlot {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 540;
  private static final int LEFT = 70;
  private static final int RIGHT = 230;
  private static final int TOP = 50;
  private static final int BOTTOM = 60;
  private static final int LABEL_GAP = 15;

  private final String title;
  private final Axis x;
  private final Axis y;
  private final List<Series> series = new ArrayList<>();

  /**
   * One axis.
   *
   * @param least of its range
   * @param most of its range
   * @param ticks where it has a line and a number
   */
  record Axis(String name, double least, double most, List<Double> ticks) {
    Axis {
      ticks = List.copyOf(ticks);
    }

    /** Where a value is on it, from 0 to 1. */
    double place(double value) {
      return Math.log(value / least) / Math.log(most / least);
    }
  }

  /** One point. */
  record Point(double x, double y) {}

  /**
   * One line, named at its right end.
   *
   * @param style the line's SVG attributes
   */
  record Series(String name, String style, List<Point> points) {
    Series {
      points = List.copyOf(points);
    }
  }

  LogLogPlot(String title, Axis x, Axis y) {
    this.title = title;
    this.x = x;
    this.y = y;
  }

  LogLogPlot add(Series line) {
    series.add(line);
    return this;
  }

  String toSvg() {
    Formatter svg = new Formatter(Locale.ROOT);
    svg.format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"13\" fill=\"#222\">%n",
        WIDTH, HEIGHT);
    svg.format("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>%n", WIDTH, HEIGHT);
    text(svg, LEFT, 28, "start", "font-size=\"16\" font-weight=\"bold\"", title);
    grid(svg);
    series.forEach(each -> curve(svg, each));
    labels(svg);
    svg.format("</svg>%n");
    return svg.toString();
  }

  private void grid(Formatter svg) {
    for (double tick : x.ticks()) {
      double at = left(tick);
      svg.format("<path d=\"M%.1f %d V%d\" stroke=\"#ddd\"/>%n", at, TOP, HEIGHT - BOTTOM);
      text(svg, at, HEIGHT - BOTTOM + 20, "middle", "", number(tick));
    }
    for (double tick : y.ticks()) {
      double at = top(tick);
      svg.format("<path d=\"M%d %.1f H%d\" stroke=\"#ddd\"/>%n", LEFT, at, WIDTH - RIGHT);
      text(svg, LEFT - 8, at + 4, "end", "", number(tick));
    }
    text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 16, "middle", "", x.name());
    svg.format("<g transform=\"translate(20 %d) rotate(-90)\">%n", (TOP + HEIGHT - BOTTOM) / 2);
    text(svg, 0, 0, "middle", "", y.name());
    svg.format("</g>%n");
  }

  private void curve(Formatter svg, Series each) {
    Formatter path = new Formatter(Locale.ROOT);
    String to = "M";
    for (Point point : each.points()) {
      path.format("%s%.1f %.1f", to, left(point.x()), top(point.y()));
      to = " L";
    }
    svg.format("<g %s><path d=\"%s\" fill=\"none\" stroke-width=\"2\"/>%n", each.style(), path);
    for (Point point : each.points()) {
      svg.format(
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" stroke-dasharray=\"none\"/>%n",
          left(point.x()), top(point.y()));
    }
    svg.format("</g>%n");
  }

  /** Names at the lines' ends, moved apart where two would meet. */
  private void labels(Formatter svg) {
    double lowest = TOP;
    List<Series> fromTheTop =
        series.stream().sorted((a, b) -> Double.compare(last(a), last(b))).toList();
    for (Series each : fromTheTop) {
      double at = Math.max(last(each) + 4, lowest);
      text(svg, WIDTH - RIGHT + 10, at, "start", "", each.name());
      lowest = at + LABEL_GAP;
    }
  }

  private double last(Series each) {
    return top(each.points().getLast().y());
  }

  private double left(double value) {
    return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private double top(double value) {
    return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.valueOf(value);
  }

  private static void text(
      Formatter svg, double left, double top, String anchor, String style, String text) {
    svg.format(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>%n",
        left, top, anchor, style, text);
  }
}
