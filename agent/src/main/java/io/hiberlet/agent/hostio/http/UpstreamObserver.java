package io.hiberlet.agent.hostio.http;

/** Hears how requests to a server go. Called by any thread; must not block. */
public interface UpstreamObserver {

  /**
   * The head of an answer has come.
   *
   * @param streaming whether its body may go on for as long as it likes
   * @param nanos since the request was handed over
   */
  void answered(boolean streaming, int status, long nanos);

  /** No answer will come. */
  void failed(boolean streaming);

  /** A streaming answer is over, or was given up. */
  void streamEnded();

  /** One that hears nothing. */
  UpstreamObserver NONE =
      new UpstreamObserver() {
        @Override
        public void answered(boolean streaming, int status, long nanos) {}

        @Override
        public void failed(boolean streaming) {}

        @Override
        public void streamEnded() {}
      };
}
