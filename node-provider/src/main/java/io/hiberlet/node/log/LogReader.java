package io.hiberlet.node.log;

import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.LogRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalLong;
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
   * Copies the log of a container that is being written; following, returns when the container has
   * ended and does not begin anew.
   *
   * @throws NoSuchContainerException when the previous run is asked for and there is none
   */
  public static void copy(ContainerLog log, LogRequest request, NextRun next, OutputStream to)
      throws IOException, InterruptedException, NoSuchContainerException {
    RecordPrinter printer = new LogPrinter(request, to);
    if (request.previous()) {
      copyFinished(
          previous(LogFiles.runs(log.dir()), log.run(), request), request.tailLines(), printer);
      return;
    }
    copyLive(log, request.tailLines(), request.follow(), printer);
    if (request.follow()) {
      followNext(log.dir(), log.run(), next, printer);
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
   * Copies the log of a container that does not run, from its directory; following, goes on with
   * what it writes when it begins anew.
   *
   * @throws NoSuchContainerException when the previous run is asked for and there is none
   */
  public static void copy(Path dir, LogRequest request, NextRun next, OutputStream to)
      throws IOException, InterruptedException, NoSuchContainerException {
    RecordPrinter printer = new LogPrinter(request, to);
    NavigableMap<Integer, List<Path>> runs = LogFiles.runs(dir);
    int last = runs.isEmpty() ? 0 : runs.lastKey();
    if (request.previous()) {
      copyFinished(previous(runs, last, request), request.tailLines(), printer);
      return;
    }
    copyFinished(runs.getOrDefault(last, List.of()), request.tailLines(), printer);
    if (request.follow()) {
      followNext(dir, runs.isEmpty() ? -1 : last, next, printer);
    }
  }

  /** A run may be so short that it is over before anybody looks: its files are there. */
  private static void followNext(Path dir, int ended, NextRun next, RecordPrinter printer)
      throws IOException, InterruptedException {
    int last = ended;
    while (!printer.isFull()) {
      @Nullable ContainerLog log = next.after(last);
      NavigableMap<Integer, List<Path>> later = LogFiles.runs(dir).tailMap(last, false);
      for (List<Path> missed : (log == null ? later : later.headMap(log.run(), false)).values()) {
        copyFinished(missed, OptionalLong.empty(), printer);
      }
      if (log == null) {
        return;
      }
      copyLive(log, OptionalLong.empty(), true, printer);
      last = log.run();
    }
  }

  private static void copyLive(
      ContainerLog log, OptionalLong tailLines, boolean follow, RecordPrinter printer)
      throws IOException, InterruptedException {
    LogReader reader = new LogReader(SegmentSource.of(log), printer);
    try {
      reader.seekStart(tailLines);
      reader.copyLive(log, follow);
    } finally {
      reader.closeRecords();
    }
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

  private static void copyFinished(List<Path> files, OptionalLong tailLines, RecordPrinter printer)
      throws IOException {
    LogReader reader = new LogReader(SegmentSource.ofFinished(files), printer);
    try {
      reader.seekStart(tailLines);
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
      ContainerLog.State state = log.written();
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
  private void seekStart(OptionalLong tailLines) throws IOException {
    List<Integer> numbers = source.numbers();
    if (numbers.isEmpty()) {
      return;
    }
    segment = numbers.getFirst();
    long offset = 0;
    if (tailLines.isPresent()) {
      TailFinder finder = new TailFinder(tailLines.getAsLong());
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
