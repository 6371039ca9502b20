import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { Host } from "./host.mjs";

const guest = process.env.TEST_GUEST;
const LIST = "GET /apis/x.io/v1/namespaces/n/things?limit=100&labelSelector=l%3D1";

const thing = (name, version, spec) => ({
  metadata: { namespace: "n", name, uid: "u", resourceVersion: `${version}`, managedFields: [{}] },
  spec,
});
const list = (...items) => ({ metadata: { resourceVersion: "9" }, items });
const line = (type, object) => JSON.stringify({ type, object }) + "\n";

/** Answers a list and its watch's head; returns the watch. */
function sync(host, ...items) {
  const request = host.sent();
  assert.equal(request.line, LIST);
  host.answer(request.operation, 200, list(...items));
  host.wake();
  const watch = host.sent();
  assert.equal(
    watch.line,
    "GET /apis/x.io/v1/namespaces/n/things?watch=true&labelSelector=l%3D1&resourceVersion=9",
  );
  assert(watch.streams);
  host.head(watch.operation, 200);
  host.wake();
  return watch.operation;
}

function started(...items) {
  const host = new Host(guest, { OTHER: "1", THINGS: "yes" });
  host.wake();
  const watch = sync(host, ...items);
  host.log = "";
  return [host, watch];
}

function wakes(host, log) {
  host.log = "";
  host.wake();
  assert.equal(host.log, log);
}

test("what needs no host", () => {
  const imports = { hiberlet: {}, wasi_snapshot_preview1: {} };
  const module = new WebAssembly.Module(readFileSync(guest));
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from][name] = () => 0;
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  exports.readsAndWritesJson();
  exports.refusesWhatIsNoJson();
  exports.comparesWhateverTheOrder();
});

test("nothing is reconciled before the whole list is in", () => {
  const host = new Host(guest, { THINGS: "yes" });
  host.wake();
  const page = { metadata: { continue: "c/1" }, items: [thing("a", 1, 1)] };
  host.answer(host.sent().operation, 200, page);
  wakes(host, "");
  const second = host.sent();
  assert.equal(second.line, LIST + "&continue=c%2F1");
  host.answer(second.operation, 200, list(thing("b", 2, 2)));
  wakes(
    host,
    "INFO  listed 2 things at resourceVersion 9\nINFO  n/orphan=gone\nINFO  n/a=1\nINFO  n/b=2\n",
  );
});

test("changes are reconciled", () => {
  const [host, watch] = started(thing("a", 1, 1));
  host.chunk(watch, line("MODIFIED", thing("a", 3, 3)) + '{"type":"ADD');
  wakes(host, "INFO  n/a=3\n");
  host.chunk(watch, line("ADDED", thing("c", 4, 4)).substring(12));
  host.chunk(watch, line("BOOKMARK", thing("", 5, 5)));
  host.chunk(watch, line("MODIFIED", thing("c", 4, 4))); // told twice
  wakes(host, "INFO  n/c=4\n");
  host.chunk(watch, line("DELETED", thing("c", 6, 4)) + line("DELETED", thing("never", 7, 7)));
  wakes(host, "INFO  n/c=gone\n");
});

test("changes meanwhile are merged", () => {
  const [host, watch] = started();
  host.chunk(watch, line("ADDED", thing("a", 10, "late")));
  wakes(host, 'INFO  n/a="late"\n');
  host.chunk(watch, line("MODIFIED", thing("a", 11, 11)) + line("MODIFIED", thing("a", 12, 12)));
  host.chunk(watch, line("ADDED", thing("b", 13, 13)));
  wakes(host, "");
  host.command(90, "done");
  wakes(host, "INFO  n/a=12\nINFO  n/b=13\n");
});

test("failures are tried again ever more slowly", () => {
  const [host, watch] = started();
  host.chunk(watch, line("ADDED", thing("a", 20, "fails")));
  wakes(host, 'INFO  n/a="fails"\nWARN  n/a: alas; trying again in 500 ms\n');
  assert.equal(host.timers.at(-1).millis, 500);
  host.ring();
  wakes(host, 'INFO  n/a="fails"\nWARN  n/a: alas; trying again in 1000 ms\n');
  host.chunk(watch, line("MODIFIED", thing("a", 21, 21))); // does not wait for the timer
  wakes(host, "INFO  n/a=21\n");
});

test("a lost position lists again and finds what was missed", () => {
  const [host, watch] = started(thing("a", 1, 1), thing("b", 2, 2));
  host.chunk(watch, line("ERROR", { code: 410 }) + line("ADDED", thing("x", 1, 1)));
  wakes(host, "");
  assert.deepEqual(host.cancelled, [watch]);
  assert.equal(host.sent(), undefined); // it did not live long: no loop of lists
  assert.equal(host.timers.at(-1).millis, 1000);
  host.ring();
  host.wake();
  host.log = "";
  const next = sync(host, thing("b", 2, 2), thing("d", 30, 30));
  assert.match(host.log, /INFO {2}n\/d=30\n/);
  assert.match(host.log, /INFO {2}n\/a=gone\n/);
  host.millis += 5000;
  host.end(next);
  host.wake();
  sync(host, thing("b", 2, 2));
});

test("a failed list is tried again", () => {
  const host = new Host(guest, { THINGS: "yes" });
  host.wake();
  host.fail(host.sent().operation, "lost with the host");
  wakes(host, "WARN  watching things: lost with the host\n");
  host.ring();
  host.wake();
  host.answer(host.sent().operation, 503, { message: "away" });
  wakes(host, "WARN  watching things: the API server answered 503: away\n");
  assert.equal(host.timers.at(-1).millis, 2000);
});

test("requests say what went wrong", () => {
  const [host] = started();
  const sent = (...words) => {
    host.command(91, ...words);
    host.wake();
    host.exec.code = undefined;
    return host.sent();
  };
  const get = sent("get", "a b");
  assert.equal(get.line, "GET /apis/x.io/v1/namespaces/n/things/a%20b");
  host.answer(get.operation, 404, { message: "no such thing" });
  wakes(host, "INFO  the API server answered 404: no such thing\n");
  const remove = sent("remove", "a");
  assert.equal(remove.line, "DELETE /apis/x.io/v1/namespaces/n/things/a");
  assert.deepEqual(JSON.parse(remove.body).preconditions, { uid: "u-1" });
  assert.match(sent("patch").fields, /Content-Type: application\/merge-patch\+json/);
  assert.equal(
    sent("apply").line,
    "PATCH /apis/x.io/v1/namespaces/n/things/a?force=true&fieldManager=me",
  );
  host.log = "";
  sent("break");
  assert.equal(host.log, "INFO  the host refused it (errno 28)\n");
  host.refusal = 33;
  host.log = "";
  sent("patch");
  assert.equal(host.log, "INFO  the host refused it (errno 33)\n");
});

test("a command gets words and input and answers, and waits without room", () => {
  const [host] = started();
  host.exec.room = 3;
  host.exec.input = ["hel"];
  host.command(92, "echo", "a b");
  host.wake();
  assert.equal(host.exec.output, "a b");
  Object.assign(host.exec, { room: 100, input: ["lo", ""] });
  host.ready(92);
  host.wake();
  assert.equal(host.exec.output, "a bhello");
  assert.equal(host.exec.code, 7);
});

test("it stops when nothing is under way", () => {
  const [host, watch] = started();
  host.chunk(watch, line("ADDED", thing("a", 10, "late")));
  host.happen(0, 9, Buffer.alloc(8));
  host.wake();
  assert.equal(host.exitCode, undefined);
  host.command(93, "done");
  host.wake();
  assert.equal(host.exitCode, 0);
});
