//! The stream of changes of a collection.

use crate::abi::Event;
use crate::api_object::{ApiObject, Metadata};
use crate::client::unexpected;
use crate::object::Object;
use crate::operation::Operation;
use crate::Error;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::Value;
use std::collections::VecDeque;
use std::marker::PhantomData;

/// A change.
#[derive(Debug, Clone, PartialEq)]
pub enum WatchEvent<T = Object> {
    /// The object is new, or new to the selector.
    Added(T),
    /// The object has changed.
    Modified(T),
    /// The object is gone, or gone from the selector; this is its last state.
    Deleted(T),
    /// Nothing changed; this is the resource version to which the watch has come.
    Bookmark(String),
}

/// A watch. The host keeps it going while the controller sleeps on disk; dropping it ends it.
pub struct Watch<T = Object> {
    operation: Operation,
    lines: Lines,
    object: PhantomData<fn() -> T>,
}

impl<T: ApiObject> Watch<T> {
    pub(crate) fn new(operation: Operation) -> Watch<T> {
        Watch { operation, lines: Lines::default(), object: PhantomData }
    }

    /// The next change. `None` at the end of the stream, which means that its position was lost:
    /// list again and watch from there.
    pub async fn next(&mut self) -> Option<Result<WatchEvent<T>, Error>> {
        loop {
            if let Some(line) = self.lines.pop() {
                return Some(parse(&line));
            }
            match self.operation.next().await {
                Event::BodyChunk(bytes) => self.lines.push(&bytes),
                Event::End => return None,
                other => return Some(Err(unexpected(other))),
            }
        }
    }
}

/// Cuts a stream of bytes into lines.
#[derive(Default)]
struct Lines {
    whole: VecDeque<Vec<u8>>,
    rest: Vec<u8>,
}

impl Lines {
    fn push(&mut self, bytes: &[u8]) {
        let mut pieces = bytes.split(|&byte| byte == b'\n');
        self.rest.extend_from_slice(pieces.next().unwrap_or_default());
        for piece in pieces {
            let line = std::mem::replace(&mut self.rest, piece.to_vec());
            self.whole.push_back(line);
        }
    }

    fn pop(&mut self) -> Option<Vec<u8>> {
        std::iter::from_fn(|| self.whole.pop_front()).find(|line| !line.is_empty())
    }
}

/// A line whose object is left as it is until it is known what it must be.
#[derive(Deserialize)]
struct Line<'a> {
    r#type: &'a str,
    #[serde(borrow)]
    object: &'a RawValue,
}

/// What a bookmark has of an object.
#[derive(Deserialize)]
struct Position {
    metadata: Metadata,
}

fn parse<T: ApiObject>(line: &[u8]) -> Result<WatchEvent<T>, Error> {
    let line: Line = serde_json::from_slice(line).map_err(not_understood)?;
    match line.r#type {
        "ADDED" => read(line.object).map(WatchEvent::Added),
        "MODIFIED" => read(line.object).map(WatchEvent::Modified),
        "DELETED" => read(line.object).map(WatchEvent::Deleted),
        "BOOKMARK" => {
            read(line.object).map(|at: Position| WatchEvent::Bookmark(at.metadata.resource_version))
        }
        "ERROR" => Err(Error::from_status(500, &read::<Value>(line.object)?)),
        other => Err(Error::Protocol(format!("a watch event of unknown type {other:?}"))),
    }
}

fn read<'a, T: Deserialize<'a>>(object: &'a RawValue) -> Result<T, Error> {
    serde_json::from_str(object.get()).map_err(not_understood)
}

fn not_understood(error: serde_json::Error) -> Error {
    Error::Protocol(format!("a line of the watch is not understood: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_may_come_in_any_pieces() {
        let text = b"{\"a\":1}\n\n{\"b\":2}\n{\"c\"";
        for cut in 0..text.len() {
            let mut lines = Lines::default();
            lines.push(&text[..cut]);
            lines.push(&text[cut..]);
            assert_eq!(lines.pop().unwrap(), b"{\"a\":1}");
            assert_eq!(lines.pop().unwrap(), b"{\"b\":2}");
            assert_eq!(lines.pop(), None);
            lines.push(b":3}\n");
            assert_eq!(lines.pop().unwrap(), b"{\"c\":3}");
        }
    }

    #[test]
    fn reads_every_type() {
        let object = || Object(json!({"metadata": {"name": "a", "resourceVersion": "9"}}));
        let line = |kind: &str| json!({"type": kind, "object": object().0}).to_string();
        let parsed = |kind: &str| parse::<Object>(line(kind).as_bytes());
        assert_eq!(parsed("ADDED"), Ok(WatchEvent::Added(object())));
        assert_eq!(parsed("MODIFIED"), Ok(WatchEvent::Modified(object())));
        assert_eq!(parsed("DELETED"), Ok(WatchEvent::Deleted(object())));
        assert_eq!(parsed("BOOKMARK"), Ok(WatchEvent::Bookmark("9".into())));
        assert!(matches!(parsed("GONE"), Err(Error::Protocol(_))));
        assert!(matches!(parse::<Object>(b"{"), Err(Error::Protocol(_))));
    }

    #[test]
    fn an_error_event_is_an_error() {
        let line = br#"{"type":"ERROR","object":{"code":410,"message":"too old"}}"#;
        assert!(parse::<Object>(line).unwrap_err().is_gone());
    }
}
