//! Kinds of objects, and where the API server keeps them.

use crate::http::encode_component;

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource {
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    kind: &'static str,
}

impl Resource {
    /// A resource of an API group, as in `Resource::new("apps", "v1", "deployments")`.
    pub const fn new(group: &'static str, version: &'static str, plural: &'static str) -> Self {
        Resource { group, version, plural, kind: "" }
    }

    /// A resource of the core group, as in `Resource::core("v1", "pods")`.
    pub const fn core(version: &'static str, plural: &'static str) -> Self {
        Resource::new("", version, plural)
    }

    /// The name of the resource, as in `pods`.
    pub const fn plural(&self) -> &'static str {
        self.plural
    }

    /// With the kind, as in `Pod`, which objects that are written must tell when their type does not.
    pub const fn kind(self, kind: &'static str) -> Self {
        Resource { kind, ..self }
    }

    pub(crate) fn kind_name(&self) -> Option<&'static str> {
        Some(self.kind).filter(|kind| !kind.is_empty())
    }

    /// Group and version, as objects tell them.
    pub(crate) fn api_version(&self) -> String {
        match self.group {
            "" => self.version.to_owned(),
            group => format!("{group}/{}", self.version),
        }
    }

    /// The path of the collection, of one namespace or, when that is empty, of all.
    pub(crate) fn collection(&self, namespace: &str) -> String {
        let root = if self.group.is_empty() { "/api" } else { "/apis" };
        let root = format!("{root}/{}", self.api_version());
        match namespace {
            "" => format!("{root}/{}", self.plural),
            _ => format!("{root}/namespaces/{}/{}", encode_component(namespace), self.plural),
        }
    }

    /// The path of one object.
    pub(crate) fn object(&self, namespace: &str, name: &str) -> String {
        format!("{}/{}", self.collection(namespace), encode_component(name))
    }
}

/// Which objects of a collection; all of them by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector {
    labels: String,
    fields: String,
}

impl Selector {
    /// Everything.
    pub fn all() -> Selector {
        Selector::default()
    }

    /// Only objects with these labels, as in `app=web,tier!=cache`.
    pub fn labels(mut self, selector: impl Into<String>) -> Selector {
        self.labels = selector.into();
        self
    }

    /// Only objects with these fields, as in `status.phase=Failed`.
    pub fn fields(mut self, selector: impl Into<String>) -> Selector {
        self.fields = selector.into();
        self
    }

    /// A query of these parameters and the selectors; empty ones are left out.
    pub(crate) fn query(&self, parameters: &[(&str, &str)]) -> String {
        let selectors =
            [("labelSelector", self.labels.as_str()), ("fieldSelector", self.fields.as_str())];
        query(&[parameters, &selectors].concat())
    }
}

/// A query of these parameters; empty ones are left out.
pub(crate) fn query(parameters: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode_component(value)))
        .collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_paths() {
        let pods = Resource::core("v1", "pods");
        assert_eq!(pods.collection(""), "/api/v1/pods");
        assert_eq!(pods.object("n", "a"), "/api/v1/namespaces/n/pods/a");
        let deployments = Resource::new("apps", "v1", "deployments");
        assert_eq!(deployments.collection("n"), "/apis/apps/v1/namespaces/n/deployments");
        assert_eq!(
            (pods.api_version(), deployments.api_version()),
            ("v1".into(), "apps/v1".into())
        );
        assert_eq!(
            deployments.object("../x", "y"),
            "/apis/apps/v1/namespaces/..%2Fx/deployments/y"
        );
    }

    #[test]
    fn writes_a_query() {
        let selector = Selector::all().labels("app in (a,b)").fields("status.phase!=Running");
        assert_eq!(
            selector.query(&[("watch", "true"), ("continue", "")]),
            "watch=true&labelSelector=app%20in%20%28a%2Cb%29&fieldSelector=status.phase%21%3DRunning"
        );
    }
}
