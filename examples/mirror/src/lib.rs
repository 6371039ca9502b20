//! The mirror: copies the ConfigMaps and Secrets of one namespace that are labelled for it into
//! others, and keeps the copies in step.
//!
//! It is woken when an original or a copy changes, and sleeps the rest of its life.
#![deny(unsafe_code)]

mod plan;

use hiberlet::{env, Key, Object, Resource, Selector, Store};
use hiberlet::{info, join, Action, Client, Controller, Error, Events, Informer};
use plan::{is_copy_from, plan, Plan, COPY_OF, MIRRORED};
use std::rc::Rc;
use std::time::Duration;

const CONFIG_MAPS: Resource = Resource::core("v1", "configmaps").kind("ConfigMap");
const SECRETS: Resource = Resource::core("v1", "secrets").kind("Secret");
const EVENTS: Events = Events::of("mirror");

/// Nobody tells when what is in the way of a copy goes: it is no copy, and not watched.
const LOOK_AGAIN: Duration = Duration::from_secs(600);

hiberlet::main!(run);

async fn run() -> Result<(), Error> {
    let source = env("SOURCE_NAMESPACE")?;
    let targets = targets(&env("TARGET_NAMESPACES")?, &source)?;
    info!("mirroring from {source} to {}", targets.join(", "));
    join(mirror(CONFIG_MAPS, &source, &targets), mirror(SECRETS, &source, &targets)).await;
    info!("stopped");
    Ok(())
}

fn targets(list: &str, source: &str) -> Result<Vec<String>, Error> {
    let targets: Vec<String> = list.split(',').map(|target| target.trim().to_owned()).collect();
    if targets.iter().any(|target| target.is_empty() || target == source) {
        return Err(Error::Config(format!(
            "TARGET_NAMESPACES is {list:?}; it names namespaces, with commas in between, and not {source}"
        )));
    }
    Ok(targets)
}

/// One of the namespaces that copies go to.
struct Target {
    namespace: String,
    client: Client,
    copies: Store,
}

/// Mirrors the objects of one kind until the host says stop.
async fn mirror(resource: Resource, source: &str, namespaces: &[String]) {
    let originals = Client::namespaced(resource, source);
    let informer =
        Informer::new(originals.clone()).select(Selector::all().labels(format!("{MIRRORED}=true")));
    let store = informer.store();
    let mut controller = Controller::new(informer);
    let mut targets = Vec::new();
    for namespace in namespaces {
        let client = originals.within(namespace);
        let ours = Selector::all().labels(format!("{COPY_OF}={source}"));
        let informer = Informer::new(client.clone()).select(ours);
        targets.push(Target { namespace: namespace.clone(), client, copies: informer.store() });
        let source = source.to_owned();
        controller = controller.also(informer, move |copy| Key::new(&source, copy.name));
    }
    let targets = Rc::new(targets);
    controller
        .run(|key| {
            let (original, targets) = (store.get(&key), Rc::clone(&targets));
            async move {
                // A target that fails keeps no other from its copy.
                let mut outcome = Ok(Action::Done);
                for target in targets.iter() {
                    match target.reconcile(&key, original.as_deref()).await {
                        Ok(true) => {}
                        Ok(false) => outcome = outcome.and(Ok(Action::RequeueAfter(LOOK_AGAIN))),
                        Err(error) => outcome = Err(error),
                    }
                }
                outcome
            }
        })
        .await;
}

impl Target {
    /// Brings one copy in step; false when something else is in its way.
    async fn reconcile(&self, key: &Key, original: Option<&Object>) -> Result<bool, Error> {
        let copy = self.copies.get(&Key::new(&self.namespace, &key.name));
        let plural = self.client.resource().plural();
        let done = match (plan(original, copy.as_deref(), &self.namespace), copy, original) {
            (Plan::Create(object), _, Some(original)) => match self.client.create(&object).await {
                Err(error) if error.is_conflict() => return self.in_the_way(key, original).await,
                result => result.map(|_| "created")?,
            },
            (Plan::Update(object), ..) => self.client.update(&object).await.map(|_| "updated")?,
            (Plan::Delete, Some(copy), _) => self.client.delete(&copy).await.map(|_| "deleted")?,
            _ => return Ok(true),
        };
        info!("{plural} {key}: {done} in {}", self.namespace);
        Ok(true)
    }

    /// Something of that name is there, and it was no copy when the store last heard of it.
    async fn in_the_way(&self, key: &Key, original: &Object) -> Result<bool, Error> {
        match self.client.get(&key.name).await? {
            // It is ours after all: the watch will tell.
            Some(object) if is_copy_from(&object, &key.namespace) => Ok(true),
            // Gone already, or somebody else's: looked at again later.
            None => Ok(false),
            Some(_) => {
                let message = format!(
                    "{}/{} is there already and is no copy of this one; it is left alone",
                    self.namespace, key.name
                );
                let resource = self.client.resource();
                if EVENTS.warning(resource, original, "NotOwned", &message).await? {
                    hiberlet::warn!("{} {key}: {message}", resource.plural());
                }
                Ok(false)
            }
        }
    }
}
