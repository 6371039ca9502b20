package io.hiberlet.agent.hostio.http;

/** A request under way. May be called by any thread; no call blocks. */
public interface Exchange {

  /** Reads on after {@link ExchangeListener#onBody} answered false. */
  void resume();

  /** Gives the exchange up. What is on its way to the listener may still reach it. */
  void cancel();
}
