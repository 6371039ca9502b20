//! A host made of memory, for tests of controllers on the machine that builds them: it answers
//! nothing by itself, and its clock moves only when told to. There is one per thread.

use super::{Errno, OperationId, RawEvent};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, SystemTime};

/// A request that the controller has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The operation's id.
    pub operation: OperationId,
    /// The request line without its version, as in `GET /api/v1/pods`.
    pub line: String,
    /// The body.
    pub body: String,
    /// Whether the body of the answer is wanted as it comes.
    pub stream: bool,
}

/// What has come of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecResult {
    /// What was written to the output.
    pub stdout: String,
    /// What was written as errors.
    pub stderr: String,
    /// How it ended; `None` before.
    pub code: Option<i32>,
}

#[derive(Default)]
struct Command {
    input: VecDeque<u8>,
    result: ExecResult,
}

#[derive(Default)]
struct Host {
    last_id: OperationId,
    now: Duration,
    sent: VecDeque<Sent>,
    timers: BTreeSet<(Duration, OperationId)>,
    events: VecDeque<RawEvent>,
    cancelled: Vec<OperationId>,
    refusal: Option<Errno>,
    exit: Option<i32>,
    commands: BTreeMap<OperationId, Command>,
    room: Option<usize>,
}

thread_local!(static HOST: RefCell<Host> = RefCell::default());

fn with<T>(f: impl FnOnce(&mut Host) -> T) -> T {
    HOST.with(|host| f(&mut host.borrow_mut()))
}

/// Takes the oldest request that nobody has taken yet.
pub fn sent() -> Option<Sent> {
    with(|host| host.sent.pop_front())
}

/// The head of an answer.
pub fn head(operation: OperationId, status: u16) {
    let head = format!("HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\n\r\n");
    push(operation, 1, head.into_bytes());
}

/// Part of an answer's body.
pub fn chunk(operation: OperationId, body: &str) {
    push(operation, 2, body.into());
}

/// The end of an answer.
pub fn end(operation: OperationId) {
    push(operation, 3, Vec::new());
}

/// A whole answer.
pub fn answer(operation: OperationId, status: u16, body: &str) {
    head(operation, status);
    chunk(operation, body);
    end(operation);
}

/// The failure of an operation.
pub fn fail(operation: OperationId, errno: i32, message: &str) {
    push(operation, 4, [&errno.to_le_bytes(), message.as_bytes()].concat());
}

/// Tells the controller to end.
pub fn stop(grace: Duration) {
    push(0, 9, (grace.as_millis() as u64).to_le_bytes().to_vec());
}

/// Gives the controller a command with its whole input.
pub fn exec(arguments: &[&str], input: &str) -> OperationId {
    let operation = with(|host| {
        host.last_id += 1;
        let command = Command { input: input.bytes().collect(), ..Command::default() };
        host.commands.insert(host.last_id, command);
        host.last_id
    });
    let words = arguments.iter().map(|word| format!("{word}\0")).collect::<String>();
    push(operation, 8, [&1u32.to_le_bytes(), words.as_bytes()].concat());
    operation
}

/// How many bytes commands may write from now on before there is no room.
pub fn exec_room(bytes: usize) {
    with(|host| host.room = Some(bytes));
}

/// Tells the controller that there is room, or something to read.
pub fn exec_ready(operation: OperationId) {
    push(operation, 11, Vec::new());
}

/// What has come of a command so far.
pub fn exec_result(operation: OperationId) -> ExecResult {
    with(|host| host.commands[&operation].result.clone())
}

/// Refuses every request and timer from now on with this error.
pub fn refuse(errno: Option<i32>) {
    with(|host| host.refusal = errno);
}

/// Moves both clocks; timers become due.
pub fn advance(by: Duration) {
    with(|host| {
        host.now += by;
        let later = host.timers.split_off(&(host.now + Duration::from_nanos(1), 0));
        for (_, operation) in std::mem::replace(&mut host.timers, later) {
            host.events.push_back((operation, 7, Vec::new()));
        }
    });
}

/// How long until the next timer is due; `None` when there is none.
pub fn next_timer() -> Option<Duration> {
    with(|host| host.timers.iter().next().map(|(due, _)| *due - host.now))
}

/// The operations that the controller gave up, oldest first.
pub fn cancelled() -> Vec<OperationId> {
    with(|host| host.cancelled.clone())
}

/// The code with which the controller has ended.
pub fn exit_code() -> Option<i32> {
    with(|host| host.exit)
}

fn push(operation: OperationId, kind: i32, payload: Vec<u8>) {
    with(|host| host.events.push_back((operation, kind, payload)));
}

/// The calls that the rest of the crate makes.
pub(crate) mod calls {
    use super::*;

    pub(crate) fn http_request(message: &[u8], flags: u32) -> Result<OperationId, Errno> {
        let text = String::from_utf8(message.to_vec()).map_err(|_| 28)?;
        let (head, body) = text.split_once("\r\n\r\n").ok_or(28)?;
        let line = head.split(" HTTP/1.1").next().unwrap_or_default();
        let operation = new_id()?;
        with(|host| {
            host.sent.push_back(Sent {
                operation,
                line: line.into(),
                body: body.into(),
                stream: flags & crate::abi::STREAM != 0,
            })
        });
        Ok(operation)
    }

    pub(crate) fn timer(delay: Duration) -> Result<OperationId, Errno> {
        let operation = new_id()?;
        with(|host| host.timers.insert((host.now + delay, operation)));
        Ok(operation)
    }

    pub(crate) fn cancel(operation: OperationId) {
        with(|host| {
            host.timers.retain(|(_, id)| *id != operation);
            host.events.retain(|(id, ..)| *id != operation);
            host.cancelled.push(operation);
        });
    }

    pub(crate) fn exec_read(operation: OperationId, into: &mut [u8]) -> Result<usize, Errno> {
        with(|host| {
            let input = &mut host.commands.get_mut(&operation).ok_or(44)?.input;
            let count = input.len().min(into.len());
            into.iter_mut().zip(input.drain(..count)).for_each(|(to, from)| *to = from);
            Ok(count)
        })
    }

    pub(crate) fn exec_write(
        operation: OperationId,
        stream: i32,
        bytes: &[u8],
    ) -> Result<usize, Errno> {
        with(|host| {
            let count = host.room.unwrap_or(usize::MAX).min(bytes.len());
            if count == 0 {
                return Err(crate::abi::AGAIN);
            }
            host.room = host.room.map(|room| room - count);
            let result = &mut host.commands.get_mut(&operation).ok_or(44)?.result;
            let to = if stream == 1 { &mut result.stdout } else { &mut result.stderr };
            to.push_str(&String::from_utf8_lossy(&bytes[..count]));
            Ok(count)
        })
    }

    pub(crate) fn exec_exit(operation: OperationId, code: i32) -> Result<(), Errno> {
        with(|host| host.commands.get_mut(&operation).ok_or(44).map(|c| c.result.code = Some(code)))
    }

    pub(crate) fn next_event() -> Option<RawEvent> {
        with(|host| host.events.pop_front())
    }

    pub(crate) fn monotonic() -> Duration {
        with(|host| host.now)
    }

    pub(crate) fn wall_clock() -> SystemTime {
        SystemTime::UNIX_EPOCH + monotonic()
    }

    pub(crate) fn exit(code: i32) {
        with(|host| host.exit = Some(code));
    }

    fn new_id() -> Result<OperationId, Errno> {
        with(|host| match host.refusal {
            Some(errno) => Err(errno),
            None => {
                host.last_id += 1;
                Ok(host.last_id)
            }
        })
    }
}
