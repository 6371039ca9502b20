package io.hiberlet.agent.module.registry;

import io.hiberlet.agent.module.registry.RegistryHttp.Call;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Requests to one endpoint with one set of credentials or without, its challenges answered. What a
 * token service granted is kept here and nowhere else. Used by one thread.
 */
final class AuthorizedHttp {
  private final RegistryHttp http;
  private final Authorizer authorizer;
  private Optional<String> authorization = Optional.empty();

  AuthorizedHttp(RegistryHttp http, Authorizer authorizer) {
    this.http = http;
    this.authorizer = authorizer;
  }

  /** What is shown; empty when there was no need so far. */
  Optional<String> authorization() {
    return authorization;
  }

  /** Gets what is there, redirects followed. */
  Reply get(URI uri, Map<String, String> headers) throws IOException, InterruptedException {
    return answered(() -> http.get(uri, headers, authorization));
  }

  /** Sends a request that nobody redirects. */
  Reply send(Call call) throws IOException, InterruptedException {
    return answered(() -> http.send(call, authorization));
  }

  /** Sends a request to whom the endpoint has named, without saying who asks. */
  Reply sendElsewhere(Call call) throws IOException, InterruptedException {
    return http.send(call, Optional.empty());
  }

  @FunctionalInterface
  private interface Sending {
    Reply send() throws IOException, InterruptedException;
  }

  private Reply answered(Sending sending) throws IOException, InterruptedException {
    Reply reply = sending.send();
    if (reply.status() != 401) {
      return reply;
    }
    List<String> challenges = reply.headers().allValues("WWW-Authenticate");
    Optional<String> granted = authorizer.answer(Challenge.best(challenges));
    if (granted.isEmpty()) {
      return reply;
    }
    reply.close();
    authorization = granted;
    return sending.send();
  }
}
