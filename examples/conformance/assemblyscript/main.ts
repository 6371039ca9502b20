// The conformance guest: does the tasks that the suite gives it and answers each (docs/conformance.md).

import {
  Answer,
  Call,
  Collection,
  Json,
  Listing,
  Resource,
  STDERR,
  STDOUT,
  Timer,
  Watching,
  after,
  error,
  exit,
  monotonicMillis,
  print,
  programArguments,
  variable,
  wake,
  wallSeconds,
} from "../../sdk/assemblyscript/hiberlet";

const configMaps = new Collection(new Resource("", "v1", "configmaps"), "conformance");

class Task {
  constructor(
    public n: string,
    public what: string,
    public argument: string,
  ) {}
}

/** Those that wait; the first of them is carried out when `busy`. */
const tasks: Task[] = [];
let busy = false;

// What is known for the whole life.
let count: u32 = 0;
let sum: u32 = 0;
const kept: string[] = [];
let monotonic: i64 = 0;

function add(to: u32, text: string): u32 {
  const bytes = Uint8Array.wrap(String.UTF8.encode(text));
  for (let i = 0; i < bytes.length; i++) to = to * 31 + bytes[i];
  return to;
}

function fail(answer: Answer): void {
  error(answer.reason());
  exit(1);
}

class Answered extends Call {
  answered(answer: Answer): void {
    if (!answer.ok()) fail(answer);
    tasks.shift();
    busy = false;
    carryOut();
  }
}

function finish(result: string): void {
  count++;
  sum = add(sum, result);
  const data = Json.object()
    .set("n", Json.string(tasks[0].n))
    .set("result", Json.string(result))
    .set("count", Json.string(count.toString()))
    .set("sum", Json.string(sum.toString()));
  configMaps.patch("answer", Json.object().set("data", data), new Answered());
}

class Sleep extends Timer {
  ring(): void {
    finish("slept");
  }
}

function valueIn(answer: Answer): string {
  if (answer.ok()) return answer.json().get("data").get("value").string();
  if (answer.isNotFound()) return "none";
  return answer.status == 0 ? `errno ${answer.error}` : `status ${answer.status}`;
}

/** What several gets find, with a space between. */
class Gets {
  private found: (string | null)[];
  private missing: i32;

  constructor(names: string[]) {
    this.found = new Array<string | null>(names.length);
    this.missing = names.length;
    for (let i = 0; i < names.length; i++) configMaps.get(names[i], new Got(this, i));
  }

  got(index: i32, value: string): void {
    this.found[index] = value;
    if (--this.missing == 0) finish(this.found.join(" "));
  }
}

class Got extends Call {
  constructor(
    private gets: Gets,
    private index: i32,
  ) {
    super();
  }

  answered(answer: Answer): void {
    this.gets.got(this.index, valueIn(answer));
  }
}

function keptSum(): u32 {
  let result: u32 = 0;
  for (let i = 0; i < kept.length; i++) result = add(result, kept[i]);
  return result;
}

function direction(): string {
  const now = monotonicMillis();
  const back = now < monotonic;
  monotonic = now;
  return back ? "back" : "forward";
}

/** Begins the next task, unless one is under way. */
function carryOut(): void {
  if (busy || tasks.length == 0) return;
  busy = true;
  const what = tasks[0].what;
  const argument = tasks[0].argument;
  if (what == "echo") {
    finish(argument);
  } else if (what == "sleep") {
    after(I64.parseInt(argument), new Sleep());
  } else if (what == "keep") {
    kept.push(argument.repeat(100));
    finish(kept.length.toString());
  } else if (what == "kept") {
    finish(keptSum().toString());
  } else if (what == "get") {
    new Gets([argument]);
  } else if (what == "both") {
    new Gets(argument.split(" "));
  } else if (what == "monotonic") {
    finish(direction());
  } else if (what == "wall") {
    finish(wallSeconds().toString());
  } else if (what == "environment") {
    const value = variable(argument);
    finish(value === null ? "none" : value);
  } else if (what == "arguments") {
    finish(programArguments().join(" "));
  } else if (what == "log") {
    print(STDOUT, argument);
    print(STDERR, argument);
    finish("logged");
  } else if (what == "exit") {
    exit(<u32>I32.parseInt(argument));
  } else {
    finish("unknown");
  }
}

class Changes extends Watching {
  changed(type: string, object: Json): void {
    const data = object.get("data");
    if ((type != "ADDED" && type != "MODIFIED") || data.get("do").isNull()) return;
    const n = data.get("n").string();
    tasks.push(new Task(n, data.get("do").string(), data.get("with").string()));
    carryOut();
  }

  ended(failure: Answer): void {
    if (failure.status != 200 && failure.status != 410) fail(failure);
    list();
  }
}

class Beginning extends Listing {
  found(object: Json): void {}

  listed(failure: Answer, version: string): void {
    if (!failure.ok()) fail(failure);
    configMaps.watch("", version, new Changes());
  }
}

function list(): void {
  configMaps.list("", new Beginning());
}

let begun = false;

export function hiberlet_wake(): void {
  if (!begun) {
    begun = true;
    list();
  }
  wake();
}
