// A host made of memory, for unit tests on the machine that builds.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const [HEAD, CHUNK, END, ERROR, TIMER, EXEC, READY] = [1, 2, 3, 4, 7, 8, 11];
const AGAIN = -6;

class Exit extends Error {}

export class Host {
  log = "";
  requests = [];
  timers = [];
  cancelled = [];
  exec = { output: "", input: [], room: Infinity, code: undefined };
  refusal = 0;
  exitCode = undefined;
  millis = 0;

  #events = [];
  #current = undefined;
  #last = 0n;
  #exports;

  constructor(file, environment = {}) {
    const module = new WebAssembly.Module(readFileSync(file));
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}\0`);
    const instance = new WebAssembly.Instance(module, {
      hiberlet: this.#hiberlet(),
      wasi_snapshot_preview1: this.#wasi(variables),
    });
    this.#exports = instance.exports;
  }

  /** Lets the guest run until it is idle, or has ended. */
  wake() {
    try {
      this.#exports.hiberlet_wake();
    } catch (thrown) {
      if (!(thrown instanceof Exit)) throw thrown;
    }
  }

  /** The request that was sent first and not yet looked at. */
  sent() {
    return this.requests.shift();
  }

  happen(operation, kind, payload) {
    this.#events.push([operation, kind, Buffer.from(payload)]);
  }

  head(operation, status) {
    this.happen(operation, HEAD, `HTTP/1.1 ${status} Whatever\r\n\r\n`);
  }

  chunk(operation, text) {
    this.happen(operation, CHUNK, text);
  }

  end(operation) {
    this.happen(operation, END, "");
  }

  /** An answer as a whole. */
  answer(operation, status, body) {
    this.head(operation, status);
    this.chunk(operation, typeof body === "string" ? body : JSON.stringify(body));
    this.end(operation);
  }

  fail(operation, reason) {
    this.happen(operation, ERROR, `\x1d\0\0\0${reason}`);
  }

  /** Lets the timer that was set last ring. */
  ring() {
    const { operation, millis } = this.timers.pop();
    this.millis += millis;
    this.happen(operation, TIMER, "");
  }

  command(operation, ...words) {
    this.happen(operation, EXEC, "\0\0\0\0" + words.map((word) => word + "\0").join(""));
  }

  ready(operation) {
    this.happen(operation, READY, "");
  }

  #bytes(pointer, length) {
    return Buffer.from(this.#exports.memory.buffer, pointer >>> 0, length);
  }

  #hiberlet() {
    return {
      http_request: (pointer, length, flags) => {
        if (this.refusal) return BigInt(-this.refusal);
        const [, line, fields, body] = this.#bytes(pointer, length)
          .toString()
          .match(/^(.*) HTTP\/1\.1\r\n(.*?)\r\n\r\n(.*)$/s);
        this.requests.push({ operation: ++this.#last, streams: flags === 1, line, fields, body });
        return this.#last;
      },
      timer: (millis) => {
        this.timers.push({ operation: ++this.#last, millis: Number(millis) });
        return this.#last;
      },
      cancel: (operation) => {
        this.cancelled.push(operation);
        return 0;
      },
      event_next: (header) => {
        this.#current = this.#events.shift();
        if (!this.#current) return 0;
        const [operation, kind, payload] = this.#current;
        const to = this.#bytes(header, 16);
        to.writeBigInt64LE(BigInt(operation), 0);
        to.writeInt32LE(kind, 8);
        to.writeInt32LE(payload.length, 12);
        return 1;
      },
      event_read: (pointer) => {
        const payload = this.#current[2];
        payload.copy(this.#bytes(pointer, payload.length));
        return payload.length;
      },
      exec_read: (operation, pointer, length) => {
        const next = this.exec.input.shift();
        if (next === undefined) return AGAIN;
        assert(next.length <= length);
        Buffer.from(next).copy(this.#bytes(pointer, length));
        return next.length;
      },
      exec_write: (operation, stream, pointer, length) => {
        if (this.exec.room === 0) return AGAIN;
        const count = Math.min(length, this.exec.room);
        this.exec.room -= count;
        this.exec.output += this.#bytes(pointer, count).toString();
        return count;
      },
      exec_exit: (operation, code) => {
        assert.equal(this.exec.code, undefined);
        this.exec.code = code;
        return 0;
      },
    };
  }

  #wasi(variables) {
    return {
      fd_write: (descriptor, vectors, count, written) => {
        const vector = this.#bytes(vectors, 8);
        const length = vector.readUInt32LE(4);
        this.log += this.#bytes(vector.readUInt32LE(0), length).toString();
        this.#bytes(written, 4).writeUInt32LE(length);
        return 0;
      },
      environ_sizes_get: (count, bytes) => {
        this.#bytes(count, 4).writeUInt32LE(variables.length);
        this.#bytes(bytes, 4).writeUInt32LE(Buffer.byteLength(variables.join("")));
        return 0;
      },
      environ_get: (pointers, bytes) => {
        for (const [index, variable] of variables.entries()) {
          this.#bytes(pointers + 4 * index, 4).writeUInt32LE(bytes);
          bytes += this.#bytes(bytes, Buffer.byteLength(variable)).write(variable);
        }
        return 0;
      },
      clock_time_get: (clock, precision, time) => {
        this.#bytes(time, 8).writeBigInt64LE(BigInt(this.millis) * 1_000_000n);
        return 0;
      },
      proc_exit: (code) => {
        this.exitCode = code;
        throw new Exit();
      },
    };
  }
}
