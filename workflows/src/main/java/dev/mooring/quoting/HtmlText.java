package dev.mooring.quoting;

/** A text for HTML: no part of it is taken for markup or obeyed, not even inside an attribute. */
public final class HtmlText {
  private HtmlText() {}

  /** The text, with what HTML reads as markup replaced by its entities. */
  public static String of(String value) {
    return Printable.escaped(value)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
