package io.hiberlet.agent.runtime;

import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.WasmWriter;
import com.dylibso.chicory.wasm.types.CodeSection;
import com.dylibso.chicory.wasm.types.CustomSection;
import com.dylibso.chicory.wasm.types.DataCountSection;
import com.dylibso.chicory.wasm.types.DataSection;
import com.dylibso.chicory.wasm.types.ElementSection;
import com.dylibso.chicory.wasm.types.ExportSection;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionBody;
import com.dylibso.chicory.wasm.types.FunctionSection;
import com.dylibso.chicory.wasm.types.GlobalSection;
import com.dylibso.chicory.wasm.types.ImportSection;
import com.dylibso.chicory.wasm.types.MemorySection;
import com.dylibso.chicory.wasm.types.RawSection;
import com.dylibso.chicory.wasm.types.Section;
import com.dylibso.chicory.wasm.types.SectionId;
import com.dylibso.chicory.wasm.types.StartSection;
import com.dylibso.chicory.wasm.types.TableSection;
import com.dylibso.chicory.wasm.types.TagSection;
import com.dylibso.chicory.wasm.types.TypeSection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * What a compiled module still needs of its Wasm: everything but the compiled code, and of the
 * custom sections the names of functions. A valid module, in which every function that was compiled
 * is {@code unreachable}.
 */
final class StrippedModule {
  /** Three bytes: no locals, {@code unreachable}, {@code end}. */
  private static final byte[] UNREACHABLE_BODY = {3, 0, 0x00, 0x0b};

  private static final int UNREACHABLE_INSTRUCTIONS = 2;

  private static final FunctionBody COMPILED = new FunctionBody(List.of(), List.of());

  private StrippedModule() {}

  /**
   * @param module what these bytes were parsed to
   * @param interpreted the functions that keep their code, by index
   */
  static byte[] of(byte[] wasm, WasmModule module, Set<Integer> interpreted) {
    int imported = module.importSection().count(ExternalType.FUNCTION);
    var out = new WasmWriter();
    Parser.parseWithoutDecoding(
        wasm,
        section -> {
          if (section.sectionId() == SectionId.CODE) {
            byte[] code = ((RawSection) section).contents();
            out.writeSection(
                SectionId.CODE, unreachable(code, body -> !interpreted.contains(body + imported)));
          } else if (section.sectionId() != SectionId.CUSTOM) {
            out.writeSection((RawSection) section);
          }
        });
    out.writeSection(SectionId.CUSTOM, FunctionNames.section(module));
    return out.bytes();
  }

  private static byte[] unreachable(byte[] section, IntPredicate compiled) {
    var in = ByteBuffer.wrap(section);
    var out = new ByteArrayOutputStream();
    int functions = readUnsigned(in);
    WasmWriter.writeVarUInt32(out, functions);
    for (int i = 0; i < functions; i++) {
      byte[] body = new byte[readUnsigned(in)];
      in.get(body);
      if (compiled.test(i)) {
        out.writeBytes(UNREACHABLE_BODY);
      } else {
        WasmWriter.writeVarUInt32(out, body.length);
        out.writeBytes(body);
      }
    }
    return out.toByteArray();
  }

  /** LEB128, in a section that was parsed before. */
  static int readUnsigned(ByteBuffer in) {
    int value = 0;
    int shift = 0;
    byte next;
    do {
      next = in.get();
      value |= (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    return value;
  }

  /**
   * Reads one without validating it again, and keeps no object for every function.
   *
   * @throws RuntimeException when it is no module after all
   */
  static WasmModule parse(byte[] stripped) {
    var module = WasmModule.builder().withValidation(false);
    Parser.Builder parser =
        Parser.builder().withCustomParsers(Map.of(FunctionNames.SECTION, FunctionNames::parse));
    for (int id = SectionId.CUSTOM; id <= SectionId.TAG; id++) {
      parser.includeSectionId(id);
    }
    parser.build().parse(new ByteArrayInputStream(stripped), section -> add(module, section));
    return module.build();
  }

  private static void add(WasmModule.Builder module, Section section) {
    switch (section) {
      case CustomSection names -> module.addCustomSection(names.name(), names);
      case TypeSection types -> module.setTypeSection(types);
      case ImportSection imports -> module.setImportSection(imports);
      case FunctionSection functions -> module.setFunctionSection(functions);
      case CodeSection code -> module.setCodeSection(withoutCompiled(code));
      case TableSection tables -> module.setTableSection(tables);
      case MemorySection memories -> module.setMemorySection(memories);
      case GlobalSection globals -> module.setGlobalSection(globals);
      case ExportSection exports -> module.setExportSection(exports);
      case StartSection start -> module.setStartSection(start);
      case ElementSection elements -> module.setElementSection(elements);
      case DataCountSection count -> module.setDataCountSection(count);
      case DataSection data -> module.setDataSection(data);
      case TagSection tags -> module.setTagSection(tags);
      default -> throw new IllegalArgumentException("section " + section.sectionId());
    }
  }

  /** One empty body for all functions that are compiled: none of them is ever looked at. */
  private static CodeSection withoutCompiled(CodeSection stripped) {
    var code = CodeSection.builder();
    for (FunctionBody body : stripped.functionBodies()) {
      boolean interpreted = body.instructions().size() > UNREACHABLE_INSTRUCTIONS;
      code.addFunctionBody(interpreted ? body : COMPILED);
    }
    return code.build();
  }
}
