//! The host ABI `hiberlet:v1` (docs/host-abi.md): the only module that knows its calls.
//!
//! `wasm` binds the real host, `testing` stands in for it wherever this crate is not built for Wasm.

#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
#[cfg(target_arch = "wasm32")]
mod wasm;

#[cfg(not(target_arch = "wasm32"))]
use testing::calls as host;
#[cfg(target_arch = "wasm32")]
use wasm as host;

pub(crate) use host::{cancel, exit, http_request, monotonic, timer, wall_clock};
pub(crate) use host::{exec_exit, exec_read, exec_write};

use std::time::Duration;

/// `http_request` flag: deliver the body in chunks as it comes.
pub(crate) const STREAM: u32 = 1;

/// What reading and writing for a command answers when there is nothing to read, or no room.
pub(crate) const AGAIN: Errno = 6;

/// An operation's id, above 0.
pub(crate) type OperationId = i64;

/// A positive error number of WASI preview 1.
pub(crate) type Errno = i32;

/// An event as it comes: whose it is, of what kind, and its payload.
type RawEvent = (OperationId, i32, Vec<u8>);

/// Takes the next event and the operation that it belongs to, 0 for none.
pub(crate) fn next_event() -> Option<(OperationId, Event)> {
    std::iter::from_fn(host::next_event)
        .find_map(|(operation, kind, payload)| Some((operation, Event::decode(kind, payload)?)))
}

/// What the host tells a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// Status line and header fields.
    ResponseHead(Vec<u8>),
    /// Some of the body.
    BodyChunk(Vec<u8>),
    /// The operation has ended well.
    End,
    /// The operation has failed.
    Error { errno: Errno, message: String },
    /// The timer is due.
    Timer,
    /// The controller is to end; it has this long.
    Stop(Duration),
    /// A command to carry out, with its arguments.
    Exec(Vec<String>),
    /// There is something to read again, or room to write.
    Ready,
}

impl Event {
    /// Decodes an event; `None` for a kind of a later version.
    fn decode(kind: i32, payload: Vec<u8>) -> Option<Event> {
        Some(match kind {
            1 => Event::ResponseHead(payload),
            2 => Event::BodyChunk(payload),
            3 => Event::End,
            4 => Event::Error {
                errno: number(&payload, 4) as Errno,
                message: String::from_utf8_lossy(payload.get(4..).unwrap_or_default()).into_owned(),
            },
            7 => Event::Timer,
            8 => Event::Exec(arguments(payload.get(4..).unwrap_or_default())),
            9 => Event::Stop(Duration::from_millis(number(&payload, 8))),
            11 => Event::Ready,
            _ => return None,
        })
    }

    /// Whether nothing more comes of the operation.
    pub(crate) fn is_last(&self) -> bool {
        matches!(self, Event::End | Event::Error { .. } | Event::Timer)
    }
}

/// Texts with a NUL after each.
fn arguments(bytes: &[u8]) -> Vec<String> {
    let mut texts: Vec<String> =
        bytes.split(|&b| b == 0).map(|text| String::from_utf8_lossy(text).into_owned()).collect();
    texts.pop();
    texts
}

/// The little-endian number in the first `length` bytes; what is missing counts as 0.
fn number(bytes: &[u8], length: usize) -> u64 {
    bytes.iter().take(length).rev().fold(0, |n, &byte| n << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_every_kind() {
        assert_eq!(Event::decode(1, vec![65]), Some(Event::ResponseHead(vec![65])));
        assert_eq!(Event::decode(2, vec![66]), Some(Event::BodyChunk(vec![66])));
        assert_eq!(Event::decode(3, vec![]), Some(Event::End));
        assert_eq!(
            Event::decode(4, b"\x1d\0\0\0lost".to_vec()),
            Some(Event::Error { errno: 29, message: "lost".into() })
        );
        assert_eq!(Event::decode(7, vec![]), Some(Event::Timer));
        assert_eq!(
            Event::decode(8, b"\x01\0\0\0ls\0\0-l\0".to_vec()),
            Some(Event::Exec(vec!["ls".into(), "".into(), "-l".into()]))
        );
        assert_eq!(Event::decode(11, vec![]), Some(Event::Ready));
        assert_eq!(
            Event::decode(9, 30_000u64.to_le_bytes().to_vec()),
            Some(Event::Stop(Duration::from_secs(30)))
        );
    }

    #[test]
    fn a_kind_of_a_later_version_is_passed_over() {
        assert_eq!(Event::decode(12, vec![]), None);
    }
}
