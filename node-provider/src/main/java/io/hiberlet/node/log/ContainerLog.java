package io.hiberlet.node.log;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log of one run of a container: its only writer, and what wakes those that follow it.
 *
 * <p>Thread-safe. Opening a run that has a log already goes on where it ended, so a restart of the
 * process is not seen. Only this run and the one before it are kept ({@code kubectl logs
 * --previous}).
 */
public final class ContainerLog implements AutoCloseable {

  private final Supplier<Path> dir;
  private final int run;
  private final LogLimits limits;
  private final InstantSource clock;

  // All guarded by this. There are no writers while a container sleeps, as most of them do.
  private @Nullable LineWriter stdout;
  private @Nullable LineWriter stderr;
  private @Nullable FileChannel file;
  private @Nullable LogThrottle throttle;
  private int records;
  private int segment;
  private boolean closed;

  /**
   * Where the log stands; a reader compares two of them to see whether it missed something.
   *
   * @param records how many were written since the log was opened
   * @param segment the number of the file being written
   */
  record State(long records, int segment, boolean closed) {}

  /**
   * Where the next record will be written.
   *
   * @param bytes of that segment's file before it
   */
  record End(int segment, long bytes) {}

  private ContainerLog(
      Supplier<Path> dir, int run, LogLimits limits, InstantSource clock, int segment) {
    this.dir = dir;
    this.run = run;
    this.limits = limits;
    this.clock = clock;
    this.segment = segment;
  }

  /**
   * Opens the log of a run, creating the directory when it is missing.
   *
   * @param dir the container's own directory, always the same. It is asked for when it is needed: a
   *     path takes more memory than all the rest of a log that is quiet
   * @param run which start of the container this is, from zero: its restart count
   */
  public static ContainerLog open(Supplier<Path> dir, int run, LogLimits limits)
      throws IOException {
    return open(dir, run, limits, InstantSource.system());
  }

  static ContainerLog open(Supplier<Path> dir, int run, LogLimits limits, InstantSource clock)
      throws IOException {
    Path folder = Files.createDirectories(dir.get());
    for (List<Path> outdated : LogFiles.runs(folder).headMap(run - 1).values()) {
      for (Path path : outdated) {
        Files.deleteIfExists(path);
      }
    }
    List<Integer> rotated = LogFiles.rotatedSegments(folder, run);
    ContainerLog log =
        new ContainerLog(dir, run, limits, clock, rotated.isEmpty() ? 0 : rotated.getLast() + 1);
    log.prepareFile();
    return log;
  }

  /**
   * The container's end of one of its streams, to be asked for again after {@link #park}. A line
   * becomes a record when its line feed was written; {@code flush} does nothing.
   */
  public synchronized OutputStream stream(Stream stream) {
    LineWriter there = stream == Stream.STDOUT ? stdout : stderr;
    LineWriter writer = there == null ? new LineWriter(this, stream) : there;
    if (stream == Stream.STDOUT) {
      stdout = writer;
    } else {
      stderr = writer;
    }
    return writer;
  }

  /**
   * Closes the file until something is written, for a container that sleeps; a line that is half
   * written is kept. Followers stay: they hold no file of the writer's.
   */
  public synchronized void park() throws IOException {
    tellLeftOut();
    throttle = null;
    stdout = stdout == null || stdout.isIdle() ? null : stdout;
    stderr = stderr == null || stderr.isIdle() ? null : stderr;
    closeFile();
  }

  /** Stores unfinished lines and ends the log; whoever follows it reads its rest and returns. */
  @Override
  public synchronized void close() throws IOException {
    try {
      finishLine(stdout);
      finishLine(stderr);
      tellLeftOut();
    } finally {
      closed = true;
      notifyAll();
      closeFile();
    }
  }

  private void closeFile() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }

  private static void finishLine(@Nullable LineWriter writer) throws IOException {
    if (writer != null) {
      writer.close();
    }
  }

  Path dir() {
    return dir.get();
  }

  public int run() {
    return run;
  }

  int maxLineBytes() {
    return limits.maxLineBytes();
  }

  /** Whether a line that begins may be appended. If not, it is to be left out as a whole. */
  synchronized boolean admitsLine() throws IOException {
    Instant now = clock.instant();
    LogThrottle known = throttle == null ? new LogThrottle(limits, now) : throttle;
    throttle = known;
    boolean admitted = known.admits(now);
    if (admitted) {
      tellLeftOut();
    }
    return admitted;
  }

  /** A part of a line is not appended. */
  synchronized void leaveOut(int length, boolean endsLine) throws IOException {
    requireOpen();
    if (throttle != null) {
      throttle.leftOut(length, endsLine);
    }
  }

  private void tellLeftOut() throws IOException {
    if (throttle != null && throttle.hasNews()) {
      byte[] news = throttle.news().getBytes(StandardCharsets.UTF_8);
      write(Stream.STDERR, true, news, news.length);
    }
  }

  private void requireOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  synchronized void append(Stream stream, boolean endsLine, byte[] content, int length)
      throws IOException {
    requireOpen();
    if (throttle != null) {
      throttle.wrote(length);
    }
    write(stream, endsLine, content, length);
  }

  private void write(Stream stream, boolean endsLine, byte[] content, int length)
      throws IOException {
    ByteBuffer record = LogRecord.encode(clock.instant(), stream, endsLine, content, length);
    FileChannel to = openFile();
    if (to.size() > 0 && to.size() + record.remaining() > limits.maxFileBytes()) {
      to = rotate();
    }
    while (record.hasRemaining()) {
      to.write(record);
    }
    records++;
    notifyAll();
  }

  synchronized State state() {
    return new State(records, segment, closed);
  }

  synchronized End end() throws IOException {
    Path active = LogFiles.active(dir(), run);
    return new End(segment, Files.exists(active) ? Files.size(active) : 0);
  }

  /** Waits until the log is no longer in that state. */
  synchronized void awaitChange(State since) throws InterruptedException {
    while (state().equals(since)) {
      wait();
    }
  }

  /** Opens a segment for reading, or null when rotation has deleted it or nothing was written. */
  synchronized @Nullable FileChannel openSegment(int number) throws IOException {
    Path path =
        number == segment ? LogFiles.active(dir(), run) : LogFiles.rotated(dir(), run, number);
    return Files.exists(path) ? FileChannel.open(path, READ) : null;
  }

  private FileChannel openFile() throws IOException {
    if (file == null) {
      file = FileChannel.open(LogFiles.active(dir(), run), CREATE, APPEND);
    }
    return file;
  }

  private FileChannel rotate() throws IOException {
    closeFile();
    Files.move(
        LogFiles.active(dir(), run),
        LogFiles.rotated(dir(), run, segment),
        StandardCopyOption.ATOMIC_MOVE);
    segment++;
    List<Integer> rotated = LogFiles.rotatedSegments(dir(), run);
    for (int old : rotated.subList(0, Math.max(0, rotated.size() - limits.maxFiles() + 1))) {
      Files.deleteIfExists(LogFiles.rotated(dir(), run, old));
    }
    return openFile();
  }

  /**
   * Makes the run known by its file, even if it never writes. A crash may have cut the last record;
   * what follows must not become a part of it.
   */
  private void prepareFile() throws IOException {
    try (FileChannel existing =
        FileChannel.open(LogFiles.active(dir(), run), CREATE, READ, WRITE)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      if (existing.size() > 0
          && existing.read(last, existing.size() - 1) == 1
          && last.get(0) != '\n') {
        existing.write(ByteBuffer.wrap(new byte[] {'\n'}), existing.size());
      }
    }
  }
}
