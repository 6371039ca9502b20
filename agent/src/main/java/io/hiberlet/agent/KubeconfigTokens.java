package io.hiberlet.agent;

import io.hiberlet.agent.hostio.TokenSource;
import io.hiberlet.node.client.KubeconfigUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The token of a kubeconfig's user, read anew when it was refused. Thread-safe. */
final class KubeconfigTokens implements TokenSource {
  private final KubeconfigUser user;
  private final Executor blocking;
  private @Nullable CompletableFuture<String> known; // guarded by this

  KubeconfigTokens(KubeconfigUser user, Executor blocking) {
    this.user = user;
    this.blocking = blocking;
  }

  @Override
  public synchronized CompletionStage<String> token() {
    if (known == null || known.isCompletedExceptionally()) {
      known = CompletableFuture.supplyAsync(this::read, blocking);
    }
    return known;
  }

  @Override
  public synchronized void refused(String token) {
    if (known != null && token.equals(known.getNow(""))) {
      known = null;
    }
  }

  private String read() {
    try {
      return user.token().orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
