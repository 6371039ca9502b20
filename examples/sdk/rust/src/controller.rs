//! The loop that brings the world to what it should be, one object at a time.

use crate::api_object::ApiObject;
use crate::future::{select, Either, Signal};
use crate::informer::Informer;
use crate::object::Key;
use crate::operation::stopped;
use crate::queue::Queue;
use crate::{spawn, Error};
use std::future::Future;
use std::time::Duration;

/// What is to happen with an object that has been reconciled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing, until it changes.
    Done,
    /// Reconcile it again after that long even if it does not change.
    RequeueAfter(Duration),
}

/// Calls a reconciler for every object that is new, different or gone. Changes that come while it
/// runs or waits are merged into one more call; a failure is retried with back-off: after half a
/// second, doubling to five minutes.
#[derive(Default)]
pub struct Controller {
    queue: Queue,
    synced: Vec<Signal<()>>,
}

impl Controller {
    /// A controller of the objects that the informer follows.
    pub fn new<T: ApiObject>(informer: Informer<T>) -> Controller {
        Controller::default().also(informer, |key| key)
    }

    /// Follows other objects, too. `owner` tells which object is to be reconciled when one of them
    /// changes.
    ///
    /// ```no_run
    /// # use hiberlet::{Action, Client, Controller, Informer, Key, Resource};
    /// # const CONFIG_MAPS: Resource = Resource::core("v1", "configmaps");
    /// # async fn run() {
    /// let originals = Informer::new(Client::namespaced(CONFIG_MAPS, "a"));
    /// let copies = Informer::new(Client::namespaced(CONFIG_MAPS, "b"));
    /// Controller::new(originals)
    ///     .also(copies, |key| Key::new("a", key.name))
    ///     .run(|key| async move {
    ///         hiberlet::info!("{key} or its copy has changed");
    ///         Ok(Action::Done)
    ///     })
    ///     .await;
    /// # }
    /// ```
    pub fn also<T: ApiObject>(
        mut self,
        informer: Informer<T>,
        owner: impl Fn(Key) -> Key + 'static,
    ) -> Controller {
        self.synced.push(informer.store().sync_signal());
        let queue = self.queue.clone();
        spawn(informer.run(move |key| queue.add(owner(key))));
        self
    }

    /// Asks for a reconcile of an object that need not exist.
    pub fn enqueue(&self, key: Key) {
        self.queue.add(key);
    }

    /// Reconciles, one object after the other, from the moment the first lists are in until the
    /// host says stop. A reconcile under way then is finished.
    pub async fn run<F, R>(self, mut reconcile: F)
    where
        F: FnMut(Key) -> R,
        R: Future<Output = Result<Action, Error>>,
    {
        for synced in &self.synced {
            if let Either::Right(_) = select(synced.wait(), stopped()).await {
                return;
            }
        }
        while let Either::Right(key) = select(stopped(), self.queue.next()).await {
            match reconcile(key.clone()).await {
                Ok(action) => {
                    self.queue.succeeded(&key);
                    if let Action::RequeueAfter(delay) = action {
                        self.queue.add_after(key, delay);
                    }
                }
                Err(error) => {
                    let delay = self.queue.retry(key.clone());
                    crate::warn!("{key}: {error}; trying again in {delay:?}");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::test::{start, Running};
    use crate::testing::{self, answer, chunk, head, sent};
    use crate::{Client, Resource};
    use std::cell::RefCell;
    use std::rc::Rc;

    type Calls = Rc<RefCell<Vec<String>>>;

    /// A controller that answers every call with `outcome`; its calls; and its run.
    fn run(outcome: fn() -> Result<Action, Error>) -> (Calls, Running<()>) {
        let calls = Calls::default();
        let log = Rc::clone(&calls);
        let informer = Informer::new(Client::namespaced(Resource::core("v1", "pods"), "n"));
        let controller = Controller::new(informer);
        controller.enqueue(Key::new("n", "orphan"));
        let running = start(controller.run(move |key| {
            log.borrow_mut().push(key.to_string());
            async move { outcome() }
        }));
        (calls, running)
    }

    fn sync() -> i64 {
        let items = r#"[{"metadata":{"namespace":"n","name":"a","resourceVersion":"1"}}]"#;
        let list = format!(r#"{{"metadata":{{"resourceVersion":"1"}},"items":{items}}}"#);
        answer(sent().expect("a list").operation, 200, &list);
        crate::executor::run_until_idle();
        let watch = sent().expect("a watch").operation;
        head(watch, 200);
        crate::executor::run_until_idle();
        watch
    }

    #[test]
    fn nothing_is_reconciled_before_the_first_list() {
        let (calls, _running) = run(|| Ok(Action::Done));
        assert!(calls.borrow().is_empty());
        sync();
        assert_eq!(*calls.borrow(), ["n/orphan", "n/a"]);
    }

    #[test]
    fn a_change_is_reconciled() {
        let (calls, running) = run(|| Ok(Action::Done));
        let watch = sync();
        calls.borrow_mut().clear();
        let object = r#"{"metadata":{"namespace":"n","name":"b","resourceVersion":"2"}}"#;
        chunk(watch, &format!("{{\"type\":\"ADDED\",\"object\":{object}}}\n"));
        assert_eq!(running.output(), None);
        assert_eq!(*calls.borrow(), ["n/b"]);
    }

    #[test]
    fn objects_that_belong_to_another_have_that_reconciled() {
        let calls = Calls::default();
        let log = Rc::clone(&calls);
        let informer = |namespace: &str| {
            Informer::new(Client::namespaced(Resource::core("v1", "pods"), namespace))
        };
        let running = start(
            Controller::new(informer("n")).also(informer("m"), |key| Key::new("n", key.name)).run(
                move |key| {
                    log.borrow_mut().push(key.to_string());
                    async { Ok(Action::Done) }
                },
            ),
        );
        let (first, second) = (sent().expect("a list"), sent().expect("a list"));
        let item = r#"{"metadata":{"namespace":"m","name":"a","resourceVersion":"1"}}"#;
        answer(first.operation, 200, r#"{"metadata":{"resourceVersion":"1"},"items":null}"#);
        assert_eq!(running.output(), None);
        assert!(calls.borrow().is_empty(), "one list is not in yet");
        let list = format!(r#"{{"metadata":{{"resourceVersion":"1"}},"items":[{item}]}}"#);
        answer(second.operation, 200, &list);
        assert_eq!(running.output(), None);
        assert_eq!(*calls.borrow(), ["n/a"]);
    }

    #[test]
    fn a_failure_is_retried_and_a_requeue_waits() {
        let (calls, running) = run(|| Err(Error::Config("no".into())));
        sync();
        calls.borrow_mut().clear();
        testing::advance(Duration::from_millis(500));
        assert_eq!(running.output(), None);
        assert_eq!(calls.borrow().len(), 2);
        assert_eq!(testing::next_timer(), Some(Duration::from_secs(1)));
    }

    #[test]
    fn a_requeue_comes_when_it_is_due() {
        let (calls, running) = run(|| Ok(Action::RequeueAfter(Duration::from_secs(60))));
        sync();
        calls.borrow_mut().clear();
        testing::advance(Duration::from_secs(60));
        assert_eq!(running.output(), None);
        assert_eq!(calls.borrow().len(), 2);
    }

    #[test]
    fn a_stop_ends_the_run() {
        let (_calls, running) = run(|| Ok(Action::Done));
        sync();
        testing::stop(Duration::from_secs(1));
        assert_eq!(running.output(), Some(()));
    }

    #[test]
    fn a_stop_before_the_first_list_ends_the_run_too() {
        let (_calls, running) = run(|| Ok(Action::Done));
        testing::stop(Duration::from_secs(1));
        assert_eq!(running.output(), Some(()));
    }
}
