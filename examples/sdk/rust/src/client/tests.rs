use super::*;
use crate::api_object::{Identity, Metadata};
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
    assert_eq!(first.line, "GET /apis/x.io/v1/namespaces/n/things?limit=500&labelSelector=l%3D1");
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
    assert_eq!(request.line, "GET /apis/x.io/v1/namespaces/n/things?watch=true&resourceVersion=5");
    answer(request.operation, 410, r#"{"code":410,"reason":"Expired"}"#);
    assert!(running.output().unwrap().unwrap().is_gone());
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Thing {
    metadata: Metadata,
    colour: String,
}

impl ApiObject for Thing {
    fn identity(&self) -> Identity<'_> {
        self.metadata.identity()
    }
}

fn red() -> Thing {
    Thing { metadata: Metadata::new("", "a"), colour: "red".into() }
}

#[test]
fn reads_objects_of_a_type_of_ones_own() {
    let running = start(async { client().typed::<Thing>().list(&Selector::all()).await });
    let items = r#"[{"metadata":{"name":"a","managedFields":[]},"colour":"red","more":[1]}]"#;
    let list = format!(r#"{{"metadata":{{"resourceVersion":"9"}},"items":{items}}}"#);
    answer(sent().unwrap().operation, 200, &list);
    assert_eq!(running.output().unwrap().unwrap().items, [red()]);
}

#[test]
fn an_object_that_does_not_fit_its_type_is_an_error() {
    let running = start(async { client().typed::<Thing>().get("a").await });
    answer(sent().unwrap().operation, 200, r#"{"metadata":{"name":"a"}}"#);
    let error = running.output().unwrap().unwrap_err().to_string();
    assert!(
        error.starts_with("the answer to GET things is not understood: missing field"),
        "{error}"
    );
}

#[test]
fn applies_with_its_manager_and_tells_version_and_kind() {
    let things = || Client::namespaced(THINGS.kind("Thing"), "n").typed::<Thing>();
    let running = start(async move { things().apply("me", &red()).await });
    let request = sent().unwrap();
    assert_eq!(
        request.line,
        "PATCH /apis/x.io/v1/namespaces/n/things/a?fieldManager=me&force=true"
    );
    let body: Value = serde_json::from_str(&request.body).unwrap();
    let expected = json!({
        "apiVersion": "x.io/v1", "kind": "Thing", "metadata": {"name": "a"}, "colour": "red",
    });
    assert_eq!(body, expected);
    answer(request.operation, 201, &request.body);
    assert_eq!(running.output(), Some(Ok(red())));
}

#[test]
fn what_has_no_kind_is_not_applied() {
    let running = start(async { client().apply("me", &thing()).await });
    assert_eq!(
        running.output(),
        Some(Err(Error::Config("the kind of things is not known".into())))
    );
}

#[test]
fn changes_a_status() {
    start(async { client().patch_status("a", &json!({"status": {"ready": true}})).await });
    assert_eq!(sent().unwrap().line, "PATCH /apis/x.io/v1/namespaces/n/things/a/status");
}
