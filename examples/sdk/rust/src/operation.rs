//! What the guest has asked of the host and has not got back yet.

use crate::abi::{self, Errno, Event, OperationId};
use crate::future::{PollFn, Signal};
use crate::{exec, Error};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

thread_local! {
    // The host allows 256 operations, few enough to look through.
    static MAILBOXES: RefCell<Vec<Mailbox>> = RefCell::default();
    static STOP: Signal<Duration> = Signal::new();
}

/// Events of one operation that nobody has read yet, and who waits for them.
struct Mailbox {
    operation: OperationId,
    events: VecDeque<Event>,
    waker: Option<Waker>,
}

/// An operation under way. Dropping it gives it up.
pub(crate) struct Operation {
    id: OperationId,
    ended: bool,
}

impl Operation {
    /// Sends an HTTP message.
    pub(crate) fn http(message: &[u8], flags: u32) -> Result<Operation, Error> {
        Operation::started(abi::http_request(message, flags))
    }

    /// Sets a timer.
    pub(crate) fn timer(delay: Duration) -> Result<Operation, Error> {
        Operation::started(abi::timer(delay))
    }

    fn started(result: Result<OperationId, Errno>) -> Result<Operation, Error> {
        let id = result.map_err(|errno| Error::Host { errno, message: String::new() })?;
        Ok(Operation::of(id))
    }

    fn of(id: OperationId) -> Operation {
        let mailbox = Mailbox { operation: id, events: VecDeque::new(), waker: None };
        MAILBOXES.with(|mailboxes| mailboxes.borrow_mut().push(mailbox));
        Operation { id, ended: false }
    }

    /// Takes up a command that the host gave.
    pub(crate) fn exec(id: OperationId) -> Operation {
        Operation::of(id)
    }

    /// Ends a command.
    pub(crate) fn exit(&mut self, code: i32) {
        if !self.ended {
            self.ended = abi::exec_exit(self.id, code).is_ok();
        }
    }

    pub(crate) fn id(&self) -> OperationId {
        self.id
    }

    /// The next event. After the last one there is only `End`.
    pub(crate) async fn next(&mut self) -> Event {
        PollFn(|context: &mut Context<'_>| self.poll_next(context)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Event> {
        if self.ended {
            return Poll::Ready(Event::End);
        }
        let event = with_mailbox(self.id, |mailbox| {
            mailbox.waker = Some(context.waker().clone());
            mailbox.events.pop_front()
        });
        match event.flatten() {
            Some(event) => {
                self.ended = event.is_last();
                Poll::Ready(event)
            }
            None => Poll::Pending,
        }
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        MAILBOXES.with(|mailboxes| mailboxes.borrow_mut().retain(|m| m.operation != self.id));
        if !self.ended {
            abi::cancel(self.id);
        }
    }
}

/// Hands an event to whoever waits for it; one of an operation given up is dropped.
pub(crate) fn deliver(operation: OperationId, event: Event) {
    match event {
        Event::Stop(grace) => return STOP.with(|stop| stop.set(grace)),
        Event::Exec(arguments) => return exec::begin(operation, arguments),
        _ => {}
    }
    with_mailbox(operation, |mailbox| {
        mailbox.events.push_back(event);
        if let Some(waker) = mailbox.waker.take() {
            waker.wake();
        }
    });
}

/// Does something with a mailbox, if it is still there.
fn with_mailbox<T>(operation: OperationId, f: impl FnOnce(&mut Mailbox) -> T) -> Option<T> {
    MAILBOXES.with(|mailboxes| {
        mailboxes.borrow_mut().iter_mut().find(|mailbox| mailbox.operation == operation).map(f)
    })
}

/// Waits until the controller is to end, and says how long it may take to do so.
pub async fn stopped() -> Duration {
    let stop = STOP.with(Signal::clone);
    stop.wait().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::test::start;
    use crate::testing;

    #[test]
    fn a_dropped_operation_is_given_up_and_an_ended_one_is_not() {
        let operation = Operation::timer(Duration::from_secs(1)).unwrap();
        drop(operation);
        let mut ended = Operation::timer(Duration::from_secs(1)).unwrap();
        testing::advance(Duration::from_secs(1));
        let running = start(async move { (ended.next().await, ended.next().await) });
        assert_eq!(running.output(), Some((Event::Timer, Event::End)));
        assert_eq!(testing::cancelled(), [1]);
    }

    #[test]
    fn a_refusal_is_an_error() {
        testing::refuse(Some(33));
        let error = Operation::timer(Duration::ZERO).err().unwrap();
        assert_eq!(error.to_string(), "the host answered with errno 33");
    }

    #[test]
    fn a_stop_reaches_whoever_waits_for_it() {
        let running = start(stopped());
        testing::stop(Duration::from_secs(30));
        assert_eq!(running.output(), Some(Duration::from_secs(30)));
    }
}
