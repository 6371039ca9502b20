package io.hiberlet.node.api.exec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hiberlet.node.TerminalSize;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.EnumSet;

/** What a client may send after it has switched to SPDY, whatever it is. */
final class SpdyFuzzTest {

  @FuzzTest
  void anyBytes(byte[] bytes) throws IOException {
    EmbeddedChannel channel = new EmbeddedChannel();
    SpdyStreams streams = new SpdyStreams(channel, EnumSet.allOf(StreamType.class));
    channel
        .pipeline()
        .addLast(new PausedReads(), new SpdyFrames(channel), new SpdyHeaderErrors())
        .addLast(streams, new ProtocolErrors());
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(bytes));
      assertTrue(channel.inboundMessages().isEmpty(), "a frame fell through");
      assertTrue(streams.stdin().input().available() <= bytes.length, "more than was sent");
      streams.sizes().listen(SpdyFuzzTest::assertSane);
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  private static void assertSane(TerminalSize size) {
    assertTrue(size.columns() > 0 && size.rows() > 0, size::toString);
  }
}
