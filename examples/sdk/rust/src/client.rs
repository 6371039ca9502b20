//! A client of one collection of the API server.

use crate::abi::{Event, STREAM};
use crate::api_object::ApiObject;
use crate::http::{self, Request};
use crate::object::Object;
use crate::operation::Operation;
use crate::resource::{query, Resource, Selector};
use crate::watch::Watch;
use crate::Error;
use serde::Deserialize;
use serde_json::{json, Value};
use std::fmt;
use std::marker::PhantomData;

/// How many objects one answer to a list holds at most; longer lists come in pages.
const PAGE: &str = "500";

const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";
/// In YAML, of which JSON is a part.
const APPLY: &str = "application/apply-patch+yaml";

/// Reads and writes the objects of one kind, as the pod's service account.
pub struct Client<T = Object> {
    resource: Resource,
    namespace: String,
    object: PhantomData<fn() -> T>,
}

/// The objects of a collection at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct List<T = Object> {
    /// The objects.
    pub items: Vec<T>,
    /// The moment, from which a watch goes on.
    pub resource_version: String,
}

#[derive(Deserialize)]
struct Page<T> {
    #[serde(default)]
    metadata: PageMetadata,
    // An empty list may be `null`.
    items: Option<Vec<T>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PageMetadata {
    r#continue: String,
    resource_version: String,
}

impl Client {
    /// A client of the objects in one namespace.
    pub fn namespaced(resource: Resource, namespace: impl Into<String>) -> Client {
        Client { resource, namespace: namespace.into(), object: PhantomData }
    }

    /// A client of the objects in all namespaces, or of objects that have none.
    pub fn all(resource: Resource) -> Client {
        Client::namespaced(resource, "")
    }

    /// Replaces an object. Its `resourceVersion`, if it has one, must still be the current one.
    ///
    /// Not for types of your own, because fields that such a type does not name would be lost.
    pub async fn update(&self, object: &Object) -> Result<Object, Error> {
        self.call("PUT", self.path(object.name()), Some((JSON, object.0.to_string()))).await
    }
}

impl<T: ApiObject> Client<T> {
    /// The same objects as values of another type.
    pub fn typed<U: ApiObject>(&self) -> Client<U> {
        Client { resource: self.resource, namespace: self.namespace.clone(), object: PhantomData }
    }

    /// What kind of objects these are.
    pub fn resource(&self) -> Resource {
        self.resource
    }

    /// The same kind in another namespace.
    pub fn within(&self, namespace: impl Into<String>) -> Client<T> {
        Client { resource: self.resource, namespace: namespace.into(), object: PhantomData }
    }

    /// One object, or `None` when there is none of that name.
    pub async fn get(&self, name: &str) -> Result<Option<T>, Error> {
        match self.call("GET", self.path(name), None).await {
            Err(error) if error.is_not_found() => Ok(None),
            result => result.map(Some),
        }
    }

    /// All objects that the selector matches, page by page.
    pub async fn list(&self, selector: &Selector) -> Result<List<T>, Error> {
        let mut items = Vec::new();
        let mut next = String::new();
        loop {
            let query = selector.query(&[("limit", PAGE), ("continue", &next)]);
            let target = format!("{}?{query}", self.resource.collection(&self.namespace));
            let page: Page<T> = self.call("GET", target, None).await?;
            items.extend(page.items.unwrap_or_default());
            next = page.metadata.r#continue;
            if next.is_empty() {
                let resource_version = page.metadata.resource_version;
                return Ok(List { items, resource_version });
            }
        }
    }

    /// Creates an object, and returns it as the API server has it.
    pub async fn create(&self, object: &T) -> Result<T, Error> {
        let target = self.resource.collection(&self.namespace);
        let body = self.complete(object)?.to_string();
        self.call("POST", target, Some((JSON, body))).await
    }

    /// Changes an object by a JSON merge patch (RFC 7386).
    pub async fn patch(&self, name: &str, patch: &Value) -> Result<T, Error> {
        self.call("PATCH", self.path(name), Some((MERGE_PATCH, patch.to_string()))).await
    }

    /// Changes an object's status by a JSON merge patch, as in `{"status": {"ready": true}}`.
    pub async fn patch_status(&self, name: &str, patch: &Value) -> Result<T, Error> {
        let target = self.path(name) + "/status";
        self.call("PATCH", target, Some((MERGE_PATCH, patch.to_string()))).await
    }

    /// Makes an object be like this in the fields that this one has (server-side apply), whether or
    /// not it exists and whoever set them before. `manager` names the controller: fields that it
    /// applied before and that are not here any more are removed. The kind must be known, by
    /// [`Resource::kind`] or in the object.
    pub async fn apply(&self, manager: &str, object: &T) -> Result<T, Error> {
        let body = self.complete(object)?;
        if body["kind"].is_null() {
            let message = format!("the kind of {} is not known", self.resource.plural());
            return Err(Error::Config(message));
        }
        let query = query(&[("fieldManager", manager), ("force", "true")]);
        let target = format!("{}?{query}", self.path(object.identity().name));
        self.call("PATCH", target, Some((APPLY, body.to_string()))).await
    }

    /// Deletes that very object: a new one of the same name is left alone. It is no error when it
    /// is gone already.
    pub async fn delete(&self, object: &T) -> Result<(), Error> {
        let identity = object.identity();
        let options = json!({
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": {"uid": identity.uid},
        });
        let body = Some((JSON, options.to_string()));
        // The answer is the object or a status, whichever the API server likes.
        match self.call::<Value>("DELETE", self.path(identity.name), body).await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }

    /// Everything that happens after a moment that [`list`](Client::list) told.
    pub async fn watch(&self, selector: &Selector, since: &str) -> Result<Watch<T>, Error> {
        let query = selector.query(&[("watch", "true"), ("resourceVersion", since)]);
        let target = format!("{}?{query}", self.resource.collection(&self.namespace));
        let message = Request { method: "GET", target, body: None }.encode()?;
        let mut operation = Operation::http(&message, STREAM)?;
        match operation.next().await {
            Event::ResponseHead(head) => match http::status(&head)? {
                200 => Ok(Watch::new(operation)),
                code => Err(Error::from_answer(code, &body(&mut operation).await?)),
            },
            other => Err(unexpected(other)),
        }
    }

    fn path(&self, name: &str) -> String {
        self.resource.object(&self.namespace, name)
    }

    /// An object with the version and kind that a type of one's own leaves out.
    fn complete(&self, object: &T) -> Result<Value, Error> {
        let mut value = serde_json::to_value(object)
            .map_err(|error| Error::Protocol(format!("this cannot be written as JSON: {error}")))?;
        if let (Some(fields), Some(kind)) = (value.as_object_mut(), self.resource.kind_name()) {
            fields.entry("apiVersion").or_insert_with(|| self.resource.api_version().into());
            fields.entry("kind").or_insert_with(|| kind.into());
        }
        Ok(value)
    }

    async fn call<A: for<'a> Deserialize<'a>>(
        &self,
        method: &'static str,
        target: String,
        body: Option<(&'static str, String)>,
    ) -> Result<A, Error> {
        let answer = exchange(Request { method, target, body }).await?;
        serde_json::from_slice(&answer).map_err(|error| {
            let plural = self.resource.plural();
            Error::Protocol(format!("the answer to {method} {plural} is not understood: {error}"))
        })
    }
}

impl<T> Clone for Client<T> {
    fn clone(&self) -> Self {
        Client { resource: self.resource, namespace: self.namespace.clone(), object: PhantomData }
    }
}

impl<T> fmt::Debug for Client<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.resource.collection(&self.namespace))
    }
}

/// The body of the answer to a request that went well.
async fn exchange(request: Request) -> Result<Vec<u8>, Error> {
    let mut operation = Operation::http(&request.encode()?, 0)?;
    let code = match operation.next().await {
        Event::ResponseHead(head) => http::status(&head)?,
        other => return Err(unexpected(other)),
    };
    let body = body(&mut operation).await?;
    if (200..300).contains(&code) {
        Ok(body)
    } else {
        Err(Error::from_answer(code, &body))
    }
}

/// The rest of an answer.
async fn body(operation: &mut Operation) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    loop {
        match operation.next().await {
            Event::BodyChunk(bytes) => body.extend_from_slice(&bytes),
            Event::End => return Ok(body),
            other => return Err(unexpected(other)),
        }
    }
}

/// What an event means that ends an answer before its time.
pub(crate) fn unexpected(event: Event) -> Error {
    match event {
        Event::Error { errno, message } => Error::Host { errno, message },
        other => Error::Protocol(format!("the host sent {other:?} in the middle of an answer")),
    }
}

#[cfg(test)]
mod tests;
