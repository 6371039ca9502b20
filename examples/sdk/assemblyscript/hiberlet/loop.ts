// Who is waiting for what.

import { Kind, error, event_next, event_read, exit, host_cancel, host_timer } from "./host";

/** Waits for an operation. After END, ERROR or TIMER the operation is forgotten. */
export abstract class Waiting {
  abstract hear(kind: i32, payload: ArrayBuffer): void;
}

/** Told when the host asks the controller to end, which it does by `exit`. */
export abstract class Stopping {
  abstract stop(): void;
}

/** Begins a command of `kubectl exec`. */
export abstract class Beginning {
  abstract begin(operation: i64, payload: ArrayBuffer): void;
}

class Refusal {
  constructor(
    public waiting: Waiting,
    public code: i64,
  ) {}
}

const waiting = new Map<i64, Waiting>();
let refusals: Refusal[] = [];
let stopping: Stopping | null = null;
let commands: Beginning | null = null;

/**
 * Waits for an operation that the host returned. A refusal, which is negative, becomes an ERROR
 * that is told as soon as everything else was.
 */
export function await_(operation: i64, by: Waiting): void {
  if (operation > 0) {
    waiting.set(operation, by);
  } else {
    refusals.push(new Refusal(by, -operation));
  }
}

/** Stops waiting, and has the host forget the operation. */
export function cancel(operation: i64): void {
  host_cancel(operation);
  forget(operation);
}

/** Stops waiting for what the host has forgotten by itself. */
export function forget(operation: i64): void {
  waiting.delete(operation);
}

/** Without anybody, STOP is the end, with code 0. */
export function onStop(by: Stopping): void {
  stopping = by;
}

export function setCommands(to: Beginning): void {
  commands = to;
}

/** Something that happens later. */
export abstract class Timer extends Waiting {
  /** It is time. */
  abstract ring(): void;

  hear(kind: i32, payload: ArrayBuffer): void {
    if (kind == Kind.TIMER) {
      this.ring();
    } else {
      error("the host has no timer left for this controller");
      exit(1);
    }
  }
}

/** Rings once after at least that many milliseconds. Returns what `cancel` takes. */
export function after(millis: i64, timer: Timer): i64 {
  const operation = host_timer(millis);
  await_(operation, timer);
  return operation;
}

function dispatch(operation: i64, kind: i32, payload: ArrayBuffer): void {
  if (kind == Kind.STOP) {
    if (stopping) {
      stopping!.stop();
    } else {
      exit(0);
    }
  } else if (waiting.has(operation)) {
    const who = waiting.get(operation);
    if (kind == Kind.END || kind == Kind.ERROR || kind == Kind.TIMER) waiting.delete(operation);
    who.hear(kind, payload);
  } else if (kind == Kind.EXEC) {
    if (commands) {
      commands!.begin(operation, payload);
    } else {
      host_cancel(operation);
    }
  }
}

/** The host's reason, behind its errno. */
export function reason(payload: ArrayBuffer): string {
  return payload.byteLength > 4
    ? String.UTF8.decodeUnsafe(changetype<usize>(payload) + 4, payload.byteLength - 4)
    : "the host gave no reason";
}

function tellRefusals(): bool {
  const told = refusals;
  refusals = [];
  for (let i = 0; i < told.length; i++) {
    const payload = String.UTF8.encode(`0000the host refused it (errno ${told[i].code})`);
    store<i32>(changetype<usize>(payload), <i32>told[i].code);
    told[i].waiting.hear(Kind.ERROR, payload);
  }
  return told.length > 0;
}

/** Tells what waits to be heard. A controller exports this as `hiberlet_wake`. */
export function wake(): void {
  const header = new StaticArray<i64>(2); // operation, kind, length
  const at = changetype<usize>(header);
  do {
    while (event_next(at) == 1) {
      const payload = new ArrayBuffer(load<i32>(at, 12));
      event_read(changetype<usize>(payload));
      dispatch(header[0], load<i32>(at, 8), payload);
    }
  } while (tellRefusals());
}
