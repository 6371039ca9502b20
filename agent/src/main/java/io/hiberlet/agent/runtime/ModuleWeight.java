package io.hiberlet.agent.runtime;

import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.types.RawSection;
import com.dylibso.chicory.wasm.types.SectionId;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Estimates from above what loading a stripped module takes of the heap, its classes aside. */
final class ModuleWeight {
  /** Bytes as they are read, as segments, and as the initial image of a memory. */
  private static final int PER_DATA_BYTE = 3;

  /** As they are read, and as they are kept. */
  private static final int PER_NAME_BYTE = 2;

  /** A function without its body has these bytes, and makes four references and a type index. */
  private static final int STRIPPED_BYTES = 4;

  private static final int PER_STRIPPED_BYTE = 6;

  /**
   * The worst is an element of one byte: in Chicory a list of two instructions, each with an array
   * of operands.
   */
  private static final int PER_DECLARING_BYTE = 160;

  private ModuleWeight() {}

  static long of(byte[] stripped) {
    var sum = new AtomicLong();
    Parser.parseWithoutDecoding(stripped, section -> sum.addAndGet(of((RawSection) section)));
    return sum.get();
  }

  private static long of(RawSection section) {
    long bytes = section.contents().length;
    return switch (section.sectionId()) {
      case SectionId.DATA -> PER_DATA_BYTE * bytes;
      case SectionId.CUSTOM -> PER_NAME_BYTE * bytes;
      case SectionId.CODE -> code(section.contents());
      default -> PER_DECLARING_BYTE * bytes;
    };
  }

  /** Instructions of a function that is interpreted are no less than those of an element. */
  private static long code(byte[] section) {
    long stripped = (long) STRIPPED_BYTES * StrippedModule.readUnsigned(ByteBuffer.wrap(section));
    return PER_STRIPPED_BYTE * stripped
        + PER_DECLARING_BYTE * Math.max(0, section.length - stripped);
  }
}
