package io.hiberlet.node.api.exec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.io.IOException;

/** What a client may send after it has switched to WebSocket, whatever it is. */
final class WebSocketFuzzTest {

  @FuzzTest
  void anyBytes(byte[] bytes) throws IOException {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new WebSocket13FrameDecoder(WebSocketTransport.FRAMES),
            new WebSocketFrameAggregator(WebSocketTransport.MAX_MESSAGE_BYTES));
    WebSocketStreams streams = new WebSocketStreams(channel, StreamProtocol.V5);
    channel.pipeline().addLast(streams, new ProtocolErrors());
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(bytes));
      assertTrue(channel.inboundMessages().isEmpty(), "a message fell through");
      assertTrue(streams.stdin().input().available() <= bytes.length, "more than was sent");
    } finally {
      channel.finishAndReleaseAll();
    }
  }
}
