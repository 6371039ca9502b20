// What host.mjs drives: a controller of things, commands, and checks of what needs no host.

import {
  Answer,
  Call,
  Collection,
  Command,
  CommandHandler,
  Controller,
  Input,
  Json,
  Key,
  Reconciler,
  Resource,
  info,
  onExec,
  request,
  variable,
  wake,
} from "../hiberlet";

const things = new Collection(new Resource("x.io", "v1", "things"), "n");

let controller: Controller | null = null;

class Recorder extends Reconciler {
  reconcile(key: Key, object: Json | null): void {
    const spec = object ? object.get("spec").toString() : "gone";
    info(`${key.toString()}=${spec}`);
    if (spec == '"late"') return;
    if (spec == '"fails"') {
      controller!.failed("alas");
    } else {
      controller!.done(0);
    }
  }
}

class Note extends Call {
  answered(answer: Answer): void {
    info(answer.ok() ? answer.body : answer.reason());
  }
}

class Echo extends Input {
  read(command: Command, bytes: ArrayBuffer): void {
    command.send(1, bytes);
    if (bytes.byteLength == 0) command.exit(7);
  }
}

/** Echoes its input, or does what its word says. */
class Handler extends CommandHandler {
  run(command: Command, words: string[]): void {
    if (words[0] == "echo") {
      command.writeError(words[1]);
      command.read(new Echo());
      return;
    }
    if (words[0] == "done") controller!.done(0);
    if (words[0] == "get") things.get(words[1], new Note());
    if (words[0] == "remove") things.remove(words[1], "u-1", new Note());
    if (words[0] == "patch") things.patch("a", Json.object(), new Note());
    if (words[0] == "apply") things.apply("a", "me", Json.object(), new Note());
    if (words[0] == "break") request("GET", "/a b", "", "", new Note());
    command.exit(0);
  }
}

export function hiberlet_wake(): void {
  if (controller === null && variable("THINGS") !== null) {
    onExec(new Handler());
    controller = new Controller(things, "l=1", new Recorder());
    controller!.enqueue(new Key("n", "orphan"));
  }
  wake();
}

function rewritten(text: string): string {
  const json = Json.read(text);
  return json ? json.toString() : "refused";
}

export function readsAndWritesJson(): void {
  const text = '{"a":{"x/y.z":[1,-2.50e+3,null,true,""]},"b":"\\"\\\\\\u000a"}';
  assert(rewritten(text) == text);
  assert(rewritten(' [ "\\u00e4\\ud83d\\ude00\\/\\n" ] ') == '["ä😀/\\u000a"]');
}

export function refusesWhatIsNoJson(): void {
  const texts = [
    "", "{", "}", "{]", '{"a"}', '{"a":}', "[1 2]", "{1:2}", "{}{}", '["a', '["\\x"]', '["\\',
    '["\\u12', '["\\u12g4"]', "[1,]", "nul", "[tru]", "[.]", '["\n"]', "[".repeat(200),
  ];
  for (let i = 0; i < texts.length; i++) assert(rewritten(texts[i]) == "refused", texts[i]);
}

function equal(one: string, other: string): bool {
  return Json.read(one)!.equals(Json.read(other)!);
}

export function comparesWhateverTheOrder(): void {
  assert(equal('{"a":1,"b":[true,"x"]}', '{ "b" : [true, "\\u0078"], "a":1}'));
  assert(!equal('{"a":1}', '{"a":2}'));
  assert(!equal('{"a":1}', '{"a":1,"b":2}'));
  assert(!equal('{"a":1}', '{"b":1}'));
  assert(!equal("[1,2]", "[1]"));
  assert(!equal("[null]", '["null"]'));
}
