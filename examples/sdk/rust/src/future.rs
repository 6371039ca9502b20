//! The few building blocks of futures that the standard library of Rust 1.63 lacks.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// A future on the heap.
pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// A future made of a function that is its `poll`.
pub(crate) struct PollFn<F>(pub(crate) F);

impl<T, F: FnMut(&mut Context<'_>) -> Poll<T> + Unpin> Future for PollFn<F> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        (self.0)(context)
    }
}

/// Which of two futures was done first.
#[derive(Debug, PartialEq, Eq)]
pub enum Either<A, B> {
    /// The first.
    Left(A),
    /// The second.
    Right(B),
}

/// Waits for the first of two futures and drops the other, which gives up what it waits for. When
/// both are done at once, `a` wins.
pub async fn select<A: Future, B: Future>(a: A, b: B) -> Either<A::Output, B::Output> {
    let (mut a, mut b) = (Box::pin(a), Box::pin(b));
    PollFn(move |context: &mut Context<'_>| {
        if let Poll::Ready(output) = a.as_mut().poll(context) {
            return Poll::Ready(Either::Left(output));
        }
        b.as_mut().poll(context).map(Either::Right)
    })
    .await
}

/// Waits for both of two futures, which run beside each other.
pub async fn join<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let (mut a, mut b) = (Box::pin(a), Box::pin(b));
    match select(&mut a, &mut b).await {
        Either::Left(left) => (left, b.await),
        Either::Right(right) => (a.await, right),
    }
}

/// A value that is set once and that anybody may wait for.
pub(crate) struct Signal<T>(Rc<RefCell<SignalState<T>>>);

struct SignalState<T> {
    value: Option<T>,
    wakers: Vec<Waker>,
}

impl<T: Clone> Signal<T> {
    pub(crate) fn new() -> Self {
        Signal(Rc::new(RefCell::new(SignalState { value: None, wakers: Vec::new() })))
    }

    /// Sets the value; later values are ignored.
    pub(crate) fn set(&self, value: T) {
        let mut state = self.0.borrow_mut();
        state.value.get_or_insert(value);
        state.wakers.drain(..).for_each(Waker::wake);
    }

    pub(crate) async fn wait(&self) -> T {
        PollFn(|context: &mut Context<'_>| {
            let mut state = self.0.borrow_mut();
            match &state.value {
                Some(value) => Poll::Ready(value.clone()),
                None => {
                    if !state.wakers.iter().any(|waker| waker.will_wake(context.waker())) {
                        state.wakers.push(context.waker().clone());
                    }
                    Poll::Pending
                }
            }
        })
        .await
    }
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        Signal(Rc::clone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::test::complete;
    use std::future::{pending, ready};

    #[test]
    fn select_takes_the_one_that_is_done() {
        assert_eq!(complete(select(ready(1), pending::<()>())), Either::Left(1));
        assert_eq!(complete(select(pending::<()>(), ready(2))), Either::Right(2));
        assert_eq!(complete(select(ready(1), ready(2))), Either::Left(1));
    }

    #[test]
    fn join_waits_for_both() {
        let signal = Signal::new();
        let setter = signal.clone();
        crate::spawn(async move { setter.set(1) });
        assert_eq!(complete(async move { join(signal.wait(), ready(2)).await }), (1, 2));
        assert_eq!(complete(join(ready(1), ready(2))), (1, 2));
    }

    #[test]
    fn a_signal_keeps_its_first_value_and_wakes_those_who_wait() {
        let signal = Signal::new();
        let setter = signal.clone();
        let waiting = async move { signal.wait().await + signal.wait().await };
        crate::spawn(async move {
            setter.set(20);
            setter.set(1);
        });
        assert_eq!(complete(waiting), 40);
    }
}
