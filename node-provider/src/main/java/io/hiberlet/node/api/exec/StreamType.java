package io.hiberlet.node.api.exec;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The streams of a command. */
enum StreamType {
  STDIN(0),
  STDOUT(1),
  STDERR(2),
  ERROR(3),
  RESIZE(4);

  private final int number;

  StreamType(int number) {
    this.number = number;
  }

  /** The first byte of its WebSocket messages. */
  int number() {
    return number;
  }

  /** As the SPDY header names it; null when there is none of that name. */
  static @Nullable StreamType of(String name) {
    for (StreamType type : values()) {
      if (type.wireName().equals(name)) {
        return type;
      }
    }
    return null;
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What the client has to open. */
  static Set<StreamType> expected(StreamOptions options, StreamProtocol protocol) {
    Set<StreamType> types = EnumSet.of(ERROR);
    if (options.stdin()) {
      types.add(STDIN);
    }
    if (options.stdout()) {
      types.add(STDOUT);
    }
    if (options.stderr()) {
      types.add(STDERR);
    }
    if (options.tty() && protocol.hasResize()) {
      types.add(RESIZE);
    }
    return types;
  }
}
