package io.hiberlet.node.api.exec;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.annotations.SerializedName;
import io.hiberlet.node.TerminalSize;
import io.hiberlet.node.TerminalSizes;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a client sends about its terminal: one JSON object {@code {"Width":80,"Height":24}}
 * after the other, each at the end of a line. What is none is passed over, as it changes nothing.
 * Used by the event loop.
 */
final class ResizeReader {
  private static final Logger log = LoggerFactory.getLogger(ResizeReader.class);
  private static final Gson GSON = new Gson();
  private static final int MOST_LINE_BYTES = 256;
  private static final int MOST_CHARACTERS = 65_535;

  private final TerminalSizes sizes = new TerminalSizes();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(0);

  TerminalSizes sizes() {
    return sizes;
  }

  void read(ByteBuf bytes) {
    while (bytes.isReadable()) {
      byte next = bytes.readByte();
      if (next == '\n' || next == '}') {
        line.write(next);
        parse();
        line.reset();
      } else if (line.size() < MOST_LINE_BYTES) {
        line.write(next);
      }
    }
  }

  private void parse() {
    try {
      Message size = GSON.fromJson(line.toString(StandardCharsets.UTF_8), Message.class);
      if (size != null && isSane(size.columns()) && isSane(size.rows())) {
        sizes.changed(new TerminalSize(size.columns(), size.rows()));
      }
    } catch (JsonParseException e) {
      log.atDebug().setCause(e).log("A client sent a terminal's size that is none");
    }
  }

  private static boolean isSane(int characters) {
    return characters > 0 && characters <= MOST_CHARACTERS;
  }

  /** As client-go writes it; what is absent is 0. */
  private record Message(
      @SerializedName("Width") int columns, @SerializedName("Height") int rows) {}
}
