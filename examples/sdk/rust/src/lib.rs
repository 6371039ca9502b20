//! Kubernetes controllers that sleep on disk: the guest side of the host ABI `hiberlet:v1`.
//!
//! A controller is an ordinary `async fn`. Whatever it awaits (an answer, a change, a timer) is
//! asked of the host; when every task waits, [`wake`] returns and the host may write the controller
//! to disk and drop it from memory. The next answer brings it back, in the middle of its `await`.
//!
//! ```no_run
//! use hiberlet::{Action, Client, Controller, Error, Informer, Resource};
//!
//! const PODS: Resource = Resource::core("v1", "pods");
//!
//! async fn run() -> Result<(), Error> {
//!     let informer = Informer::new(Client::namespaced(PODS, "default"));
//!     let store = informer.store();
//!     Controller::new(informer)
//!         .run(|key| {
//!             let pod = store.get(&key);
//!             async move {
//!                 hiberlet::info!("{key} {}", if pod.is_some() { "changed" } else { "is gone" });
//!                 Ok(Action::Done)
//!             }
//!         })
//!         .await;
//!     Ok(())
//! }
//!
//! hiberlet::main!(run);
//! ```
//!
//! [`Object`] is any object as JSON; [`ApiObject`] is for types of your own.
//!
//! Everything runs on one thread. Delivery is at least once: after a crash of the host a guest goes
//! on from its last snapshot and sees again what it was told since, so reconcilers must be able to
//! repeat.
#![deny(unsafe_code, missing_docs)]

#[allow(unsafe_code)]
mod abi;
mod api_object;
mod backoff;
mod client;
mod controller;
mod error;
mod events;
mod exec;
mod executor;
mod future;
mod http;
mod informer;
mod log;
mod object;
mod operation;
mod queue;
mod resource;
mod time;
mod timestamp;
mod watch;

#[cfg(not(target_arch = "wasm32"))]
pub use abi::testing;
pub use api_object::{ApiObject, Identity, Metadata};
pub use client::{Client, List};
pub use controller::{Action, Controller};
pub use error::Error;
pub use events::Events;
pub use exec::{on_exec, Exec};
pub use executor::{spawn, wake};
pub use future::{join, select, Either};
pub use informer::{Informer, Store};
pub use object::{Key, Object};
pub use operation::stopped;
pub use resource::{Resource, Selector};
pub use time::{sleep, wall_clock};
pub use timestamp::{format_timestamp, parse_timestamp};
pub use watch::{Watch, WatchEvent};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

/// Names the `async fn() -> Result<(), Error>` that is the controller. When it returns, the
/// container ends: with code 0, or with the error in its log and code 1.
#[macro_export]
macro_rules! main {
    ($main:path) => {
        /// The host's way in.
        #[allow(unsafe_code)]
        #[no_mangle]
        pub extern "C" fn hiberlet_wake() {
            $crate::wake($main)
        }
    };
}

/// An environment variable that must be set.
pub fn env(name: &str) -> Result<String, Error> {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => Ok(value),
        _ => Err(Error::Config(format!("the environment variable {name} is not set"))),
    }
}
