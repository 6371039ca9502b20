package io.hiberlet.agent.execution;

/** Told of pieces of work that keep their thread for long. Thread-safe; must not block. */
public interface LongWork {

  /** Nobody minds. */
  LongWork IGNORED =
      new LongWork() {
        @Override
        public void began() {}

        @Override
        public void ended() {}
      };

  /** A piece of work takes long. */
  void began();

  /** One of those that took long is over. */
  void ended();
}
