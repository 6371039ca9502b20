//! A client of one collection of the API server.

use crate::abi::{Event, STREAM};
use crate::http::{self, Request};
use crate::object::Object;
use crate::operation::Operation;
use crate::resource::{Resource, Selector};
use crate::watch::Watch;
use crate::Error;
use serde_json::{json, Value};

/// How many objects one answer to a list holds at most; longer lists come in pages.
const PAGE: &str = "500";

/// Reads and writes the objects of one kind, as the pod's service account.
#[derive(Debug, Clone)]
pub struct Client {
    resource: Resource,
    namespace: String,
}

/// The objects of a collection at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// The objects.
    pub items: Vec<Object>,
    /// The moment, from which a watch goes on.
    pub resource_version: String,
}

impl Client {
    /// A client of the objects in one namespace.
    pub fn namespaced(resource: Resource, namespace: impl Into<String>) -> Client {
        Client { resource, namespace: namespace.into() }
    }

    /// A client of the objects in all namespaces, or of objects that have none.
    pub fn all(resource: Resource) -> Client {
        Client::namespaced(resource, "")
    }

    /// What kind of objects these are.
    pub fn resource(&self) -> Resource {
        self.resource
    }

    /// The same kind in another namespace.
    pub fn within(&self, namespace: impl Into<String>) -> Client {
        Client::namespaced(self.resource, namespace)
    }

    /// One object, or `None` when there is none of that name.
    pub async fn get(&self, name: &str) -> Result<Option<Object>, Error> {
        match self.call("GET", self.path(name), None).await {
            Ok(object) => Ok(Some(Object(object))),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All objects that the selector matches, page by page.
    pub async fn list(&self, selector: &Selector) -> Result<List, Error> {
        let mut items = Vec::new();
        let mut next = String::new();
        loop {
            let query = selector.query(&[("limit", PAGE), ("continue", &next)]);
            let target = format!("{}?{query}", self.resource.collection(&self.namespace));
            let mut page = self.call("GET", target, None).await?;
            if let Value::Array(objects) = page["items"].take() {
                items.extend(objects.into_iter().map(Object));
            }
            let text = |name: &str| page["metadata"][name].as_str().unwrap_or_default().to_owned();
            next = text("continue");
            if next.is_empty() {
                return Ok(List { items, resource_version: text("resourceVersion") });
            }
        }
    }

    /// Creates an object, and returns it as the API server has it.
    pub async fn create(&self, object: &Object) -> Result<Object, Error> {
        let target = self.resource.collection(&self.namespace);
        self.call("POST", target, json_body(&object.0)).await.map(Object)
    }

    /// Replaces an object. Its `resourceVersion`, if it has one, must still be the current one.
    pub async fn update(&self, object: &Object) -> Result<Object, Error> {
        self.call("PUT", self.path(object.name()), json_body(&object.0)).await.map(Object)
    }

    /// Changes an object by a JSON merge patch (RFC 7386).
    pub async fn patch(&self, name: &str, patch: &Value) -> Result<Object, Error> {
        let body = Some(("application/merge-patch+json", patch.to_string().into_bytes()));
        self.call("PATCH", self.path(name), body).await.map(Object)
    }

    /// Deletes that very object: a new one of the same name is left alone. It is no error when it
    /// is gone already.
    pub async fn delete(&self, object: &Object) -> Result<(), Error> {
        let options = json!({
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": {"uid": object.uid()},
        });
        match self.call("DELETE", self.path(object.name()), json_body(&options)).await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }

    /// Everything that happens after a moment that [`list`](Client::list) told.
    pub async fn watch(&self, selector: &Selector, since: &str) -> Result<Watch, Error> {
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

    async fn call(
        &self,
        method: &'static str,
        target: String,
        body: Option<(&'static str, Vec<u8>)>,
    ) -> Result<Value, Error> {
        let message = Request { method, target, body }.encode()?;
        let mut operation = Operation::http(&message, 0)?;
        let code = match operation.next().await {
            Event::ResponseHead(head) => http::status(&head)?,
            other => return Err(unexpected(other)),
        };
        let body = self::body(&mut operation).await?;
        if !(200..300).contains(&code) {
            return Err(Error::from_answer(code, &body));
        }
        serde_json::from_slice(&body).map_err(|error| {
            Error::Protocol(format!("the answer to {method} is not JSON: {error}"))
        })
    }
}

fn json_body(value: &Value) -> Option<(&'static str, Vec<u8>)> {
    Some(("application/json", value.to_string().into_bytes()))
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
mod tests {
    use super::*;
    use crate::executor::test::start;
    use crate::testing::{self, answer, sent};

    const THINGS: Resource = Resource::new("x.io", "v1", "things");

    fn client() -> Client {
        Client::namespaced(THINGS, "n")
    }

    fn thing() -> Object {
        Object(json!({"metadata": {"name": "a", "uid": "u-1"}}))
    }

    #[test]
    fn gets_an_object_or_none() {
        let running = start(async { client().get("a").await });
        let request = sent().unwrap();
        assert_eq!(request.line, "GET /apis/x.io/v1/namespaces/n/things/a");
        answer(request.operation, 200, &thing().0.to_string());
        assert_eq!(running.output(), Some(Ok(Some(thing()))));

        let running = start(async { client().get("b").await });
        answer(sent().unwrap().operation, 404, "{}");
        assert_eq!(running.output(), Some(Ok(None)));
    }

    #[test]
    fn lists_all_pages() {
        let running = start(async { client().list(&Selector::all().labels("l=1")).await });
        let first = sent().unwrap();
        assert_eq!(
            first.line,
            "GET /apis/x.io/v1/namespaces/n/things?limit=500&labelSelector=l%3D1"
        );
        answer(
            first.operation,
            200,
            r#"{"metadata":{"continue":"c1","resourceVersion":"9"},"items":[{}]}"#,
        );
        assert_eq!(running.output(), None);
        let second = sent().unwrap();
        assert!(second.line.contains("limit=500&continue=c1&"), "{}", second.line);
        answer(second.operation, 200, r#"{"metadata":{"resourceVersion":"9"},"items":[{},{}]}"#);
        let list = running.output().unwrap().unwrap();
        assert_eq!((list.items.len(), list.resource_version.as_str()), (3, "9"));
    }

    #[test]
    fn writes_objects() {
        start(async { client().create(&thing()).await });
        start(async { client().update(&thing()).await });
        start(async { client().patch("a", &json!({"spec": null})).await });
        let requests = [sent().unwrap(), sent().unwrap(), sent().unwrap()];
        assert_eq!(requests[0].line, "POST /apis/x.io/v1/namespaces/n/things");
        assert_eq!(requests[1].line, "PUT /apis/x.io/v1/namespaces/n/things/a");
        assert_eq!(requests[2].line, "PATCH /apis/x.io/v1/namespaces/n/things/a");
        assert_eq!(requests[0].body, thing().0.to_string());
        assert_eq!(requests[2].body, r#"{"spec":null}"#);
    }

    #[test]
    fn deletes_one_object_and_no_other() {
        let running = start(async { client().delete(&thing()).await });
        let request = sent().unwrap();
        assert_eq!(request.line, "DELETE /apis/x.io/v1/namespaces/n/things/a");
        assert!(request.body.contains(r#""preconditions":{"uid":"u-1"}"#), "{}", request.body);
        answer(request.operation, 404, "{}");
        assert_eq!(running.output(), Some(Ok(())));
    }

    #[test]
    fn a_lost_request_is_an_error() {
        let running = start(async { client().get("a").await });
        testing::fail(sent().unwrap().operation, 29, "lost with the host");
        let error = running.output().unwrap().unwrap_err();
        assert_eq!(error.to_string(), "lost with the host (errno 29)");
    }

    #[test]
    fn a_refused_watch_is_an_error() {
        let running = start(async { client().watch(&Selector::all(), "5").await.err() });
        let request = sent().unwrap();
        assert!(request.stream);
        assert_eq!(
            request.line,
            "GET /apis/x.io/v1/namespaces/n/things?watch=true&resourceVersion=5"
        );
        answer(request.operation, 410, r#"{"code":410,"reason":"Expired"}"#);
        assert!(running.output().unwrap().unwrap().is_gone());
    }
}
