//! The real host. All of this crate's unsafe code is here.

use super::{number, Errno, OperationId, RawEvent};
use std::time::{Duration, Instant, SystemTime};

mod import {
    #[link(wasm_import_module = "hiberlet")]
    extern "C" {
        pub fn http_request(ptr: *const u8, len: usize, flags: u32) -> i64;
        pub fn timer(millis: i64) -> i64;
        pub fn cancel(op: i64) -> i32;
        pub fn event_next(header: *mut u8) -> i32;
        pub fn event_read(ptr: *mut u8) -> i32;
        pub fn exec_read(op: i64, ptr: *mut u8, len: usize) -> i32;
        pub fn exec_write(op: i64, stream: i32, ptr: *const u8, len: usize) -> i32;
        pub fn exec_exit(op: i64, code: i32) -> i32;
    }
    extern "C" {
        pub fn __wasm_call_ctors();
    }
}

/// The WASI reactor's initialiser. Calling the constructors here keeps the linker from wrapping
/// every export in a call of them.
#[no_mangle]
pub extern "C" fn _initialize() {
    // SAFETY: the host calls this once, before anything else.
    unsafe { import::__wasm_call_ctors() }
}

pub(crate) fn http_request(message: &[u8], flags: u32) -> Result<OperationId, Errno> {
    // SAFETY: the host copies `message` before it returns and keeps no pointer.
    id(unsafe { import::http_request(message.as_ptr(), message.len(), flags) })
}

pub(crate) fn timer(delay: Duration) -> Result<OperationId, Errno> {
    let millis = i64::try_from(delay.as_micros().saturating_add(999) / 1000).unwrap_or(i64::MAX);
    // SAFETY: no pointers.
    id(unsafe { import::timer(millis) })
}

/// Forgets an operation; one that has ended meanwhile is none of the caller's concern.
pub(crate) fn cancel(operation: OperationId) {
    // SAFETY: no pointers.
    unsafe { import::cancel(operation) };
}

pub(crate) fn next_event() -> Option<RawEvent> {
    let mut header = [0u8; 16];
    // SAFETY: the host writes exactly 16 bytes.
    if unsafe { import::event_next(header.as_mut_ptr()) } != 1 {
        return None;
    }
    let operation = number(&header[..8], 8) as OperationId;
    let kind = number(&header[8..12], 4) as i32;
    let mut payload = vec![0u8; number(&header[12..], 4) as usize];
    // SAFETY: the host writes as many bytes as the header says, and `payload` has them.
    unsafe { import::event_read(payload.as_mut_ptr()) };
    Some((operation, kind, payload))
}

pub(crate) fn exec_read(operation: OperationId, into: &mut [u8]) -> Result<usize, Errno> {
    // SAFETY: the host writes no more bytes than `into` has.
    count(unsafe { import::exec_read(operation, into.as_mut_ptr(), into.len()) })
}

pub(crate) fn exec_write(
    operation: OperationId,
    stream: i32,
    bytes: &[u8],
) -> Result<usize, Errno> {
    // SAFETY: the host copies `bytes` before it returns and keeps no pointer.
    count(unsafe { import::exec_write(operation, stream, bytes.as_ptr(), bytes.len()) })
}

pub(crate) fn exec_exit(operation: OperationId, code: i32) -> Result<(), Errno> {
    // SAFETY: no pointers.
    count(unsafe { import::exec_exit(operation, code) }).map(|_| ())
}

/// Time since the first call, suspension included.
pub(crate) fn monotonic() -> Duration {
    thread_local!(static START: Instant = Instant::now());
    START.with(Instant::elapsed)
}

pub(crate) fn wall_clock() -> SystemTime {
    SystemTime::now()
}

pub(crate) fn exit(code: i32) {
    std::process::exit(code)
}

fn id(result: i64) -> Result<OperationId, Errno> {
    if result > 0 {
        Ok(result)
    } else {
        Err(Errno::try_from(-result).unwrap_or(Errno::MAX))
    }
}

fn count(result: i32) -> Result<usize, Errno> {
    usize::try_from(result).map_err(|_| -result)
}
