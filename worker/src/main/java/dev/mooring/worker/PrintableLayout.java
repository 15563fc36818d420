package dev.mooring.worker;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.mooring.quoting.Printable;

/**
 * A pattern whose lines have no control characters of what is logged, and of which only the first
 * line of an event is not indented; named in logback.xml.
 */
public final class PrintableLayout extends PatternLayout {
  @Override
  public String doLayout(ILoggingEvent event) {
    return Printable.escaped(super.doLayout(event)).replaceAll("\n(?=\\S)", "\n  ");
  }
}
