package io.hiberlet.agent.pod;

import io.hiberlet.agent.hostio.TokenSource;
import io.hiberlet.node.client.ResourceException;
import io.hiberlet.node.client.ResourceException.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The bound token of one pod's service account, in memory only. Asked for when first needed and
 * again when a fifth of its life is left, as the kubelet does; concurrent callers share one
 * request. Thread-safe.
 */
final class PodToken implements TokenSource {

  /** A token and its life. */
  record Token(String value, Instant issuedAt, Instant expiresAt) {
    boolean isFresh(Instant now) {
      Duration life = Duration.between(issuedAt, expiresAt);
      return now.isBefore(issuedAt.plus(life.multipliedBy(4).dividedBy(5)));
    }

    @Override
    public String toString() {
      return "Token until " + expiresAt; // never the value: this ends up in logs
    }
  }

  private final Callable<Token> request;
  private final Executor blocking;
  private final Clock clock;
  private @Nullable CompletableFuture<Token> latest;
  private volatile TroubleListener trouble = (reason, message) -> {};

  /**
   * @param request asks the API server; blocks
   * @param blocking runs it
   */
  PodToken(Callable<Token> request, Executor blocking, Clock clock) {
    this.request = request;
    this.blocking = blocking;
    this.clock = clock;
  }

  /** Has it told, from now on, when this node may not have the token. */
  void tellTrouble(TroubleListener listener) {
    trouble = listener;
  }

  @Override
  public synchronized CompletionStage<String> token() {
    CompletableFuture<Token> current = latest;
    if (current == null || isSpent(current)) {
      current = ask();
      latest = current;
    }
    return current.thenApply(Token::value);
  }

  /** Forgets that token, unless another has taken its place already. */
  @Override
  public synchronized void refused(String token) {
    CompletableFuture<Token> current = latest;
    if (current != null
        && current.isDone()
        && !current.isCompletedExceptionally()
        && current.join().value().equals(token)) {
      latest = null;
    }
  }

  private boolean isSpent(CompletableFuture<Token> token) {
    return token.isCompletedExceptionally()
        || (token.isDone() && !token.join().isFresh(clock.instant()));
  }

  private CompletableFuture<Token> ask() {
    CompletableFuture<Token> answer = new CompletableFuture<>();
    blocking.execute(
        () -> {
          try {
            answer.complete(request.call());
          } catch (Exception e) { // whatever it is, it is the answer
            if (e instanceof ResourceException denied && denied.reason() == Reason.FORBIDDEN) {
              trouble.trouble("TokenForbidden", String.valueOf(e.getMessage()));
            }
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }
}
