//! The work queue of a controller.

use crate::backoff::Backoff;
use crate::future::{BoxFuture, PollFn};
use crate::object::Key;
use crate::sleep;
use crate::time::monotonic;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

const FIRST_RETRY: Duration = Duration::from_millis(500);
const SLOWEST_RETRY: Duration = Duration::from_secs(300);

/// Keys to reconcile, each at most once at a time. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Queue(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    ready: VecDeque<Key>,
    /// Every key that is ready, waits, or has failed.
    entries: BTreeMap<Key, Entry>,
    /// Not later than the first key that waits is due.
    first_due: Option<Duration>,
    /// When the timer rings, and the timer.
    timer: Option<(Duration, BoxFuture<()>)>,
    waker: Option<Waker>,
}

#[derive(Default)]
struct Entry {
    stage: Stage,
    failures: Option<Backoff>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Idle,
    /// Waits until then.
    Due(Duration),
    Ready,
}

impl Queue {
    /// Makes a key due now; it may be queued already.
    pub(crate) fn add(&self, key: Key) {
        let mut state = self.0.borrow_mut();
        state.make_ready(key);
        state.wake();
    }

    /// Makes a key due later. An earlier due time that is set already holds.
    pub(crate) fn add_after(&self, key: Key, delay: Duration) {
        let due = monotonic().saturating_add(delay);
        let mut state = self.0.borrow_mut();
        let entry = state.entries.entry(key).or_default();
        match entry.stage {
            Stage::Ready => return,
            Stage::Due(earlier) if earlier <= due => return,
            _ => entry.stage = Stage::Due(due),
        }
        state.first_due = Some(state.first_due.map_or(due, |first| first.min(due)));
        state.wake();
    }

    /// Makes a key due later, the later the more often that happened; returns how much later.
    pub(crate) fn retry(&self, key: Key) -> Duration {
        let delay = self
            .0
            .borrow_mut()
            .entries
            .entry(key.clone())
            .or_default()
            .failures
            .get_or_insert_with(|| Backoff::new(FIRST_RETRY, SLOWEST_RETRY))
            .next();
        self.add_after(key, delay);
        delay
    }

    /// Forgets a key's failures.
    pub(crate) fn succeeded(&self, key: &Key) {
        let mut state = self.0.borrow_mut();
        if let Some(entry) = state.entries.get_mut(key) {
            entry.failures = None;
            if entry.stage == Stage::Idle {
                state.entries.remove(key);
            }
        }
    }

    /// Waits for a key that is due, and takes it. The taker reports how it went: `succeeded`,
    /// `retry`.
    pub(crate) async fn next(&self) -> Key {
        PollFn(|context: &mut Context<'_>| self.0.borrow_mut().poll_next(context)).await
    }
}

impl State {
    fn make_ready(&mut self, key: Key) {
        let entry = self.entries.entry(key.clone()).or_default();
        if entry.stage != Stage::Ready {
            entry.stage = Stage::Ready;
            self.ready.push_back(key);
        }
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Key> {
        loop {
            let now = monotonic();
            if self.first_due.map_or(false, |first| first <= now) {
                self.move_due(now);
            }
            if let Some(key) = self.ready.pop_front() {
                self.entries.entry(key.clone()).or_default().stage = Stage::Idle;
                return Poll::Ready(key);
            }
            self.set_timer(now);
            self.waker = Some(context.waker().clone());
            if self.poll_timer(context).is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// One timer, for the key that is due first.
    fn set_timer(&mut self, now: Duration) {
        if self.timer.as_ref().map(|(due, _)| *due) != self.first_due {
            self.timer = self
                .first_due
                .map(|due| (due, Box::pin(sleep(due.saturating_sub(now))) as BoxFuture<()>));
        }
    }

    fn poll_timer(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let polled = match &mut self.timer {
            Some((_, timer)) => timer.as_mut().poll(context),
            None => Poll::Pending,
        };
        if polled.is_ready() {
            self.timer = None;
        }
        polled
    }

    /// Makes ready what is due, and finds out what is due next.
    fn move_due(&mut self, now: Duration) {
        self.first_due = None;
        for (key, entry) in &mut self.entries {
            match entry.stage {
                Stage::Due(due) if due <= now => {
                    entry.stage = Stage::Ready;
                    self.ready.push_back(key.clone());
                }
                Stage::Due(due) => {
                    self.first_due = Some(self.first_due.map_or(due, |first| first.min(due)));
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::test::start;
    use crate::testing;

    fn key(name: &str) -> Key {
        Key::new("", name)
    }

    fn take(queue: &Queue) -> Option<String> {
        let queue = queue.clone();
        start(async move { queue.next().await.name }).output()
    }

    #[test]
    fn holds_each_key_once_and_in_order() {
        let queue = Queue::default();
        ["a", "b", "a"].iter().for_each(|name| queue.add(key(name)));
        assert_eq!(take(&queue).as_deref(), Some("a"));
        assert_eq!(take(&queue).as_deref(), Some("b"));
        assert_eq!(take(&queue), None);
    }

    #[test]
    fn a_key_that_comes_later_wakes_who_waits() {
        let queue = Queue::default();
        let taker = queue.clone();
        let running = start(async move { taker.next().await });
        queue.add(key("a"));
        assert_eq!(running.output(), Some(key("a")));
    }

    #[test]
    fn waits_until_the_first_is_due_with_one_timer() {
        let queue = Queue::default();
        let taker = queue.clone();
        let running = start(async move { (taker.next().await.name, taker.next().await.name) });
        queue.add_after(key("late"), Duration::from_secs(9));
        assert_eq!(running.output(), None);
        assert_eq!(testing::next_timer(), Some(Duration::from_secs(9)));
        queue.add_after(key("early"), Duration::from_secs(4));
        assert_eq!(running.output(), None);
        assert_eq!(testing::next_timer(), Some(Duration::from_secs(4)));
        assert_eq!(testing::cancelled().len(), 1);
        testing::advance(Duration::from_secs(4));
        assert_eq!(running.output(), None);
        testing::advance(Duration::from_secs(5));
        assert_eq!(running.output(), Some(("early".into(), "late".into())));
    }

    #[test]
    fn the_earlier_due_time_holds() {
        let queue = Queue::default();
        queue.add_after(key("a"), Duration::from_secs(1));
        queue.add_after(key("a"), Duration::from_secs(2));
        testing::advance(Duration::from_secs(1));
        assert_eq!(take(&queue).as_deref(), Some("a"));
        queue.add_after(key("a"), Duration::from_secs(1));
        queue.add(key("a"));
        assert_eq!(take(&queue).as_deref(), Some("a"));
        testing::advance(Duration::from_secs(1));
        assert_eq!(take(&queue), None);
    }

    #[test]
    fn failures_wait_longer_until_a_success() {
        let queue = Queue::default();
        let delays = |n: usize| (0..n).map(|_| queue.retry(key("a"))).collect::<Vec<_>>();
        let millis = Duration::from_millis;
        assert_eq!(delays(3), [millis(500), millis(1000), millis(2000)]);
        assert_eq!(delays(20).last(), Some(&SLOWEST_RETRY));
        queue.succeeded(&key("a"));
        assert_eq!(delays(1), [millis(500)]);
    }
}
