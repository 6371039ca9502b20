package io.hiberlet.agent.hostio;

import java.util.concurrent.CompletionStage;

/**
 * Gives the bearer token of one controller's identity: valid now, renewed as needed. Never blocks.
 */
@FunctionalInterface
public interface TokenSource {
  CompletionStage<String> token();
}
