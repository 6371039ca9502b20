package io.hiberlet.node.api;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.spdy.SpdyProtocolException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One client's connection: takes one request at a time and has it answered on a virtual thread.
 * Owned by the connection's event loop.
 *
 * <pre>
 * waiting --request--> answering --answered--> waiting
 *    |                     |  '-----upgraded-----> a stream of its own until the connection ends
 *    '--timeout------------+--client gone--> closed; the answering thread is interrupted
 * </pre>
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // A failed write closes the channel, which is handled.
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);

  private final Router router;
  private final ExecutorService answering;
  private final Duration requestTimeout;
  private @Nullable Future<?> answer;
  private @Nullable Exchange next;
  private @Nullable ScheduledFuture<?> deadline;

  HttpConnection(Router router, ExecutorService answering, Duration requestTimeout) {
    this.router = router;
    this.answering = answering;
    this.requestTimeout = requestTimeout;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    awaitRequest(ctx);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
    cancelDeadline();
    Throwable malformed = message.decoderResult().cause();
    if (malformed != null) {
      refuse(ctx, statusOf(malformed), "Malformed request");
      return;
    }
    Request request;
    try {
      request = Request.of(message, certificate(ctx));
    } catch (IllegalArgumentException e) {
      refuse(ctx, HttpResponseStatus.BAD_REQUEST, "Malformed request target");
      return;
    }
    boolean keepAlive =
        HttpUtil.isKeepAlive(message) && message.protocolVersion().equals(HttpVersion.HTTP_1_1);
    Exchange exchange = new Exchange(ctx.channel(), request, keepAlive);
    if (answer == null) {
      answer(ctx, exchange);
    } else if (next == null) {
      // The client has the whole answer already, and was faster than our note of it.
      next = exchange;
    } else {
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    cancelDeadline();
    if (answer != null) {
      answer.cancel(true);
    }
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    boolean byTheClient =
        cause instanceof IOException
            || cause instanceof CodecException
            || cause instanceof SpdyProtocolException;
    log.atLevel(byTheClient ? Level.DEBUG : Level.WARN).setCause(cause).log("Connection failed");
    ctx.close();
  }

  private void answer(ChannelHandlerContext ctx, Exchange exchange) {
    try {
      answer =
          answering.submit(
              () -> {
                boolean reusable = router.answer(exchange);
                ctx.executor().execute(() -> answered(ctx, reusable));
              });
    } catch (RejectedExecutionException e) {
      ctx.close();
    }
  }

  private void answered(ChannelHandlerContext ctx, boolean reusable) {
    answer = null;
    if (reusable && next != null) {
      Exchange exchange = next;
      next = null;
      answer(ctx, exchange);
    } else if (reusable) {
      awaitRequest(ctx);
    } else {
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void awaitRequest(ChannelHandlerContext ctx) {
    deadline =
        ctx.executor()
            .schedule(() -> ctx.close(), requestTimeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  private static @Nullable X509Certificate certificate(ChannelHandlerContext ctx) {
    try {
      var session = ctx.pipeline().get(SslHandler.class).engine().getSession();
      return session.getPeerCertificates()[0] instanceof X509Certificate x509 ? x509 : null;
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  private static HttpResponseStatus statusOf(Throwable malformed) {
    return switch (malformed) {
      case TooLongHttpLineException e -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
      case TooLongHttpHeaderException e -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
      default -> HttpResponseStatus.BAD_REQUEST;
    };
  }

  private void refuse(ChannelHandlerContext ctx, HttpResponseStatus status, String text) {
    if (answer != null) {
      ctx.close();
      return;
    }
    var body = Unpooled.copiedBuffer(text + "\n", StandardCharsets.UTF_8);
    var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
    response.headers().set(HttpHeaderNames.CONNECTION, "close");
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
