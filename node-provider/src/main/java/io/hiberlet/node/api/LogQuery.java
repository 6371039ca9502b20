package io.hiberlet.node.api;

import io.hiberlet.node.ContainerRef;
import io.hiberlet.node.LogRequest;
import io.hiberlet.node.log.Stream;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads the query of {@code /containerLogs} as PodLogOptions, with the rules of its validation. */
final class LogQuery {

  private LogQuery() {}

  static LogRequest parse(Query query, ContainerRef container, InstantSource clock)
      throws HttpException {
    OptionalLong tailLines = tailLines(query);
    require(tailLines.orElse(0) >= 0, "tailLines must not be negative");
    OptionalLong limitBytes = query.number("limitBytes");
    require(limitBytes.orElse(1) > 0, "limitBytes must be positive");
    return new LogRequest(
        container.namespace(),
        container.pod(),
        container.uid(),
        container.container(),
        query.isTrue("follow"),
        query.isTrue("previous"),
        query.isTrue("timestamps"),
        since(query, clock),
        tailLines,
        limitBytes,
        stream(query, tailLines.isPresent()));
  }

  /** PodLogsQuerySplitStreams (KEP-3288): {@code Stdout}, {@code Stderr} or {@code All}. */
  private static @Nullable Stream stream(Query query, boolean tail) throws HttpException {
    String name = query.first("stream").orElse("All");
    if (name.equals("All")) {
      return null;
    }
    require(name.equals("Stdout") || name.equals("Stderr"), "stream must be All, Stdout or Stderr");
    require(!tail, "tailLines and specific stream cannot be specified together");
    return name.equals("Stdout") ? Stream.STDOUT : Stream.STDERR;
  }

  /** The kubelet still knows the older name {@code tail}, and {@code tail=all}. */
  private static OptionalLong tailLines(Query query) throws HttpException {
    Optional<String> tail = query.first("tail");
    if (tail.isEmpty()) {
      return query.number("tailLines");
    }
    return tail.get().equals("all") ? OptionalLong.empty() : query.number("tail");
  }

  private static @Nullable Instant since(Query query, InstantSource clock) throws HttpException {
    OptionalLong seconds = query.number("sinceSeconds");
    Optional<String> time = query.first("sinceTime");
    require(
        seconds.isEmpty() || time.isEmpty(),
        "at most one of sinceTime or sinceSeconds may be specified");
    try {
      if (seconds.isPresent()) {
        require(seconds.getAsLong() > 0, "sinceSeconds must be positive");
        return clock.instant().minusSeconds(seconds.getAsLong());
      }
      return time.isPresent() ? OffsetDateTime.parse(time.get()).toInstant() : null;
    } catch (DateTimeException | ArithmeticException e) {
      throw HttpException.badRequest("sinceTime must be a time in RFC 3339, sinceSeconds a span");
    }
  }

  private static void require(boolean condition, String message) throws HttpException {
    if (!condition) {
      throw new HttpException(HttpResponseStatus.UNPROCESSABLE_ENTITY, message);
    }
  }
}
