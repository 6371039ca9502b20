package io.hiberlet.agent.module.layer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What the records of a pax header say of the entry that follows. */
final class PaxAttributes {
  private @Nullable String path;
  private @Nullable Long size;
  private boolean sparse;

  void setPath(String path) {
    this.path = path;
  }

  Optional<String> path() {
    return Optional.ofNullable(path);
  }

  OptionalLong size() {
    return size == null ? OptionalLong.empty() : OptionalLong.of(size);
  }

  /** Whether the content is not the file, but a map of its holes and what is between them. */
  boolean isSparse() {
    return sparse;
  }

  /** Records of the form {@code LENGTH KEY=VALUE\n}. */
  void read(byte[] records) throws LayerException {
    int at = 0;
    while (at < records.length) {
      int space = indexOf(records, (byte) ' ', at);
      int length = space < 0 ? 0 : positive(new String(records, at, space - at, ISO_8859_1));
      int end = at + length;
      int equals = indexOf(records, (byte) '=', space + 1);
      if (end <= space
          || end > records.length
          || equals < 0
          || equals >= end - 1
          || records[end - 1] != '\n') {
        throw malformed();
      }
      String key = new String(records, space + 1, equals - space - 1, UTF_8);
      set(key, new String(records, equals + 1, end - 1 - equals - 1, UTF_8));
      at = end;
    }
  }

  private void set(String key, String value) throws LayerException {
    if (key.equals("path")) {
      path = value;
    } else if (key.equals("size")) {
      if (!value.matches("\\d{1,18}")) {
        throw malformed();
      }
      size = Long.parseLong(value);
    } else if (key.startsWith("GNU.sparse.")) {
      sparse = true;
    }
  }

  private static int positive(String digits) throws LayerException {
    if (!digits.matches("\\d{1,6}")) {
      throw malformed();
    }
    return Integer.parseInt(digits);
  }

  private static int indexOf(byte[] bytes, byte wanted, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static LayerException malformed() {
    return new LayerException("the layer's archive has a malformed extended header");
  }
}
