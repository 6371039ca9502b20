package io.hiberlet.agent.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A mapping of a YAML file, read key by key. Whoever reads it asks for every key there can be, then
 * calls {@link #refuseOthers}. Every error is a {@link ConfigException} that begins with {@code
 * FILE:LINE:}. Used by one thread.
 */
final class YamlSection {

  private final String file;
  private final String path;
  private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();

  private YamlSection(String file, String path) {
    this.file = file;
    this.path = path;
  }

  /** A section without any key, for a file that is not there. */
  static YamlSection empty() {
    return new YamlSection("", "");
  }

  /**
   * @param path the keys that lead to it, each followed by a dot
   */
  static YamlSection of(String file, String path, Node node) throws ConfigException {
    YamlSection section = new YamlSection(file, path);
    if (node.getTag().equals(Tag.NULL)) {
      return section;
    }
    if (!(node instanceof MappingNode mapping)) {
      throw section.error(node, "%s must be a mapping of keys to values".formatted(section.name()));
    }
    for (NodeTuple entry : mapping.getValue()) {
      String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      if (section.entries.put(key, entry) != null) {
        throw section.error(entry.getKeyNode(), "%s%s is given twice".formatted(path, key));
      }
    }
    return section;
  }

  YamlSection section(String key) throws ConfigException {
    Optional<Node> value = value(key);
    return value.isPresent()
        ? of(file, path + key + ".", value.get())
        : new YamlSection(file, path + key + ".");
  }

  Optional<String> text(String key) throws ConfigException {
    Optional<Node> value = value(key);
    return value.isPresent() ? Optional.of(text(key, value.get())) : Optional.empty();
  }

  /** A text that the parser understands; what it throws becomes the error's message. */
  <T> Optional<T> parsed(String key, Function<String, T> parser) throws ConfigException {
    Optional<Node> value = value(key);
    return value.isPresent()
        ? Optional.of(parse(key, value.get(), scalar(key, value.get()), parser))
        : Optional.empty();
  }

  boolean flag(String key, boolean otherwise) throws ConfigException {
    Optional<Node> value = value(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    String text = scalar(key, value.get());
    if (!value.get().getTag().equals(Tag.BOOL) || !text.matches("true|false")) {
      throw error(value.get(), "%s%s must be true or false, not '%s'".formatted(path, key, text));
    }
    return Boolean.parseBoolean(text);
  }

  int number(String key, int otherwise, int least, int most) throws ConfigException {
    return within(key, otherwise, least, most, YamlSection::integer, Object::toString);
  }

  long bytes(String key, long otherwise, long least, long most) throws ConfigException {
    return within(key, otherwise, least, most, Quantities::bytes, Quantities::bytesText);
  }

  Duration duration(String key, Duration otherwise, Duration least, Duration most)
      throws ConfigException {
    return within(key, otherwise, least, most, Quantities::duration, Quantities::durationText);
  }

  <T extends Comparable<T>> T within(
      String key,
      T otherwise,
      T least,
      T most,
      Function<String, T> parser,
      Function<T, String> printer)
      throws ConfigException {
    Optional<T> value = parsed(key, parser);
    if (value.isPresent()
        && (value.get().compareTo(least) < 0 || value.get().compareTo(most) > 0)) {
      throw error(
          key,
          "%s%s must be within %s and %s, not %s"
              .formatted(
                  path,
                  key,
                  printer.apply(least),
                  printer.apply(most),
                  printer.apply(value.get())));
    }
    return value.orElse(otherwise);
  }

  List<String> texts(String key) throws ConfigException {
    Optional<Node> value = value(key);
    List<String> texts = new ArrayList<>();
    if (value.isPresent()) {
      if (!(value.get() instanceof SequenceNode sequence)) {
        throw error(value.get(), "%s%s must be a list".formatted(path, key));
      }
      for (Node element : sequence.getValue()) {
        texts.add(text(key, element));
      }
    }
    return texts;
  }

  /** A list of sections. */
  List<YamlSection> sections(String key) throws ConfigException {
    Optional<Node> value = value(key);
    List<YamlSection> sections = new ArrayList<>();
    if (value.isPresent()) {
      if (!(value.get() instanceof SequenceNode sequence)) {
        throw error(value.get(), "%s%s must be a list".formatted(path, key));
      }
      for (Node element : sequence.getValue()) {
        sections.add(of(file, "%s%s[%d].".formatted(path, key, sections.size()), element));
      }
    }
    return sections;
  }

  /** Reports that a key is not there. */
  ConfigException missing(String key, String rule) {
    return new ConfigException("%s: %s%s %s".formatted(file, path, key, rule));
  }

  /** All keys of this section, whatever they are called. */
  Map<String, String> allTexts() throws ConfigException {
    Map<String, String> texts = new HashMap<>();
    for (String key : entries.keySet()) {
      texts.put(key, text(key).orElse(""));
    }
    return texts;
  }

  /** All keys of this section, whatever they are called; each value a list. */
  Map<String, List<String>> allLists() throws ConfigException {
    Map<String, List<String>> lists = new HashMap<>();
    for (String key : entries.keySet()) {
      lists.put(key, texts(key));
    }
    return lists;
  }

  /** Refuses keys that nobody asked for. */
  void refuseOthers() throws ConfigException {
    for (Map.Entry<String, NodeTuple> entry : entries.entrySet()) {
      if (!asked.contains(entry.getKey())) {
        throw error(
            entry.getValue().getKeyNode(),
            "unknown key '%s%s'%s"
                .formatted(
                    path,
                    entry.getKey(),
                    Suggestion.of(entry.getKey(), asked)
                        .map(meant -> "; did you mean '%s%s'?".formatted(path, meant))
                        .orElse("; known here: " + String.join(", ", asked))));
      }
    }
  }

  /** Reports what is wrong with the value of a key, or with its absence. */
  ConfigException error(String key, String message) {
    NodeTuple entry = entries.get(key);
    return entry == null ? new ConfigException(message) : error(entry.getValueNode(), message);
  }

  private Optional<Node> value(String key) {
    asked.add(key);
    return Optional.ofNullable(entries.get(key))
        .map(NodeTuple::getValueNode)
        .filter(node -> !node.getTag().equals(Tag.NULL));
  }

  private String text(String key, Node node) throws ConfigException {
    String text = scalar(key, node);
    if (!node.getTag().equals(Tag.STR)) {
      throw error(
          node, "%s%s must be a text; write it in quotes: \"%s\"".formatted(path, key, text));
    }
    return text;
  }

  private String scalar(String key, Node node) throws ConfigException {
    if (!(node instanceof ScalarNode scalar)) {
      throw error(node, "%s%s must be a single value".formatted(path, key));
    }
    return scalar.getValue();
  }

  private <T> T parse(String key, Node node, String text, Function<String, T> parser)
      throws ConfigException {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw error(node, path + key + ": " + e.getMessage());
    }
  }

  private static Integer integer(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'%s' is not a whole number".formatted(text), e);
    }
  }

  private String name() {
    return path.isEmpty() ? "the file" : path.substring(0, path.length() - 1);
  }

  private ConfigException error(Node node, String message) {
    int line = node.getStartMark().getLine() + 1;
    return new ConfigException("%s:%d: %s".formatted(file, line, message));
  }
}
