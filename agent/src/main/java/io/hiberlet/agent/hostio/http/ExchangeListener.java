package io.hiberlet.agent.hostio.http;

/**
 * Hears the answer to one request: a head, any number of pieces, an end; or a failure at any point,
 * which is the last that is heard. Called by one event loop, so one call at a time, and never from
 * inside a call to {@link Upstream} or {@link Exchange}. Must not block.
 */
public interface ExchangeListener {

  void onHead(ResponseHead head);

  /**
   * A piece of the body, never empty, owned by the listener from now on.
   *
   * @return whether to read on; after false nothing more comes until {@link Exchange#resume}
   */
  boolean onBody(byte[] piece);

  void onEnd();

  void onFailure(UpstreamException failure);
}
