//! Keeps a copy of a collection that follows the API server.

use crate::api_object::ApiObject;
use crate::backoff::Backoff;
use crate::client::Client;
use crate::future::Signal;
use crate::object::{Key, Object};
use crate::resource::Selector;
use crate::time::monotonic;
use crate::watch::WatchEvent;
use crate::{sleep, Error};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// A watch that lived this long proves that the API server is well.
const HEALTHY: Duration = Duration::from_secs(5);

type Objects<T> = BTreeMap<Key, Rc<T>>;

/// A copy of the objects that an [`Informer`] follows. Clones share it.
pub struct Store<T = Object> {
    objects: Rc<RefCell<Objects<T>>>,
    synced: Signal<()>,
}

impl<T: ApiObject> Store<T> {
    fn new() -> Self {
        Store { objects: Rc::default(), synced: Signal::new() }
    }

    /// An object as it was last heard of, or `None` when there is none.
    pub fn get(&self, key: &Key) -> Option<Rc<T>> {
        self.objects.borrow().get(key).cloned()
    }

    /// All objects, in the order of their keys.
    pub fn all(&self) -> Vec<Rc<T>> {
        self.objects.borrow().values().cloned().collect()
    }

    /// The keys of all objects.
    pub fn keys(&self) -> Vec<Key> {
        self.objects.borrow().keys().cloned().collect()
    }

    /// Waits until the first list is in: before that, an object missing here proves nothing.
    pub async fn synced(&self) {
        self.synced.wait().await
    }

    /// Set when the first list is in.
    pub(crate) fn sync_signal(&self) -> Signal<()> {
        self.synced.clone()
    }

    /// Takes over a list; returns what is new, different or gone since.
    fn replace(&self, list: Vec<T>) -> Vec<Key> {
        let new: Objects<T> = list.into_iter().map(trimmed).collect();
        let mut objects = self.objects.borrow_mut();
        let gone = objects.keys().filter(|key| !new.contains_key(*key)).cloned();
        let mut changed: Vec<Key> = gone.collect();
        changed
            .extend(new.iter().filter(|(key, object)| differs(&objects, key, object)).map(first));
        *objects = new;
        changed
    }

    fn apply(&self, event: WatchEvent<T>) -> Option<Key> {
        let mut objects = self.objects.borrow_mut();
        match event {
            WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                let (key, object) = trimmed(object);
                // After a crash of the host, changes are told again.
                let changed = differs(&objects, &key, &object);
                objects.insert(key.clone(), object);
                changed.then_some(key)
            }
            WatchEvent::Deleted(object) => {
                let key = object.key();
                objects.remove(&key).map(|_| key)
            }
            WatchEvent::Bookmark(_) => None,
        }
    }
}

impl<T> Clone for Store<T> {
    fn clone(&self) -> Self {
        Store { objects: Rc::clone(&self.objects), synced: self.synced.clone() }
    }
}

fn trimmed<T: ApiObject>(mut object: T) -> (Key, Rc<T>) {
    object.trim();
    (object.key(), Rc::new(object))
}

fn first<T>((key, _): (&Key, &Rc<T>)) -> Key {
    key.clone()
}

fn differs<T: ApiObject>(objects: &Objects<T>, key: &Key, object: &T) -> bool {
    objects.get(key).map_or(true, |old| {
        let (old, new) = (old.identity(), object.identity());
        (old.resource_version, old.uid) != (new.resource_version, new.uid)
    })
}

/// Follows a collection: lists it, watches from there, and lists again whenever the watch has lost
/// its position. Deletions missed meanwhile are found by comparing the lists.
pub struct Informer<T = Object> {
    client: Client<T>,
    selector: Selector,
    store: Store<T>,
}

impl<T: ApiObject> Informer<T> {
    /// An informer of all objects that the client sees.
    pub fn new(client: Client<T>) -> Self {
        Informer { client, selector: Selector::all(), store: Store::new() }
    }

    /// Only objects that the selector matches.
    pub fn select(mut self, selector: Selector) -> Self {
        self.selector = selector;
        self
    }

    /// The copy that this informer keeps.
    pub fn store(&self) -> Store<T> {
        self.store.clone()
    }

    /// Runs for as long as it is polled, and names every object that is new, different or gone.
    pub async fn run(self, mut changed: impl FnMut(Key)) {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
        loop {
            let begun = monotonic();
            if let Err(error) = self.follow(&mut changed).await {
                crate::warn!("watching {}: {error}", self.client.resource().plural());
            } else if monotonic() - begun >= HEALTHY {
                backoff.reset();
                continue;
            }
            sleep(backoff.next()).await;
        }
    }

    /// Lists once, and watches until that ends.
    async fn follow(&self, changed: &mut impl FnMut(Key)) -> Result<(), Error> {
        let list = self.client.list(&self.selector).await?;
        crate::info!(
            "listed {} {} at resourceVersion {}",
            list.items.len(),
            self.client.resource().plural(),
            list.resource_version
        );
        self.store.replace(list.items).into_iter().for_each(&mut *changed);
        self.store.synced.set(());
        let mut watch = self.client.watch(&self.selector, &list.resource_version).await?;
        while let Some(event) = watch.next().await {
            match event {
                Ok(event) => self.store.apply(event).into_iter().for_each(&mut *changed),
                Err(error) if error.is_gone() => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::run_until_idle;
    use crate::testing::{self, answer, chunk, end, head, sent};
    use crate::Resource;
    use serde_json::{json, Value};

    fn object(name: &str, version: u32) -> Value {
        json!({"metadata": {
            "name": name, "uid": name, "resourceVersion": version.to_string(), "managedFields": [{}],
        }})
    }

    fn list(version: u32, items: &[Value]) -> String {
        json!({"metadata": {"resourceVersion": version.to_string()}, "items": items}).to_string()
    }

    fn line(kind: &str, object: Value) -> String {
        format!("{}\n", json!({"type": kind, "object": object}))
    }

    struct Followed {
        store: Store,
        changed: Rc<RefCell<Vec<String>>>,
    }

    impl Followed {
        fn changes(&self) -> Vec<String> {
            run_until_idle();
            self.changed.borrow_mut().drain(..).collect()
        }
    }

    /// An informer whose list has been answered; also its watch's operation.
    fn follow(items: &[Value]) -> (Followed, i64) {
        let informer = Informer::new(Client::all(Resource::core("v1", "nodes")));
        let store = informer.store();
        let changed: Rc<RefCell<Vec<String>>> = Rc::default();
        let log = Rc::clone(&changed);
        crate::spawn(async move {
            informer.run(move |key| log.borrow_mut().push(key.to_string())).await
        });
        run_until_idle();
        let followed = Followed { store, changed };
        let watch = relist(&followed, 5, items);
        (followed, watch)
    }

    /// Answers a list and returns the watch that comes after it.
    fn relist(followed: &Followed, version: u32, items: &[Value]) -> i64 {
        run_until_idle();
        let request = sent().expect("a list");
        assert_eq!(request.line, "GET /api/v1/nodes?limit=500");
        answer(request.operation, 200, &list(version, items));
        run_until_idle();
        let watch = sent().expect("a watch");
        assert_eq!(watch.line, format!("GET /api/v1/nodes?watch=true&resourceVersion={version}"));
        head(watch.operation, 200);
        assert!(followed.store.keys().len() == items.len());
        watch.operation
    }

    #[test]
    fn tells_what_the_list_holds_and_what_the_watch_brings() {
        let (followed, watch) = follow(&[object("a", 1)]);
        assert_eq!(followed.changes(), ["a"]);
        chunk(watch, &line("ADDED", object("b", 6)));
        chunk(watch, &(line("MODIFIED", object("b", 7)) + &line("DELETED", object("a", 8))));
        chunk(watch, &line("BOOKMARK", object("", 9)));
        assert_eq!(followed.changes(), ["b", "b", "a"]);
        assert_eq!(followed.store.get(&Key::new("", "a")), None);
        let b = followed.store.get(&Key::new("", "b")).unwrap();
        assert_eq!(b.resource_version(), "7");
        assert!(b.field("metadata").get("managedFields").is_none());
    }

    #[test]
    fn a_change_told_twice_is_one_change() {
        let (followed, watch) = follow(&[object("a", 1)]);
        followed.changes();
        chunk(watch, &line("MODIFIED", object("a", 1)));
        chunk(watch, &line("DELETED", object("z", 3)));
        assert!(followed.changes().is_empty());
    }

    #[test]
    fn a_clean_end_lists_again_and_finds_what_was_missed() {
        let (followed, watch) = follow(&[object("a", 1), object("b", 2), object("c", 3)]);
        followed.changes();
        testing::advance(HEALTHY);
        end(watch);
        relist(&followed, 20, &[object("b", 2), object("c", 9), object("d", 10)]);
        assert_eq!(followed.changes(), ["a", "c", "d"]);
    }

    #[test]
    fn a_stream_that_ends_at_once_does_not_become_a_loop_of_lists() {
        let (followed, watch) = follow(&[]);
        end(watch);
        run_until_idle();
        assert_eq!(sent(), None);
        assert_eq!(testing::next_timer(), Some(Duration::from_secs(1)));
        testing::advance(Duration::from_secs(1));
        relist(&followed, 6, &[]);
    }

    #[test]
    fn a_lost_position_in_the_stream_lists_again() {
        let (followed, watch) = follow(&[]);
        testing::advance(HEALTHY);
        chunk(watch, &line("ERROR", json!({"code": 410})));
        relist(&followed, 30, &[object("a", 30)]);
        assert_eq!(followed.changes(), ["a"]);
        assert_eq!(testing::cancelled(), [watch]);
    }

    #[test]
    fn failures_are_retried_ever_more_slowly() {
        let informer = Informer::new(Client::all(Resource::core("v1", "nodes")));
        crate::spawn(informer.run(|_| ()));
        for seconds in [1, 2, 4] {
            run_until_idle();
            answer(sent().unwrap().operation, 503, "away");
            run_until_idle();
            assert_eq!(testing::next_timer(), Some(Duration::from_secs(seconds)));
            testing::advance(Duration::from_secs(seconds));
        }
    }
}
