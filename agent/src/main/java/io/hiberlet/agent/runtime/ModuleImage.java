package io.hiberlet.agent.runtime;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ActiveDataSegment;
import com.dylibso.chicory.wasm.types.ActiveElement;
import com.dylibso.chicory.wasm.types.CodeSection;
import com.dylibso.chicory.wasm.types.DataSection;
import com.dylibso.chicory.wasm.types.DeclarativeElement;
import com.dylibso.chicory.wasm.types.Element;
import com.dylibso.chicory.wasm.types.ElementSection;
import com.dylibso.chicory.wasm.types.FunctionBody;
import com.dylibso.chicory.wasm.types.PassiveDataSegment;
import java.util.List;
import java.util.stream.Stream;

/**
 * A validated module as instances are made of it: without the function bodies, which are compiled
 * by now and would be most of its size, and without custom sections.
 */
final class ModuleImage {
  private static final FunctionBody COMPILED = new FunctionBody(List.of(), List.of());

  private ModuleImage() {}

  /** For a controller's first instance. */
  static WasmModule starting(WasmModule module) {
    return withoutBodies(module)
        .setStartSection(module.startSection().orElse(null))
        .setElementSection(module.elementSection())
        .setDataSection(module.dataSection())
        .build();
  }

  /**
   * For the instances after that: instantiation runs nothing and leaves memories and tables empty
   * for the state that overwrites them. Segments keep their indexes.
   */
  static WasmModule resuming(WasmModule module) {
    var elements = ElementSection.builder();
    Stream.of(module.elementSection().elements())
        .map(ModuleImage::withoutEffect)
        .forEach(elements::addElement);
    var data = DataSection.builder();
    Stream.of(module.dataSection().dataSegments())
        .map(segment -> segment instanceof ActiveDataSegment ? PassiveDataSegment.EMPTY : segment)
        .forEach(data::addDataSegment);
    return withoutBodies(module)
        .setElementSection(elements.build())
        .setDataSection(data.build())
        .build();
  }

  private static Element withoutEffect(Element element) {
    return element instanceof ActiveElement
        ? new DeclarativeElement(element.type(), List.of())
        : element;
  }

  private static WasmModule.Builder withoutBodies(WasmModule module) {
    var code =
        CodeSection.builder().setRequiresDataCount(module.codeSection().isRequiresDataCount());
    for (int i = 0; i < module.codeSection().functionBodyCount(); i++) {
      code.addFunctionBody(COMPILED);
    }
    return WasmModule.builder()
        .withValidation(false) // the whole module was valid
        .setTypeSection(module.typeSection())
        .setImportSection(module.importSection())
        .setFunctionSection(module.functionSection())
        .setTableSection(module.tableSection())
        .setMemorySection(module.memorySection().orElse(null))
        .setGlobalSection(module.globalSection())
        .setExportSection(module.exportSection())
        .setTagSection(module.tagSection().orElse(null))
        .setDataCountSection(module.dataCountSection().orElse(null))
        .setCodeSection(code.build());
  }
}
