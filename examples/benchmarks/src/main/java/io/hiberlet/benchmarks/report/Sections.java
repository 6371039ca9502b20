package io.hiberlet.benchmarks.report;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parts of a page that are made and not written, between two comments that name them. */
final class Sections {
  private static final Pattern SECTION =
      Pattern.compile("(<!-- made: ([a-z-]+) -->\n).*?(<!-- end -->)", Pattern.DOTALL);

  private Sections() {}

  /**
   * The page with its sections made anew; those of which nothing is known stay.
   *
   * @param contents by name
   */
  static String fill(String page, Map<String, String> contents) {
    return SECTION
        .matcher(page)
        .replaceAll(
            section -> {
              String content = contents.get(section.group(2));
              return Matcher.quoteReplacement(
                  content == null
                      ? section.group()
                      : section.group(1) + "\n" + content.strip() + "\n\n" + section.group(3));
            });
  }
}
