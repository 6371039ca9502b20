//! Events: what people see in `kubectl describe`.

use crate::api_object::ApiObject;
use crate::client::Client;
use crate::object::Object;
use crate::resource::Resource;
use crate::time::wall_clock;
use crate::timestamp::format_timestamp;
use crate::Error;
use serde_json::{json, Value};

const EVENTS: Resource = Resource::core("v1", "events").kind("Event");

/// An event's name is that of its object and a hash; the API server takes 253 characters.
const LONGEST_NAME: usize = 253;

/// Tells people about objects. The same about the same object is told once in the life of an event
/// (an hour, by default), even by a controller that repeats itself after a crash of the host,
/// because what an event says is also its name. Needs the verb `create` for `events` in the
/// object's namespace.
#[derive(Debug, Clone)]
pub struct Events {
    component: &'static str,
}

impl Events {
    /// Events of the component of that name.
    pub const fn of(component: &'static str) -> Events {
        Events { component }
    }

    /// Tells something that went well. `reason` is one word in camel case; the resource must know
    /// its [kind](Resource::kind). Returns whether this is news.
    pub async fn normal<T: ApiObject>(
        &self,
        resource: Resource,
        object: &T,
        reason: &str,
        message: &str,
    ) -> Result<bool, Error> {
        self.create(resource, object, "Normal", reason, message).await
    }

    /// Tells something that somebody should look after; else like [`normal`](Events::normal).
    pub async fn warning<T: ApiObject>(
        &self,
        resource: Resource,
        object: &T,
        reason: &str,
        message: &str,
    ) -> Result<bool, Error> {
        self.create(resource, object, "Warning", reason, message).await
    }

    async fn create<T: ApiObject>(
        &self,
        resource: Resource,
        object: &T,
        severity: &str,
        reason: &str,
        message: &str,
    ) -> Result<bool, Error> {
        let identity = object.identity();
        let now = format_timestamp(wall_clock());
        // Events of what has no namespace are kept in this one.
        let namespace = if identity.namespace.is_empty() { "default" } else { identity.namespace };
        let hash = hash(&[self.component, identity.uid, severity, reason, message]);
        let event = json!({
            "metadata": {"namespace": namespace, "name": name(identity.name, hash)},
            "involvedObject": about(resource, object)?,
            "type": severity,
            "reason": reason,
            "message": message,
            "source": {"component": self.component},
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
        });
        match Client::namespaced(EVENTS, namespace).create(&Object(event)).await {
            Err(error) if error.is_conflict() => Ok(false),
            result => result.map(|_| true),
        }
    }
}

fn about<T: ApiObject>(resource: Resource, object: &T) -> Result<Value, Error> {
    let identity = object.identity();
    let kind = resource.kind_name().ok_or_else(|| {
        Error::Config(format!("an event needs the kind of {}", resource.plural()))
    })?;
    Ok(json!({
        "apiVersion": resource.api_version(),
        "kind": kind,
        "namespace": identity.namespace,
        "name": identity.name,
        "uid": identity.uid,
        "resourceVersion": identity.resource_version,
    }))
}

fn name(object: &str, hash: u64) -> String {
    let most = LONGEST_NAME - 17;
    let object = object.get(..most).unwrap_or(object);
    format!("{}.{hash:016x}", object.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()))
}

/// FNV-1a, with a separator after each text.
fn hash(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::test::start;
    use crate::testing::{self, answer, sent};
    use std::time::Duration;

    const NODES: Resource = Resource::core("v1", "nodes").kind("Node");

    fn secret() -> Object {
        Object(json!({"metadata": {"namespace": "n", "name": "a", "uid": "u-1"}}))
    }

    #[test]
    fn what_is_told_twice_is_one_event() {
        const SECRETS: Resource = Resource::core("v1", "secrets").kind("Secret");
        testing::advance(Duration::from_secs(951_827_696));
        let tell = |message: &'static str| {
            start(
                async move { Events::of("test").warning(SECRETS, &secret(), "Old", message).await },
            )
        };
        let first = tell("it is old");
        let request = sent().unwrap();
        assert_eq!(request.line, "POST /api/v1/namespaces/n/events");
        let event: Value = serde_json::from_str(&request.body).unwrap();
        assert_eq!(event["kind"], "Event");
        assert_eq!(event["lastTimestamp"], "2000-02-29T12:34:56Z");
        assert_eq!(event["involvedObject"]["kind"], "Secret");
        assert_eq!(event["involvedObject"]["uid"], "u-1");
        answer(request.operation, 201, &request.body);
        assert_eq!(first.output(), Some(Ok(true)));

        let again = tell("it is old");
        let request = sent().unwrap();
        let repeated: Value = serde_json::from_str(&request.body).unwrap();
        assert_eq!(repeated["metadata"]["name"], event["metadata"]["name"]);
        answer(request.operation, 409, r#"{"code":409,"reason":"AlreadyExists"}"#);
        assert_eq!(again.output(), Some(Ok(false)));

        let _other = tell("it is older");
        let other: Value = serde_json::from_str(&sent().unwrap().body).unwrap();
        assert_ne!(other["metadata"]["name"], event["metadata"]["name"]);
    }

    #[test]
    fn events_of_the_whole_cluster_are_kept_in_default() {
        let node = Object(json!({"metadata": {"name": "edge"}}));
        let _told = start(async move { Events::of("test").normal(NODES, &node, "Up", "up").await });
        assert_eq!(sent().unwrap().line, "POST /api/v1/namespaces/default/events");
    }

    #[test]
    fn a_long_name_is_cut_to_a_valid_one() {
        let name = name(&("a".repeat(235) + ".bcd"), 7);
        assert_eq!(name, "a".repeat(235) + ".0000000000000007");
    }
}
