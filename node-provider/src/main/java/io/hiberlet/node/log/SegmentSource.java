package io.hiberlet.node.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The files of one run, by ascending numbers, the last being the newest. */
interface SegmentSource {

  List<Integer> numbers() throws IOException;

  /** Opens one for reading; null when rotation has deleted it. The caller closes it. */
  @Nullable FileChannel open(int number) throws IOException;

  /** The files of a run that nobody writes any more. */
  static SegmentSource ofFinished(List<Path> files) {
    return new SegmentSource() {
      @Override
      public List<Integer> numbers() {
        return IntStream.range(0, files.size()).boxed().toList();
      }

      @Override
      public FileChannel open(int number) throws IOException {
        return FileChannel.open(files.get(number), StandardOpenOption.READ);
      }
    };
  }

  /** The files of a run that is being written. */
  static SegmentSource of(ContainerLog log) {
    return new SegmentSource() {
      @Override
      public List<Integer> numbers() throws IOException {
        int active = log.written().segment();
        List<Integer> numbers = new ArrayList<>();
        for (int rotated : LogFiles.rotatedSegments(log.dir(), log.run())) {
          if (rotated < active) {
            numbers.add(rotated);
          }
        }
        numbers.add(active);
        return numbers;
      }

      @Override
      public @Nullable FileChannel open(int number) throws IOException {
        return log.openSegment(number);
      }
    };
  }
}
