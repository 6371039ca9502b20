package io.hiberlet.agent.volume;

import io.hiberlet.node.PodKey;
import io.hiberlet.node.client.ResourceException;
import io.hiberlet.node.client.ServiceAccountToken;
import java.time.Duration;
import java.util.List;

/** Asks for tokens of service accounts. Thread-safe; blocks for one request. */
@FunctionalInterface
public interface TokenRequests {

  /**
   * A token that dies with the pod.
   *
   * @param audiences none for the API server
   * @param life wished for; the server may grant another
   */
  ServiceAccountToken request(
      PodKey pod, String serviceAccount, Duration life, List<String> audiences)
      throws ResourceException;
}
