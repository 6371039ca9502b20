// Commands that somebody gives the controller with `kubectl exec`.

import { AGAIN, Kind, exec_exit, exec_read, exec_write } from "./host";
import { Beginning, Waiting, await_, forget, setCommands } from "./loop";

const CHUNK: u32 = 4096;
const NOT_EXITED: i32 = -1;
const FLAGS: i32 = 4;

/** Carries commands out. */
export abstract class CommandHandler {
  abstract run(command: Command, words: string[]): void;
}

/** Hears the input of a command. */
export abstract class Input {
  /** Input as it comes; a length of 0 is its end. */
  abstract read(command: Command, bytes: ArrayBuffer): void;
}

class Output {
  taken: u32 = 0;

  constructor(
    public stream: i32,
    public bytes: ArrayBuffer,
  ) {}
}

/**
 * A command that is being carried out. It must come to `exit`: when its client has gone meanwhile,
 * its input is at its end and what it writes is nobody's.
 */
export class Command extends Waiting {
  private input: Input | null = null;
  private outputs: Output[] = [];
  private code: i32 = NOT_EXITED;
  private gone: bool = false;
  private atEnd: bool = false;
  private over: bool = false;
  private busy: bool = false;

  constructor(private operation: i64) {
    super();
  }

  /** Without this, input is not read. */
  read(input: Input): void {
    this.input = input;
    this.advance();
  }

  /** Writes to the client's output; it is taken by the client in its time. */
  write(text: string): void {
    this.send(1, String.UTF8.encode(text));
  }

  /** Writes to the client's errors. */
  writeError(text: string): void {
    this.send(2, String.UTF8.encode(text));
  }

  /** Writes to output 1 or errors 2. */
  send(stream: i32, bytes: ArrayBuffer): void {
    this.outputs.push(new Output(stream, bytes));
    this.advance();
  }

  /** Ends the command, 0 to 255, once all that was written has been taken. */
  exit(code: i32): void {
    this.code = code;
    this.advance();
  }

  hear(kind: i32, payload: ArrayBuffer): void {
    if (kind == Kind.ERROR) this.gone = true;
    if (kind == Kind.ERROR || kind == Kind.READY) this.advance();
  }

  private advance(): void {
    if (this.busy || this.over) return;
    this.busy = true;
    this.readIn();
    this.busy = false;
    if (!this.writeOut() || this.code == NOT_EXITED) return;
    this.over = true;
    if (this.gone) return;
    exec_exit(this.operation, this.code);
    forget(this.operation);
  }

  private readIn(): void {
    while (this.input && !this.atEnd && this.code == NOT_EXITED) {
      const buffer = new ArrayBuffer(CHUNK);
      const count = this.gone ? 0 : exec_read(this.operation, changetype<usize>(buffer), CHUNK);
      if (count < 0) return;
      this.atEnd = count == 0;
      this.input!.read(this, buffer.slice(0, count));
    }
  }

  /** Whether nothing waits to be taken. */
  private writeOut(): bool {
    while (this.outputs.length > 0 && !this.gone) {
      const output = this.outputs[0];
      const from = changetype<usize>(output.bytes) + output.taken;
      const length = output.bytes.byteLength - output.taken;
      const count = length == 0 ? 0 : exec_write(this.operation, output.stream, from, length);
      if (count < 0) return count != AGAIN;
      output.taken += count;
      if (output.taken == output.bytes.byteLength) this.outputs.shift();
    }
    return true;
  }
}

class Commands extends Beginning {
  constructor(private handler: CommandHandler) {
    super();
  }

  begin(operation: i64, payload: ArrayBuffer): void {
    const command = new Command(operation);
    await_(operation, command);
    const text = String.UTF8.decodeUnsafe(
      changetype<usize>(payload) + FLAGS,
      payload.byteLength - FLAGS,
    );
    const words = text.split("\0");
    words.pop(); // behind the last NUL
    this.handler.run(command, words);
  }
}

/**
 * Has commands carried out; several may be under way at once. A program that never calls this does
 * not import what it takes, and the host refuses commands in its name.
 */
export function onExec(handler: CommandHandler): void {
  setCommands(new Commands(handler));
}
