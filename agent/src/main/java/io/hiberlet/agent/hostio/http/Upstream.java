package io.hiberlet.agent.hostio.http;

/** Carries requests to the server. May be called by any thread; no call blocks. */
public interface Upstream extends AutoCloseable {

  /**
   * The most that an exchange which is told to stop reading still holds on its own account, in
   * bytes. Nothing of it is delivered before {@link Exchange#resume}, and the server cannot send
   * more than this.
   */
  int MAX_HELD_BYTES = 96 * 1024;

  /** Sends a request and tells the listener of the answer. */
  Exchange send(UpstreamRequest request, ExchangeListener listener);

  /** Fails what is under way and closes the connections. */
  @Override
  void close();
}
