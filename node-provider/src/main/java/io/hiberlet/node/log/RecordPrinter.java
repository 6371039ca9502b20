package io.hiberlet.node.log;

import java.io.IOException;

/** Shows records to a client. Used by one thread. */
interface RecordPrinter {

  void print(LogRecord record) throws IOException;

  /** Sends what was printed so far. */
  void flush() throws IOException;

  /** Whether nothing more will be printed. */
  boolean isFull();
}
