//! The *ring* operator: copies the `TestResource`s of one namespace into the next.
//!
//! Each resource of `IN_NAMESPACE` is created, updated and deleted under the same name in
//! `OUT_NAMESPACE`. Operators whose namespaces form a ring hand a resource all the way round; it
//! stops before the namespace that it came from. With `KIND=ConfigMap` the ring carries ConfigMaps.
#![deny(unsafe_code)]

mod freight;
mod plan;

use freight::Freight;
use hiberlet::{env, info, warn};
use hiberlet::{Action, Client, Controller, Error, Informer, Key, Object, Selector};
use plan::{Plan, Route, COPIED_FROM};
use std::rc::Rc;

hiberlet::main!(run);

async fn run() -> Result<(), Error> {
    let freight = Freight::of_kind(std::env::var("KIND").ok().as_deref())?;
    let route = Route::new(freight, env("IN_NAMESPACE")?, env("OUT_NAMESPACE")?)?;
    let source = Client::namespaced(freight.resource, &route.from);
    let copies = source.within(&route.to);
    info!("copying each {} from {} to {}", freight.kind, route.from, route.to);

    let informer = Informer::new(source);
    let store = informer.store();
    let controller = Controller::new(informer);
    // What was deleted while no operator ran is known by its copy alone.
    for copy in own_copies(&copies, &route).await? {
        controller.enqueue(Key::new(&route.from, copy.name()));
    }
    controller
        .run(|key| {
            let original = store.get(&key);
            reconcile(key.name, original, &copies, &route)
        })
        .await;
    info!("stopped");
    Ok(())
}

async fn own_copies(copies: &Client, route: &Route) -> Result<Vec<Object>, Error> {
    let selector = Selector::all().labels(format!("{COPIED_FROM}={}", route.from));
    Ok(copies.list(&selector).await?.items)
}

async fn reconcile(
    name: String,
    original: Option<Rc<Object>>,
    copies: &Client,
    route: &Route,
) -> Result<Action, Error> {
    let copy = copies.get(&name).await?;
    match route.plan(original.as_deref(), copy.as_ref()) {
        Plan::Nothing => {}
        Plan::Create(object) => {
            copies.create(&object).await?;
            info!("{name}: created in {}", route.to);
        }
        Plan::Update(object) => {
            copies.update(&object).await?;
            info!("{name}: updated in {}", route.to);
        }
        Plan::Delete(object) => {
            copies.delete(&object).await?;
            info!("{name}: deleted in {}", route.to);
        }
        Plan::LeaveAlone => {
            warn!("{name}: the one in {} is not a copy of this one; left alone", route.to);
        }
    }
    Ok(Action::Done)
}
