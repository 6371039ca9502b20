package io.hiberlet.agent.hostio;

import java.util.concurrent.CompletionStage;

/**
 * Gives the bearer token of one controller's identity: valid now, renewed as needed. Called by any
 * thread; never blocks.
 */
@FunctionalInterface
public interface TokenSource {

  /** The token; empty where the connection itself says who asks. */
  CompletionStage<String> token();

  /**
   * The API server answered 401 to this token; {@link #token} is asked again right after. A source
   * that keeps tokens forgets this one.
   */
  default void refused(String token) {}
}
