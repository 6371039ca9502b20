// HTTP/1.1 messages (RFC 9112) as the host takes and gives them.

import { Kind, http_request } from "./host";
import { Json } from "./json";
import { Waiting, await_, reason } from "./loop";

/** What came of a request. */
export class Answer {
  /**
   * @param status the HTTP status; 0 when there was no answer, and the body says why
   * @param error with status 0 the host's errno, 0 when it is none of the host's
   */
  constructor(
    public status: i32,
    public body: string,
    public error: i32 = 0,
  ) {}

  ok(): bool {
    return this.status >= 200 && this.status < 300;
  }

  isNotFound(): bool {
    return this.status == 404;
  }

  json(): Json {
    const value = Json.read(this.body);
    return value ? value : Json.none();
  }

  /** What a failure says, for people. */
  reason(): string {
    if (this.status == 0) return this.body;
    return `the API server answered ${this.status}: ${this.json().get("message").string()}`;
  }
}

/** What an ERROR's payload means. */
export function lost(payload: ArrayBuffer): Answer {
  const error = payload.byteLength >= 4 ? load<i32>(changetype<usize>(payload)) : 0;
  return new Answer(0, reason(payload), error);
}

/** Waits for an answer as a whole. */
export abstract class Call extends Waiting {
  private status: i32 = 0;
  private parts: string[] = [];

  abstract answered(answer: Answer): void;

  hear(kind: i32, payload: ArrayBuffer): void {
    if (kind == Kind.RESPONSE_HEAD) {
      this.status = statusOf(payload);
    } else if (kind == Kind.BODY_CHUNK) {
      this.parts.push(String.UTF8.decode(payload)); // one chunk: the host gathers the body
    } else if (kind == Kind.END) {
      this.answered(new Answer(this.status, this.parts.join("")));
    } else if (kind == Kind.ERROR) {
      this.answered(lost(payload));
    }
  }
}

/** The status code in a response's head, 0 when there is none. */
export function statusOf(head: ArrayBuffer): i32 {
  const text = String.UTF8.decode(head);
  return text.startsWith("HTTP/1.1 ") ? <i32>parseInt(text.substring(9, 12)) : 0;
}

const EINVAL: i64 = 28;

/** Sends a message; returns what the host does. */
export function send(
  method: string,
  target: string,
  mediaType: string,
  body: string,
  flags: u32,
): i64 {
  for (let i = 0; i < target.length; i++) {
    const c = target.charCodeAt(i);
    if (c <= 0x20 || c > 0x7e) return -EINVAL; // it would break the message
  }
  let head = `${method} ${target} HTTP/1.1\r\nAccept: application/json\r\n`;
  if (mediaType.length > 0) {
    const length = String.UTF8.byteLength(body);
    head += `Content-Type: ${mediaType}\r\nContent-Length: ${length}\r\n`;
  }
  const message = String.UTF8.encode(head + "\r\n" + body);
  return http_request(changetype<usize>(message), message.byteLength, flags);
}

/**
 * Sends a request to the API server, as the pod's service account.
 *
 * @param target in origin form, percent-encoded
 * @param mediaType empty when there is no body
 */
export function request(
  method: string,
  target: string,
  mediaType: string,
  body: string,
  call: Call,
): void {
  await_(send(method, target, mediaType, body, 0), call);
}
