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
import java.util.List;
import java.util.Map;

/**
 * What a compiled module still needs of its Wasm: everything but the code, and of the custom
 * sections the names of functions. A valid module, in which every function is {@code unreachable}.
 */
final class StrippedModule {
  /** Three bytes: no locals, {@code unreachable}, {@code end}. */
  private static final byte[] UNREACHABLE_BODY = {3, 0, 0x00, 0x0b};

  private static final FunctionBody COMPILED = new FunctionBody(List.of(), List.of());

  private StrippedModule() {}

  /**
   * @param module what these bytes were parsed to
   */
  static byte[] of(byte[] wasm, WasmModule module) {
    var out = new WasmWriter();
    Parser.parseWithoutDecoding(
        wasm,
        section -> {
          if (section.sectionId() == SectionId.CODE) {
            out.writeSection(SectionId.CODE, unreachable(module.codeSection().functionBodyCount()));
          } else if (section.sectionId() != SectionId.CUSTOM) {
            out.writeSection((RawSection) section);
          }
        });
    out.writeSection(SectionId.CUSTOM, FunctionNames.section(module));
    return out.bytes();
  }

  private static byte[] unreachable(int functions) {
    var out = new ByteArrayOutputStream();
    WasmWriter.writeVarUInt32(out, functions);
    for (int i = 0; i < functions; i++) {
      out.writeBytes(UNREACHABLE_BODY);
    }
    return out.toByteArray();
  }

  /**
   * Reads one without validating it again, and without an object for every function.
   *
   * @throws RuntimeException when it is no module after all
   */
  static WasmModule parse(byte[] stripped) {
    var module = WasmModule.builder().withValidation(false);
    Parser.Builder parser =
        Parser.builder().withCustomParsers(Map.of(FunctionNames.SECTION, FunctionNames::parse));
    for (int id = SectionId.CUSTOM; id <= SectionId.TAG; id++) {
      if (id != SectionId.CODE) {
        parser.includeSectionId(id);
      }
    }
    parser.build().parse(new ByteArrayInputStream(stripped), section -> add(module, section));
    return module.build();
  }

  private static void add(WasmModule.Builder module, Section section) {
    switch (section) {
      case CustomSection names -> module.addCustomSection(names.name(), names);
      case TypeSection types -> module.setTypeSection(types);
      case ImportSection imports -> module.setImportSection(imports);
      case FunctionSection functions ->
          module.setFunctionSection(functions).setCodeSection(compiled(functions.functionCount()));
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

  /** One empty body for all functions: none of them is ever looked at. */
  private static CodeSection compiled(int functions) {
    var code = CodeSection.builder();
    for (int i = 0; i < functions; i++) {
      code.addFunctionBody(COMPILED);
    }
    return code.build();
  }
}
