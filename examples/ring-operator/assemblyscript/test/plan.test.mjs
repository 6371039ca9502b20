import { readFileSync } from "node:fs";
import test from "node:test";

const imports = { hiberlet: {}, wasi_snapshot_preview1: {} };
const module = new WebAssembly.Module(readFileSync(process.env.TEST_PLAN));
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
  imports[from][name] = () => 0;
}
const { exports } = new WebAssembly.Instance(module, imports);
for (const [name, check] of Object.entries(exports)) {
  if (check instanceof Function) test(name, () => check());
}
