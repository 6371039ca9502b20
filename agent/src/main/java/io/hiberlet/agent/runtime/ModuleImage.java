package io.hiberlet.agent.runtime;

import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ActiveDataSegment;
import com.dylibso.chicory.wasm.types.ActiveElement;
import com.dylibso.chicory.wasm.types.DataSection;
import com.dylibso.chicory.wasm.types.DeclarativeElement;
import com.dylibso.chicory.wasm.types.Element;
import com.dylibso.chicory.wasm.types.ElementSection;
import com.dylibso.chicory.wasm.types.PassiveDataSegment;
import java.util.List;
import java.util.stream.Stream;

/**
 * A validated and {@link StrippedModule stripped} module as instances are made of it: without
 * custom sections, and with what its active data segments hold in images that all instances share.
 * Made once per module. Thread-safe.
 *
 * @param starting for a controller's first instance
 * @param resuming for the instances after that: instantiation runs nothing and leaves the tables
 *     empty for the state that overwrites them
 * @param memories what each memory begins with
 */
record ModuleImage(WasmModule starting, WasmModule resuming, List<MemoryImage> memories) {
  ModuleImage {
    memories = List.copyOf(memories);
  }

  /** Takes as much memory as the module declares to begin with, if its data is spread over it. */
  static ModuleImage of(WasmModule module) {
    DataSection passive = withoutActive(module);
    WasmModule resuming =
        declarations(module)
            .setElementSection(withoutActive(module.elementSection()))
            .setDataSection(passive)
            .build();
    try {
      var memories = MemoryImages.of(module);
      return new ModuleImage(startingWith(passive, module), resuming, memories);
    } catch (ChicoryException e) {
      // A segment lies outside of its memory. Every instantiation is to fail at it: the module
      // keeps its segments.
      return new ModuleImage(
          startingWith(module.dataSection(), module), resuming, MemoryImages.empty(module));
    }
  }

  /** The module without what instances do not need of it. */
  static WasmModule stripped(WasmModule module) {
    return startingWith(module.dataSection(), module);
  }

  private static WasmModule startingWith(DataSection data, WasmModule module) {
    return declarations(module)
        .setStartSection(module.startSection().orElse(null))
        .setElementSection(module.elementSection())
        .setDataSection(data)
        .build();
  }

  /**
   * Segments keep their indexes; one that was active has served, and is empty. Code that refers to
   * segments must declare their count: without, none is kept. Go has 100,000 of them.
   */
  private static DataSection withoutActive(WasmModule module) {
    var passive = DataSection.builder();
    if (module.dataCountSection().isPresent()) {
      Stream.of(module.dataSection().dataSegments())
          .map(segment -> segment instanceof ActiveDataSegment ? PassiveDataSegment.EMPTY : segment)
          .forEach(passive::addDataSegment);
    }
    return passive.build();
  }

  private static ElementSection withoutActive(ElementSection elements) {
    var passive = ElementSection.builder();
    Stream.of(elements.elements()).map(ModuleImage::withoutEffect).forEach(passive::addElement);
    return passive.build();
  }

  private static Element withoutEffect(Element element) {
    return element instanceof ActiveElement
        ? new DeclarativeElement(element.type(), List.of())
        : element;
  }

  private static WasmModule.Builder declarations(WasmModule module) {
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
        .setCodeSection(module.codeSection());
  }
}
