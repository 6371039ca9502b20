package io.hiberlet.node.log;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.ByteArrayOutputStream;
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
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log of one run of a container: its only writer, and what wakes those that follow it.
 *
 * <p>Lines are gathered in memory until they fill a page, somebody reads the log, it is closed, or
 * {@link LogStore#flush} comes by.
 *
 * <p>Thread-safe. Opening a run that has a log already goes on where it ended, so a restart of the
 * process is not seen. Only this run and the one before it are kept ({@code kubectl logs
 * --previous}).
 */
public final class ContainerLog implements AutoCloseable {

  /** To gather more than what a disk writes at once spares nothing. */
  private static final int PAGE_BYTES = 4 << 10;

  private final Supplier<Path> dir;
  private final int run;
  private final LogStore store;

  // All guarded by this. There are no writers while a container sleeps, as most of them do.
  private @Nullable LineWriter stdout;
  private @Nullable LineWriter stderr;
  private @Nullable ByteArrayOutputStream gathered;
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

  private ContainerLog(Supplier<Path> dir, int run, LogStore store, int segment) {
    this.dir = dir;
    this.run = run;
    this.store = store;
    this.segment = segment;
  }

  static ContainerLog open(Supplier<Path> dir, int run, LogStore store) throws IOException {
    Path folder = Files.createDirectories(dir.get());
    for (List<Path> outdated : LogFiles.runs(folder).headMap(run - 1).values()) {
      for (Path path : outdated) {
        Files.deleteIfExists(path);
      }
    }
    List<Integer> rotated = LogFiles.rotatedSegments(folder, run);
    ContainerLog log =
        new ContainerLog(dir, run, store, rotated.isEmpty() ? 0 : rotated.getLast() + 1);
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

  /** Takes as little memory as it can, for a container that sleeps: what was written is kept. */
  public synchronized void park() throws IOException {
    tellLeftOut();
    throttle = null;
    stdout = stdout == null || stdout.isIdle() ? null : stdout;
    stderr = stderr == null || stderr.isIdle() ? null : stderr;
  }

  /** Stores unfinished lines and ends the log; whoever follows it reads its rest and returns. */
  @Override
  public synchronized void close() throws IOException {
    try {
      finishLine(stdout);
      finishLine(stderr);
      tellLeftOut();
      flush();
    } finally {
      gathered = null;
      closed = true;
      notifyAll();
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
    return store.limits().maxLineBytes();
  }

  /** Whether a line that begins may be appended. If not, it is to be left out as a whole. */
  synchronized boolean admitsLine() throws IOException {
    Instant now = store.now();
    LogThrottle known = throttle == null ? new LogThrottle(store.limits(), now) : throttle;
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
    ByteBuffer record = LogRecord.encode(store.now(), stream, endsLine, content, length);
    if (gathered != null && gathered.size() + record.remaining() > room()) {
      flush();
    }
    gather(record);
    records++;
    notifyAll();
  }

  private int room() {
    return (int) Math.min(PAGE_BYTES, store.limits().maxFileBytes());
  }

  private void gather(ByteBuffer record) {
    ByteArrayOutputStream with = gathered;
    if (with == null) {
      with = new ByteArrayOutputStream(record.remaining());
      gathered = with;
      store.gathers(this);
    }
    with.write(record.array(), record.arrayOffset() + record.position(), record.remaining());
  }

  /** Writes down what was gathered. What cannot be written is kept for another attempt. */
  synchronized void flush() throws IOException {
    if (gathered == null) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(gathered.toByteArray());
    try (FileChannel to = openFile(bytes.remaining())) {
      while (bytes.hasRemaining()) {
        to.write(bytes);
      }
    } finally {
      gathered = null;
      if (bytes.hasRemaining()) {
        gather(bytes);
      }
    }
  }

  /** Writes down what was gathered, if it can be, and tells where the log stands then. */
  synchronized State written() {
    try {
      flush();
    } catch (IOException e) {
      store.failed(this, e); // what is on the disk can be read all the same
    }
    return state();
  }

  private synchronized State state() {
    return new State(records, segment, closed);
  }

  synchronized End end() throws IOException {
    flush();
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

  /** Opens the file that so many bytes are appended to, another one when they would be too many. */
  private FileChannel openFile(int bytes) throws IOException {
    Path active = LogFiles.active(dir(), run);
    long size = Files.exists(active) ? Files.size(active) : 0;
    if (size > 0 && size + bytes > store.limits().maxFileBytes()) {
      rotate();
    }
    return FileChannel.open(active, CREATE, APPEND);
  }

  private void rotate() throws IOException {
    Files.move(
        LogFiles.active(dir(), run),
        LogFiles.rotated(dir(), run, segment),
        StandardCopyOption.ATOMIC_MOVE);
    segment++;
    int kept = store.limits().maxFiles() - 1;
    List<Integer> rotated = LogFiles.rotatedSegments(dir(), run);
    for (int old : rotated.subList(0, Math.max(0, rotated.size() - kept))) {
      Files.deleteIfExists(LogFiles.rotated(dir(), run, old));
    }
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
