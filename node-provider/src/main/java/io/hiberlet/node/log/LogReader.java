package io.hiberlet.node.log;

import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.LogRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code kubectl logs} from a container's files, with the options of PodLogOptions: the
 * last lines are counted first, then those that are too old are left out, then the bytes are
 * limited. A line that was stored in parts is one line again.
 *
 * <p>Calls block their thread and may be interrupted. What the reader holds does not grow with the
 * log.
 */
public final class LogReader {

  private final SegmentSource source;
  private final RecordPrinter printer;
  private int segment;
  private @Nullable RecordReader records;

  private LogReader(SegmentSource source, RecordPrinter printer) {
    this.source = source;
    this.printer = printer;
  }

  /**
   * Copies the log of a container that is being written; following, returns when the log is closed.
   *
   * @throws NoSuchContainerException when the previous run is asked for and there is none
   */
  public static void copy(ContainerLog log, LogRequest request, OutputStream to)
      throws IOException, InterruptedException, NoSuchContainerException {
    if (request.previous()) {
      copyFinished(previous(LogFiles.runs(log.dir()), log.run(), request), request, to);
      return;
    }
    LogReader reader = new LogReader(SegmentSource.of(log), new LogPrinter(request, to));
    try {
      reader.seekStart(request);
      reader.copyLive(log, request.follow());
    } finally {
      reader.closeRecords();
    }
  }

  /**
   * Copies what a container writes from now on, each stream to its own output, until the log is
   * closed.
   */
  public static void follow(ContainerLog log, OutputStream stdout, OutputStream stderr)
      throws IOException, InterruptedException {
    LogReader reader = new LogReader(SegmentSource.of(log), new StreamPrinter(stdout, stderr));
    try {
      reader.seekEnd(log.end());
      reader.copyLive(log, true);
    } finally {
      reader.closeRecords();
    }
  }

  /**
   * Copies the log of a container that has ended, from its directory; following changes nothing.
   *
   * @throws NoSuchContainerException when the previous run is asked for and there is none
   */
  public static void copy(Path dir, LogRequest request, OutputStream to)
      throws IOException, NoSuchContainerException {
    NavigableMap<Integer, List<Path>> runs = LogFiles.runs(dir);
    int last = runs.isEmpty() ? 0 : runs.lastKey();
    List<Path> files =
        request.previous() ? previous(runs, last, request) : runs.getOrDefault(last, List.of());
    copyFinished(files, request, to);
  }

  private static List<Path> previous(
      NavigableMap<Integer, List<Path>> runs, int current, LogRequest request)
      throws NoSuchContainerException {
    var run = runs.lowerEntry(current);
    if (run == null) {
      throw new NoSuchContainerException(
          "previous terminated container \"%s\" in pod \"%s\" not found"
              .formatted(request.container(), request.pod()));
    }
    return run.getValue();
  }

  private static void copyFinished(List<Path> files, LogRequest request, OutputStream to)
      throws IOException {
    LogReader reader = new LogReader(SegmentSource.ofFinished(files), new LogPrinter(request, to));
    try {
      reader.seekStart(request);
      for (int number = reader.segment; number < files.size(); number++) {
        reader.moveTo(number);
        reader.drain();
      }
      reader.printer.flush();
    } finally {
      reader.closeRecords();
    }
  }

  private void copyLive(ContainerLog log, boolean follow) throws IOException, InterruptedException {
    while (true) {
      // The state is read before the file: what it tells is in the file by then.
      ContainerLog.State state = log.state();
      drain();
      if (printer.isFull()) {
        break;
      }
      if (segment < state.segment()) {
        moveTo(segment + 1);
        continue;
      }
      printer.flush();
      if (!follow || state.closed()) {
        return;
      }
      log.awaitChange(state);
      if (records == null) {
        moveTo(segment);
      }
    }
    printer.flush();
  }

  /** Goes to where the wanted lines begin: the beginning of the oldest file, or of the tail. */
  private void seekStart(LogRequest request) throws IOException {
    List<Integer> numbers = source.numbers();
    if (numbers.isEmpty()) {
      return;
    }
    segment = numbers.getFirst();
    long offset = 0;
    if (request.tailLines().isPresent()) {
      TailFinder finder = new TailFinder(request.tailLines().getAsLong());
      for (int number : numbers.reversed()) {
        try (FileChannel file = source.open(number)) {
          if (file == null) {
            break;
          }
          segment = number;
          offset = finder.search(file);
        }
        if (!finder.wantsMore()) {
          break;
        }
      }
    }
    FileChannel file = source.open(segment);
    records = file == null ? null : new RecordReader(file, offset);
  }

  private void seekEnd(ContainerLog.End end) throws IOException {
    segment = end.segment();
    FileChannel file = source.open(segment);
    records = file == null ? null : new RecordReader(file, end.bytes());
  }

  private void moveTo(int number) throws IOException {
    if (number == segment && records != null) {
      return;
    }
    closeRecords();
    segment = number;
    FileChannel file = source.open(number);
    records = file == null ? null : new RecordReader(file, 0);
  }

  private void drain() throws IOException {
    if (records == null) {
      return;
    }
    for (LogRecord r = records.next(); r != null && !printer.isFull(); r = records.next()) {
      printer.print(r);
    }
  }

  private void closeRecords() throws IOException {
    if (records != null) {
      records.close();
      records = null;
    }
  }
}
