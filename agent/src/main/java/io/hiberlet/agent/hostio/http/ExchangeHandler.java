package io.hiberlet.agent.hostio.http;

import io.hiberlet.agent.hostio.http.UpstreamException.Reason;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The end of a pipeline that speaks {@link HttpObject}s, for HTTP/1.1 a connection and for HTTP/2 a
 * stream: writes one request at a time and hands its answer to the {@link Call}. The channel does
 * not read by itself: it reads when the call wants more. Belongs to the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the pipeline tells what became of it
final class ExchangeHandler extends ChannelInboundHandlerAdapter implements Call.Carrier {

  /** Told how an exchange left the channel. Called by the event loop. */
  interface Owner {
    /** The answer is complete. */
    void completed(boolean reusable);

    /** The channel closed, or must be. {@code untouched}: the server did not act on the request. */
    void broken(Call call, boolean untouched, UpstreamException failure);
  }

  private final UpstreamConfig config;
  private final Owner owner;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Call call;
  private boolean answered;
  private boolean informational;
  private boolean reusable;
  private boolean wantsMore;
  private boolean untouched;
  private @Nullable Long resetCode;

  ExchangeHandler(UpstreamConfig config, Owner owner) {
    this.config = config;
    this.owner = owner;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  /**
   * Sends the request of a call and reads its answer. The channel is active and carries no other.
   */
  void carry(Call next) {
    ChannelHandlerContext ctx = connected();
    call = next;
    answered = false;
    wantsMore = true;
    next.carriedBy(this);
    ctx.writeAndFlush(encode(next.request()))
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                untouched |= isRefusedHere(written.cause());
                breakOff("the request could not be sent: " + written.cause());
              }
            });
    ctx.read();
  }

  /** A stream that just ended may count for a moment longer with the codec than with us. */
  private static boolean isRefusedHere(Throwable cause) {
    return cause instanceof Http2Exception refusal && refusal.error() == Http2Error.REFUSED_STREAM;
  }

  @Override
  public void readOn() {
    wantsMore = true;
    connected().read();
  }

  @Override
  public void drop() {
    call = null;
    connected().close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (call != null && message instanceof HttpObject part) {
        receive(call, part);
      } else if (message instanceof Http2ResetFrame reset) {
        noteReset(reset);
      } else if (call == null) {
        ctx.close(); // an answer to nothing
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (call != null && wantsMore) {
      ctx.read();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    try {
      if (event instanceof Http2ResetFrame reset) {
        noteReset(reset);
      } else if (event instanceof Http2GoAwayFrame) {
        untouched = true; // our stream's number is above the last that the server took
        ctx.close();
      }
    } finally {
      ReferenceCountUtil.release(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    String reset = resetCode == null ? "" : " (HTTP/2 error code " + resetCode + ")";
    breakOff(
        answered
            ? "the connection was lost before the answer was complete" + reset
            : "the connection was lost before an answer came" + reset);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    breakOff("the connection failed: " + cause);
    ctx.close();
  }

  private void receive(Call current, HttpObject part) {
    if (part.decoderResult().isFailure()) {
      refuse(current, part.decoderResult().cause());
      return;
    }
    if (part instanceof HttpResponse response) {
      receiveHead(current, response);
    }
    if (part instanceof HttpContent content) {
      receiveBody(current, content);
    }
  }

  private void receiveHead(Call current, HttpResponse response) {
    informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    if (!informational) {
      answered = true;
      reusable = HttpUtil.isKeepAlive(response);
      current.head(HopByHop.head(response));
    }
  }

  private void receiveBody(Call current, HttpContent content) {
    boolean last = content instanceof LastHttpContent;
    if (informational) {
      informational = !last;
      return;
    }
    if (content.content().isReadable()) {
      wantsMore = current.body(ByteBufUtil.getBytes(content.content()));
    }
    if (last && call == current) {
      call = null;
      current.complete();
      owner.completed(reusable);
    }
  }

  private void refuse(Call current, Throwable cause) {
    call = null;
    Reason reason = cause instanceof TooLongFrameException ? Reason.TOO_LARGE : Reason.CONNECTION;
    String what = reason == Reason.TOO_LARGE ? "the answer's head is too large" : "not HTTP";
    connected().close();
    owner.broken(current, false, new UpstreamException(reason, what, cause));
  }

  private void noteReset(Http2ResetFrame reset) {
    resetCode = reset.errorCode();
    untouched |= reset.errorCode() == Http2Error.REFUSED_STREAM.code();
  }

  private void breakOff(String what) {
    Call current = call;
    if (current != null) {
      call = null;
      owner.broken(current, untouched && !answered, new UpstreamException(Reason.CONNECTION, what));
    }
  }

  private HttpRequest encode(UpstreamRequest request) {
    DefaultFullHttpRequest message =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.valueOf(request.method()),
            request.target(),
            Unpooled.wrappedBuffer(request.body()));
    request.fields().forEach(field -> message.headers().add(field.name(), field.value()));
    message.headers().set(HttpHeaderNames.HOST, config.authority());
    if (request.body().length > 0 || !request.isSafe()) {
      message.headers().set(HttpHeaderNames.CONTENT_LENGTH, request.body().length);
    }
    return message;
  }

  private ChannelHandlerContext connected() {
    if (context == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return context;
  }
}
