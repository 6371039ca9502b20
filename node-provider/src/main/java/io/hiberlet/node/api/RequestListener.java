package io.hiberlet.node.api;

/** Hears of the requests that are answered. Called by any thread; must not block. */
public interface RequestListener {

  /** A request is being answered. */
  void began();

  /**
   * The answer to one that began is over, however it went.
   *
   * @param route what was asked for, in the first words of its path: one of those that the API has,
   *     or {@code other}
   * @param status HTTP's; 0 when the client was gone before there was an answer
   */
  void ended(String route, int status);

  /** One that nobody hears. */
  RequestListener NONE =
      new RequestListener() {
        @Override
        public void began() {}

        @Override
        public void ended(String route, int status) {}
      };
}
