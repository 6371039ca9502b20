package io.hiberlet.agent.hostio.http;

/** An open connection of the pool. Belongs to the upstream's event loop. */
interface Connection {

  /** What a connection tells the pool that it belongs to. Called by the event loop. */
  interface Pool {
    /** There may be room for another call now. */
    void roomMade();

    /** The connection takes no calls any more. */
    void gone(Connection connection);

    /** A call left its connection unfinished. */
    void returned(Call call, boolean untouched, UpstreamException failure);
  }

  /** Whether it will have room as soon as the server has said how much. */
  boolean isSettling();

  /** Whether it can carry one more call now. */
  boolean hasRoom();

  /** Sends a call. Only when there is room. */
  void carry(Call call);

  void close();
}
