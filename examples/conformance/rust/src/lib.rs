//! The conformance guest: does the tasks that the suite gives it and answers each (docs/conformance.md).
#![deny(unsafe_code)]

mod task;

use hiberlet::{Client, Error, Object, Resource, Selector, WatchEvent};
use serde_json::json;
use task::Memory;

const CONFIG_MAPS: Resource = Resource::core("v1", "configmaps");
const NAMESPACE: &str = "conformance";

hiberlet::main!(run);

/// The tasks come as changes of one ConfigMap, the answers go as patches of another one.
async fn run() -> Result<(), Error> {
    let client = Client::namespaced(CONFIG_MAPS, NAMESPACE);
    let mut memory = Memory::default();
    loop {
        let now = client.list(&Selector::all()).await?;
        let mut watch = client.watch(&Selector::all(), &now.resource_version).await?;
        while let Some(event) = watch.next().await {
            if let WatchEvent::Added(task) | WatchEvent::Modified(task) = event? {
                carry_out(&client, &mut memory, &task).await?;
            }
        }
    }
}

async fn carry_out(client: &Client, memory: &mut Memory, task: &Object) -> Result<(), Error> {
    let text = |name: &str| task.field("data")[name].as_str().unwrap_or_default().to_owned();
    let result = task::result(client, memory, &text("do"), &text("with")).await;
    memory.done(&result);
    let answer = json!({"data": {
        "n": text("n"),
        "result": result,
        "count": memory.count.to_string(),
        "sum": memory.sum.to_string(),
    }});
    client.patch("answer", &answer).await.map(|_| ())
}
