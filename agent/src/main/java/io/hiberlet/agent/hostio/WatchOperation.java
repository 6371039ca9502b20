package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.OperationsState.Pending;
import io.hiberlet.agent.hostio.OperationsState.Watch;
import io.hiberlet.agent.hostio.WallClock.Alarm;
import io.hiberlet.agent.hostio.http.ResponseHead;
import io.hiberlet.agent.hostio.http.UpstreamException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A durable watch: to the guest one stream without an end, to the API server one request after the
 * other, each from where the last one broke off.
 *
 * <pre>
 *   connecting -> streaming -> (end, failure) -> waiting -> connecting ...
 *   connecting -> (a first answer other than 200) -> passing it on -> over
 *   any        -> (410 Gone, ERROR, refused for good) -> over
 * </pre>
 *
 * <p>There are two positions: up to where lines arrived, from which a broken stream goes on; and up
 * to where the guest has read, which is what a snapshot keeps.
 */
final class WatchOperation extends StreamingOperation {
  private static final Logger log = LoggerFactory.getLogger(WatchOperation.class);

  /** An API server that starts may say Forbidden and Not Found for a while. */
  private static final int REFUSALS_IN_A_ROW = 5;

  private final Watch asked;
  private final WatchRequest request;
  private final WatchPosition arrived;
  private final Backoff backoff;
  private @Nullable String read;
  private boolean headArrived;
  private boolean headRead;
  private @Nullable Delivery lastLine;
  private @Nullable WatchStream stream;
  private @Nullable Alarm retry;
  private int refusals;
  private boolean passingOn;
  private boolean over;

  /**
   * @param asked where the guest stands
   */
  WatchOperation(OperationContext context, Watch asked, WatchRequest request) {
    super(asked.id(), context);
    this.asked = asked;
    this.request = request;
    this.arrived = new WatchPosition(asked.resourceVersion(), request.beginsWithState());
    this.backoff = new Backoff(context.timeouts(), context.random());
    this.read = asked.resourceVersion();
    this.headArrived = asked.headRead();
    this.headRead = asked.headRead();
  }

  @Override
  void start() {
    if (arrived.isLost()) {
      finish();
    } else {
      connect();
    }
  }

  @Override
  void stop() {
    over = true;
    stream = null;
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
    super.stop();
  }

  @Override
  Pending capture() {
    return passingOn && headRead
        ? new OperationsState.Request(id())
        : new Watch(id(), asked.message(), asked.flags(), read, headRead);
  }

  @Override
  OperationInfo describe() {
    String state =
        over
            ? "over"
            : retry != null ? "waiting to reconnect" : headArrived ? "watching" : "connecting";
    return new OperationInfo(id(), "watch", request.line(), state, read, null, waitingBytes());
  }

  @Override
  void onTaken(Delivery delivery) {
    if (delivery.completion().kind() == Completion.Kind.RESPONSE_HEAD) {
      headRead = true;
    }
    if (delivery.position() != null) {
      read = delivery.position();
    }
    if (delivery == lastLine) {
      lastLine = null;
    }
    super.onTaken(delivery);
  }

  void onHead(WatchStream from, ResponseHead head) {
    step(
        from,
        () -> {
          if (head.status() == 200) {
            refusals = 0;
            deliverHeadOnce(head);
          } else if (headArrived) {
            onRefusal(head);
          } else {
            passingOn = true;
            deliverHeadOnce(head);
          }
        });
  }

  boolean onBody(WatchStream from, byte[] piece) {
    BooleanSupplier action =
        () -> {
          if (from != stream) {
            return true;
          }
          if (passingOn) {
            deliverBody(piece);
          } else if (!from.split(piece, this::onLine)) {
            int limit = context().limits().lineBytes();
            stop();
            deliverError(Errno.FBIG, "a line of the watch has more than " + limit + " bytes");
          }
          return readOn();
        };
    return context().inbox().exclusively(action::getAsBoolean);
  }

  void onEnd(WatchStream from) {
    step(
        from,
        () -> {
          exchangeEnded();
          if (passingOn) {
            finish();
          } else {
            retryAfter(livedLong(from) ? Duration.ZERO : backoff.next());
          }
        });
  }

  void onFailure(WatchStream from, UpstreamException failure) {
    step(
        from,
        () -> {
          exchangeEnded();
          if (passingOn) {
            stop();
            deliverError(failure);
          } else {
            retryAfter(backoff.next());
          }
        });
  }

  private void step(WatchStream from, Runnable action) {
    context()
        .inbox()
        .exclusively(
            () -> {
              if (from == stream) {
                action.run();
              }
            });
  }

  private void connect() {
    retry = null;
    stream = new WatchStream(this, context().clock().now(), context().limits().lineBytes());
    String version = arrived.version();
    send(version == null ? request.fromBeginning() : request.after(version), stream);
  }

  private void deliverHeadOnce(ResponseHead head) {
    if (!headArrived) {
      headArrived = true;
      deliverHead(head);
    }
  }

  private void onLine(byte[] bytes) {
    if (stream == null) {
      return; // an earlier line of the same piece ended it
    }
    try {
      onLine(bytes, WatchLine.parse(bytes));
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("watch", request.line())
          .addKeyValue("reason", e.getMessage())
          .log("A watch is unreadable and is tried again");
      breakOff(Duration.ZERO);
    }
  }

  private void onLine(byte[] bytes, WatchLine line) {
    backoff.reset();
    // To the guest's own first position 410 is the answer; to a later one of ours it is news.
    if (line.isGone() && arrived.version() != null) {
      finish();
    } else if (line.isBookmark() && !request.wantsBookmarks()) {
      moveSilently(arrived.advance(line));
    } else {
      lastLine = deliver(Completion.Kind.BODY_CHUNK, bytes);
      lastLine.moveTo(arrived.advance(line));
      if (line.isError()) {
        finish();
      }
    }
  }

  private void moveSilently(@Nullable String version) {
    if (lastLine != null) {
      lastLine.moveTo(version);
    } else if (version != null && !version.equals(read)) {
      read = version;
      context().inbox().positionMoved(id(), version);
    }
  }

  private void onRefusal(ResponseHead head) {
    int status = head.status();
    boolean passing = status == 401 || status == 408 || status == 429 || status >= 500;
    if (status == 410 || (!passing && ++refusals >= REFUSALS_IN_A_ROW)) {
      finish();
    } else {
      breakOff(RetryAfter.of(head));
    }
  }

  /**
   * Gives up the current stream for another one.
   *
   * @param least to wait
   */
  private void breakOff(Duration least) {
    super.stop();
    Duration wait = backoff.next();
    retryAfter(wait.compareTo(least) < 0 ? least : wait);
  }

  private boolean livedLong(WatchStream ended) {
    Duration lived = Duration.between(ended.begun(), context().clock().now());
    return lived.compareTo(context().timeouts().lastRetry()) >= 0;
  }

  private void retryAfter(Duration wait) {
    stream = null;
    if (arrived.isLost()) {
      finish();
      return;
    }
    retry =
        context()
            .clock()
            .alarm(
                context().clock().now().plus(wait),
                () -> context().inbox().exclusively(this::retryNow));
  }

  private void retryNow() {
    if (retry != null) {
      connect();
    }
  }

  private void finish() {
    stop();
    deliverEnd();
  }
}
