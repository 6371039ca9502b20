package io.hiberlet.node.api;

import io.hiberlet.node.ContainerAccess;
import io.hiberlet.node.ContainerRef;
import io.hiberlet.node.ExecRequest;
import io.hiberlet.node.api.exec.ExecSession;
import io.hiberlet.node.api.exec.ExecTransport;
import io.hiberlet.node.api.exec.SpdyTransport;
import io.hiberlet.node.api.exec.StreamOptions;
import io.hiberlet.node.api.exec.UpgradeException;
import io.hiberlet.node.api.exec.WebSocketTransport;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.List;

/**
 * {@code /exec} and {@code /attach}, each {@code /{namespace}/{pod}[/{uid}]/{container}}, with the
 * kubelet's parameters. They take the connection over until their streams have ended.
 */
final class StreamRoutes {

  private final NodeContent content;

  StreamRoutes(NodeContent content) {
    this.content = content;
  }

  void exec(Exchange exchange) throws HttpException, IOException, InterruptedException {
    StreamOptions options = options(exchange.request().query());
    List<String> command = exchange.request().query().all("command");
    if (command.isEmpty()) {
      throw HttpException.badRequest("you must specify a command");
    }
    ContainerRef container = Containers.find(content.pods(), exchange.request().path());
    ExecRequest request =
        new ExecRequest(
            container.namespace(),
            container.pod(),
            container.uid(),
            container.container(),
            command,
            options.stdin(),
            options.tty());
    ContainerAccess containers = content.containers();
    ExecTransport transport = upgrade(exchange, options);
    new ExecSession(container, streams -> containers.exec(request, streams)).run(transport);
  }

  /** What comes in is dropped, as with any container that has no {@code stdin: true}. */
  void attach(Exchange exchange) throws HttpException, IOException, InterruptedException {
    StreamOptions options = options(exchange.request().query());
    ContainerRef container = Containers.find(content.pods(), exchange.request().path());
    ExecTransport transport = upgrade(exchange, options);
    transport.ignoreInput();
    new ExecSession(
            container,
            streams -> {
              content.containers().attach(container, options.tty(), streams);
              return 0;
            })
        .run(transport);
  }

  private static StreamOptions options(Query query) throws HttpException {
    boolean tty = query.isOne("tty");
    StreamOptions options =
        new StreamOptions(
            query.isOne("input"), query.isOne("output"), query.isOne("error") && !tty, tty);
    if (!options.stdin() && !options.stdout() && !options.stderr()) {
      throw HttpException.badRequest("you must specify at least 1 of stdin, stdout, stderr");
    }
    return options;
  }

  private static ExecTransport upgrade(Exchange exchange, StreamOptions options)
      throws HttpException, IOException, InterruptedException {
    Channel channel = exchange.channel();
    Request request = exchange.request();
    try {
      ExecTransport transport =
          WebSocketTransport.isWanted(request.headers())
              ? WebSocketTransport.upgrade(channel, request.uri(), request.headers(), options)
              : SpdyTransport.upgrade(channel, request.headers(), options);
      exchange.upgraded();
      return transport;
    } catch (UpgradeException e) {
      throw new HttpException(
          HttpResponseStatus.valueOf(e.status()), String.valueOf(e.getMessage()));
    }
  }
}
