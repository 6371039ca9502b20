package io.hiberlet.agent.module.compiler;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Reads a stream to its end, so that its writer never waits, and keeps the last of it. */
final class Tail {
  private static final int MAX_BYTES = 4 << 10;

  private final FutureTask<String> text;

  private Tail(FutureTask<String> text) {
    this.text = text;
  }

  /** Reads in a thread of its own, which ends with the stream. */
  static Tail of(InputStream in) {
    var text = new FutureTask<>(() -> read(in));
    Thread.ofVirtual().name("compiler-output").start(text);
    return new Tail(text);
  }

  private static String read(InputStream in) throws IOException {
    byte[] kept = new byte[0];
    byte[] buffer = new byte[MAX_BYTES];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      byte[] all = Arrays.copyOf(kept, kept.length + count);
      System.arraycopy(buffer, 0, all, kept.length, count);
      kept = Arrays.copyOfRange(all, Math.max(0, all.length - MAX_BYTES), all.length);
    }
    return new String(kept, StandardCharsets.UTF_8).strip();
  }

  /** What was kept, once the stream has ended. */
  String text() throws CompilerFailedException, InterruptedException {
    try {
      return text.get();
    } catch (ExecutionException e) {
      throw new CompilerFailedException("cannot hear the module's compiler", e);
    }
  }
}
