//! The certificate warner: tells by events of Secrets whose certificates expire soon.
//!
//! It is woken when a Secret changes and when a certificate crosses a threshold, and sleeps the rest
//! of its life.
#![deny(unsafe_code)]

mod base64;
mod der;
mod secret;
mod thresholds;

use hiberlet::{env, info, wall_clock, warn, Events, Selector, Store};
use hiberlet::{
    format_timestamp, Action, ApiObject, Client, Controller, Error, Informer, Resource,
};
use secret::TlsSecret;
use std::time::Duration;
use thresholds::{words, Thresholds};

const SECRETS: Resource = Resource::core("v1", "secrets").kind("Secret");
const EVENTS: Events = Events::of("certificate-warner");
const WARN_BEFORE: &str = "30d,7d,1d";

hiberlet::main!(run);

async fn run() -> Result<(), Error> {
    let namespace = env("NAMESPACE")?;
    let thresholds = Thresholds::parse(&env("WARN_BEFORE").unwrap_or_else(|_| WARN_BEFORE.into()))?;
    let names = env("SECRETS").unwrap_or_default();
    let (controller, stores) = follow(&namespace, &names);
    controller
        .run(|key| {
            let secret = stores.iter().find_map(|store| store.get(&key));
            let thresholds = &thresholds;
            async move {
                match secret {
                    Some(secret) => look_at(&secret, thresholds).await,
                    None => Ok(Action::Done),
                }
            }
        })
        .await;
    info!("stopped");
    Ok(())
}

/// Follows the Secrets of these names, each by itself because a role can allow that by name; or,
/// without names, all that hold certificates.
fn follow(namespace: &str, names: &str) -> (Controller, Vec<Store<TlsSecret>>) {
    let client = Client::namespaced(SECRETS, namespace).typed::<TlsSecret>();
    let selectors: Vec<String> = match names {
        "" => vec!["type=kubernetes.io/tls".into()],
        _ => names.split(',').map(|name| format!("metadata.name={}", name.trim())).collect(),
    };
    let mut controller = Controller::default();
    let mut stores = Vec::new();
    for selector in selectors {
        let informer = Informer::new(client.clone()).select(Selector::all().fields(selector));
        stores.push(informer.store());
        controller = controller.also(informer, |key| key);
    }
    (controller, stores)
}

/// Warns if there is something to warn of, and says when to look again.
async fn look_at(secret: &TlsSecret, thresholds: &Thresholds) -> Result<Action, Error> {
    let end = match secret.expires() {
        Ok(end) => end,
        Err(reason) => {
            tell(secret, "CertificateUnreadable", reason).await?;
            return Ok(Action::Done);
        }
    };
    let standing = thresholds.standing(end, wall_clock());
    let date = format_timestamp(end);
    match standing.crossed {
        None => {}
        Some(Duration::ZERO) => {
            tell(secret, "CertificateExpired", &format!("The certificate expired at {date}"))
                .await?
        }
        Some(threshold) => {
            let message =
                format!("The certificate expires in less than {}, at {date}", words(threshold));
            tell(secret, "CertificateExpiring", &message).await?
        }
    }
    Ok(standing.next.map_or(Action::Done, Action::RequeueAfter))
}

/// The same is told once: the message is the same for as long as a threshold is the last.
async fn tell(secret: &TlsSecret, reason: &str, message: &str) -> Result<(), Error> {
    if EVENTS.warning(SECRETS, secret, reason, message).await? {
        warn!("{}: {message}", secret.key());
    }
    Ok(())
}
