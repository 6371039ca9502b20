package io.hiberlet.devcluster.server;

import io.hiberlet.devcluster.api.ApiResponse;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One request to a kubelet on behalf of a client. Its answer goes to the client as it comes, at the
 * client's pace; when it is {@code 101 Switching Protocols}, both connections become a tunnel. Any
 * other answer ends both connections, so nobody gets to send a kubelet a second request with the
 * API server's rights.
 *
 * <p>Used by the client's event loop only, which also drives the connection to the kubelet.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class KubeletCall extends ChannelInboundHandlerAdapter {
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  private final ApiResponse.Kubelet kubelet;
  private final SslContext tls;
  private final Channel client;
  private boolean answered;
  private boolean upgraded;

  KubeletCall(ApiResponse.Kubelet kubelet, SslContext tls, Channel client) {
    this.kubelet = kubelet;
    this.tls = tls;
    this.client = client;
  }

  static FullHttpRequest request(ApiResponse.Kubelet kubelet) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, kubelet.target());
    request.headers().set(HttpHeaderNames.HOST, kubelet.host() + ":" + kubelet.port());
    request.headers().set(HttpHeaderNames.CONNECTION, "close");
    return request;
  }

  /** The client's own request with all its fields, but those that say who it is. */
  static FullHttpRequest upgrade(ApiResponse.Kubelet kubelet, FullHttpRequest original) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, original.method(), kubelet.target());
    request.headers().set(original.headers());
    request.headers().remove(HttpHeaderNames.AUTHORIZATION);
    request.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
    request.headers().remove(HttpHeaderNames.ORIGIN);
    request.headers().set(HttpHeaderNames.HOST, kubelet.host() + ":" + kubelet.port());
    HttpUtil.setContentLength(request, 0);
    return request;
  }

  void start(FullHttpRequest request) {
    new Bootstrap()
        .group(client.eventLoop())
        .channel(NioSocketChannel.class)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(tls.newHandler(channel.alloc(), kubelet.host(), kubelet.port()))
                    .addLast(new HttpClientCodec())
                    .addLast(KubeletCall.this);
              }
            })
        .connect(kubelet.host(), kubelet.port())
        .addListener(
            (ChannelFutureListener)
                connected -> {
                  if (connected.isSuccess()) {
                    client.closeFuture().addListener(closed -> connected.channel().close());
                    connected
                        .channel()
                        .writeAndFlush(request)
                        .addListener(sent -> check(sent.cause()));
                  } else {
                    check(connected.cause());
                  }
                });
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    switch (message) {
      case HttpResponse response -> {
        answered = true;
        upgraded = response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
        client.writeAndFlush(head(response));
      }
      case LastHttpContent last when upgraded -> {
        last.release();
        becomeTunnel(ctx);
      }
      case LastHttpContent last ->
          client.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
      case HttpContent content -> {
        ctx.channel().config().setAutoRead(false);
        client
            .writeAndFlush(content)
            .addListener(written -> ctx.channel().config().setAutoRead(true));
      }
      default -> ReferenceCountUtil.release(message);
    }
  }

  private HttpResponse head(HttpResponse response) {
    if (upgraded) {
      FullHttpResponse head = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, response.status());
      head.headers().set(response.headers());
      return head;
    }
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, response.status());
    String type = response.headers().get(HttpHeaderNames.CONTENT_TYPE, "text/plain");
    head.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    HttpUtil.setTransferEncodingChunked(head, true);
    return head;
  }

  private void becomeTunnel(ChannelHandlerContext ctx) {
    client.pipeline().addLast(new Relay(ctx.channel()));
    client.pipeline().remove(RequestHandler.class);
    client.pipeline().remove(HttpObjectAggregator.class);
    client.pipeline().remove(HttpServerCodec.class);
    ctx.pipeline().addLast(new Relay(client));
    ctx.pipeline().remove(this);
    ctx.pipeline().remove(HttpClientCodec.class);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!answered) {
      fail("the kubelet closed the connection");
    } else {
      client.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    check(cause);
    ctx.close();
  }

  private void check(@Nullable Throwable cause) {
    if (cause != null) {
      fail(String.valueOf(cause.getMessage()));
    }
  }

  private void fail(String why) {
    if (answered) {
      client.close();
      return;
    }
    answered = true;
    ApiException failure =
        ApiException.internal(
            "error dialing backend: https://%s:%d: %s"
                .formatted(kubelet.host(), kubelet.port(), why));
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(failure.code()),
            Unpooled.wrappedBuffer(Json.bytes(failure.status())));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    HttpUtil.setContentLength(response, response.content().readableBytes());
    client.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
