// The host's functions (docs/host-abi.md), and those of WASI that are needed beside them.

@external("hiberlet", "http_request")
export declare function http_request(message: usize, length: u32, flags: u32): i64;
@external("hiberlet", "timer")
export declare function host_timer(millis: i64): i64;
@external("hiberlet", "cancel")
export declare function host_cancel(operation: i64): i32;
@external("hiberlet", "event_next")
export declare function event_next(header: usize): i32;
@external("hiberlet", "event_read")
export declare function event_read(payload: usize): i32;
@external("hiberlet", "exec_read")
export declare function exec_read(operation: i64, bytes: usize, length: u32): i32;
@external("hiberlet", "exec_write")
export declare function exec_write(operation: i64, stream: i32, bytes: usize, length: u32): i32;
@external("hiberlet", "exec_exit")
export declare function exec_exit(operation: i64, code: i32): i32;

@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(descriptor: u32, vectors: usize, count: u32, written: usize): u32;
@external("wasi_snapshot_preview1", "environ_sizes_get")
declare function environ_sizes_get(count: usize, bytes: usize): u32;
@external("wasi_snapshot_preview1", "environ_get")
declare function environ_get(pointers: usize, bytes: usize): u32;
@external("wasi_snapshot_preview1", "args_sizes_get")
declare function args_sizes_get(count: usize, bytes: usize): u32;
@external("wasi_snapshot_preview1", "args_get")
declare function args_get(pointers: usize, bytes: usize): u32;
@external("wasi_snapshot_preview1", "clock_time_get")
declare function clock_time_get(clock: u32, precision: u64, time: usize): u32;
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: u32): void;

export namespace Kind {
  export const RESPONSE_HEAD: i32 = 1;
  export const BODY_CHUNK: i32 = 2;
  export const END: i32 = 3;
  export const ERROR: i32 = 4;
  export const TIMER: i32 = 7;
  export const EXEC: i32 = 8;
  export const STOP: i32 = 9;
  export const READY: i32 = 11;
}

export const STREAM: u32 = 1;
export const AGAIN: i32 = -6;

/** The log: output and errors. */
export const STDOUT: u32 = 1;
export const STDERR: u32 = 2;
const REALTIME: u32 = 0;
const MONOTONIC: u32 = 1;

/** Writes a line, as it is, to STDOUT or STDERR. */
export function print(descriptor: u32, line: string): void {
  const bytes = String.UTF8.encode(line + "\n");
  const vector = new StaticArray<usize>(3); // pointer, length, and what was written
  vector[0] = changetype<usize>(bytes);
  vector[1] = bytes.byteLength;
  fd_write(descriptor, changetype<usize>(vector), 1, changetype<usize>(vector) + 2 * sizeof<usize>());
}

/** One line in the pod's log: something worth knowing. */
export function info(message: string): void {
  print(STDOUT, "INFO  " + message);
}

/** Something that went wrong and is dealt with. */
export function warn(message: string): void {
  print(STDOUT, "WARN  " + message);
}

/** Something that went wrong for good. */
export function error(message: string): void {
  print(STDOUT, "ERROR " + message);
}

/** Ends the container with that code. */
export function exit(code: u32): void {
  proc_exit(code);
}

/** Time since the controller's beginning, in milliseconds, the time asleep included. */
export function monotonicMillis(): i64 {
  return nanos(MONOTONIC) / 1_000_000;
}

/** The wall clock: seconds since 1970. */
export function wallSeconds(): i64 {
  return nanos(REALTIME) / 1_000_000_000;
}

function nanos(clock: u32): i64 {
  const nanos = new StaticArray<i64>(1);
  clock_time_get(clock, 1, changetype<usize>(nanos));
  return nanos[0];
}

/** A variable of the environment, or null. */
export function variable(name: string): string | null {
  const sizes = new StaticArray<u32>(2);
  environ_sizes_get(changetype<usize>(sizes), changetype<usize>(sizes) + sizeof<u32>());
  const pointers = new StaticArray<usize>(sizes[0]);
  const bytes = new StaticArray<u8>(sizes[1]);
  environ_get(changetype<usize>(pointers), changetype<usize>(bytes));
  const begin = name + "=";
  for (let i = 0; i < pointers.length; i++) {
    const entry = textAt(pointers[i]);
    if (entry.startsWith(begin)) return entry.substring(begin.length);
  }
  return null;
}

/** The program's arguments, its name first. */
export function programArguments(): string[] {
  const sizes = new StaticArray<u32>(2);
  args_sizes_get(changetype<usize>(sizes), changetype<usize>(sizes) + sizeof<u32>());
  const pointers = new StaticArray<usize>(sizes[0]);
  const bytes = new StaticArray<u8>(sizes[1]);
  args_get(changetype<usize>(pointers), changetype<usize>(bytes));
  const words = new Array<string>();
  for (let i = 0; i < pointers.length; i++) words.push(textAt(pointers[i]));
  return words;
}

/** The text there, up to a NUL. */
function textAt(pointer: usize): string {
  let end = pointer;
  while (load<u8>(end) != 0) end++;
  return String.UTF8.decodeUnsafe(pointer, end - pointer);
}

/** What the compiler calls when the program fails: the reason goes into the log. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const where = file ? `${file}:${line}:${column}` : "somewhere";
  error((message ? message : "failed") + " at " + where);
  exit(1);
}
