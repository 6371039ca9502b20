package io.hiberlet.agent.hostio.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps what it hears, and stops reading at a limit. */
final class RecordingListener implements ExchangeListener {
  private final long stopAtBytes;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final CountDownLatch headSeen = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile @Nullable ResponseHead head;
  private volatile @Nullable UpstreamException failure;

  RecordingListener() {
    this(Long.MAX_VALUE);
  }

  RecordingListener(long stopAtBytes) {
    this.stopAtBytes = stopAtBytes;
  }

  @Override
  public void onHead(ResponseHead newHead) {
    head = newHead;
    headSeen.countDown();
  }

  @Override
  public synchronized boolean onBody(byte[] piece) {
    body.writeBytes(piece);
    notifyAll();
    return body.size() < stopAtBytes;
  }

  @Override
  public void onEnd() {
    over.countDown();
  }

  @Override
  public void onFailure(UpstreamException newFailure) {
    failure = newFailure;
    headSeen.countDown();
    over.countDown();
  }

  ResponseHead awaitHead() throws InterruptedException {
    await(headSeen);
    if (head == null) {
      throw new AssertionError("failed instead", failure);
    }
    return head;
  }

  String awaitEnd() throws InterruptedException {
    await(over);
    if (failure != null) {
      throw new AssertionError("failed instead", failure);
    }
    return bodyText();
  }

  UpstreamException awaitFailure() throws InterruptedException {
    await(over);
    if (failure == null) {
      throw new AssertionError("ended well instead");
    }
    return failure;
  }

  synchronized void awaitBytes(int count) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (body.size() < count) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError("only " + body.size() + " bytes came");
      }
      wait(left);
    }
  }

  synchronized int bodyBytes() {
    return body.size();
  }

  boolean isOver() {
    return over.getCount() == 0;
  }

  private synchronized String bodyText() {
    return body.toString(StandardCharsets.UTF_8);
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(20, TimeUnit.SECONDS)) {
      throw new AssertionError("nothing was heard");
    }
  }
}
