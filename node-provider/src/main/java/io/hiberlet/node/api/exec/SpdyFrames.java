package io.hiberlet.node.api.exec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;

/**
 * Between bytes and frames, with the limits of this server. When the channel is closed because of a
 * frame, the headers of those that came with it are dropped: Netty's codec would decode them with a
 * decompressor that it has closed.
 */
final class SpdyFrames extends SpdyFrameCodec {
  private static final int CHUNK_BYTES = 16 << 10;
  private static final int MAX_HEADER_BYTES = 8 << 10;

  private final Channel channel;

  SpdyFrames(Channel channel) {
    super(SpdyVersion.SPDY_3_1, CHUNK_BYTES, MAX_HEADER_BYTES, 6, 15, 8);
    this.channel = channel;
  }

  @Override
  public void readHeaderBlock(ByteBuf headerBlock) {
    if (channel.isActive()) {
      super.readHeaderBlock(headerBlock);
    } else {
      headerBlock.release();
    }
  }
}
