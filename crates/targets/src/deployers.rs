//! What a deploying step runs, for each means of deployment. The scripts are ours and always the same; what they are about comes in the
//! environment.

use clearway_plan::{Artifact, Deployer, MoveKind, Output};

/// A script with its environment: texts as they are, which a target writes down so that its product reads nothing more in them.
pub(crate) struct Script {
    pub env: Vec<(&'static str, String)>,
    pub run: String,
}

/// `--namespace` where there is one.
const NAMESPACE: &str =
    "namespace=()\nif [[ -n \"${NAMESPACE}\" ]]; then namespace=(--namespace \"${NAMESPACE}\"); fi\n";

/// The whole of the traffic goes to the version: its replicas are all of it.
const KUBERNETES_ALL: &str = "kubectl set image \"${WORKLOAD}\" \"*=${IMAGE}@${DIGEST}\" \"${namespace[@]}\"\n\
    kubectl rollout status \"${WORKLOAD}\" --timeout 15m \"${namespace[@]}\"\n\
    kubectl delete \"${WORKLOAD}-canary\" --ignore-not-found \"${namespace[@]}\"\n";

/// All old replicas stop before the first new one starts.
const KUBERNETES_RECREATE: &str = "replicas=\"$(kubectl get \"${WORKLOAD}\" --output 'jsonpath={.spec.replicas}' \"${namespace[@]}\")\"\n\
    kubectl scale \"${WORKLOAD}\" --replicas 0 \"${namespace[@]}\"\n\
    kubectl rollout status \"${WORKLOAD}\" --timeout 15m \"${namespace[@]}\"\n\
    kubectl set image \"${WORKLOAD}\" \"*=${IMAGE}@${DIGEST}\" \"${namespace[@]}\"\n\
    kubectl scale \"${WORKLOAD}\" --replicas \"${replicas:-1}\" \"${namespace[@]}\"\n\
    kubectl rollout status \"${WORKLOAD}\" --timeout 15m \"${namespace[@]}\"\n";

/// A share of the replicas runs the version, in a workload of their own beside the others.
const KUBERNETES_SHARE: &str = "kubectl get \"${WORKLOAD}\" --output json \"${namespace[@]}\" |\n  \
    jq --arg image \"${IMAGE}@${DIGEST}\" --argjson share \"${SHARE}\" '\n    \
    .metadata = {name: (.metadata.name + \"-canary\"), namespace: .metadata.namespace, labels: .metadata.labels}\n    \
    | .spec.selector.matchLabels[\"clearway.dev/track\"] = \"canary\"\n    \
    | .spec.template.metadata.labels[\"clearway.dev/track\"] = \"canary\"\n    \
    | .spec.template.spec.containers[].image = $image\n    \
    | .spec.replicas = ((((.spec.replicas // 1) * $share / 100) | ceil) | if . < 1 then 1 else . end)\n    \
    | del(.status)' |\n  \
    kubectl apply --filename - \"${namespace[@]}\"\n\
    kubectl rollout status \"${WORKLOAD}-canary\" --timeout 15m \"${namespace[@]}\"\n";

/// Nothing of it serves any more; how many replicas it had is noted for the way back.
const KUBERNETES_GONE: &str = "replicas=\"$(kubectl get \"${WORKLOAD}\" --output 'jsonpath={.spec.replicas}' \"${namespace[@]}\")\"\n\
    kubectl annotate \"${WORKLOAD}\" --overwrite \"clearway.dev/replicas=${replicas:-1}\" \"${namespace[@]}\"\n\
    kubectl scale \"${WORKLOAD}\" --replicas 0 \"${namespace[@]}\"\n";

const KUBERNETES_BACK: &str = "kubectl delete \"${WORKLOAD}-canary\" --ignore-not-found \"${namespace[@]}\"\n\
    if [[ \"${ABSENT}\" == 'true' ]]; then\n  \
    kubectl scale \"${WORKLOAD}\" --replicas 0 \"${namespace[@]}\"\n\
    elif [[ \"${DIGEST}\" == sha256:* ]]; then\n  \
    kubectl set image \"${WORKLOAD}\" \"*=${IMAGE}@${DIGEST}\" \"${namespace[@]}\"\n\
    else\n  \
    kubectl rollout undo \"${WORKLOAD}\" \"${namespace[@]}\"\n\
    fi\n\
    if [[ \"${ABSENT}\" != 'true' ]]; then\n  \
    replicas=\"$(kubectl get \"${WORKLOAD}\" --output 'jsonpath={.spec.replicas}' \"${namespace[@]}\")\"\n  \
    if [[ \"${replicas}\" == '0' ]]; then\n    \
    before=\"$(kubectl get \"${WORKLOAD}\" --output 'jsonpath={.metadata.annotations.clearway\\.dev/replicas}' \"${namespace[@]}\")\"\n    \
    kubectl scale \"${WORKLOAD}\" --replicas \"${before:-1}\" \"${namespace[@]}\"\n  \
    fi\n  \
    kubectl rollout status \"${WORKLOAD}\" --timeout 15m \"${namespace[@]}\"\n\
    fi\n";

const HELM_ALL: &str = "helm upgrade \"${HELM_RELEASE}\" \"${CHART}\" --install --wait --timeout 15m \\\n  \
    --set-string \"image.repository=${IMAGE}\" --set-string \"image.digest=${DIGEST}\" \"${namespace[@]}\"\n";
const HELM_GONE: &str = "helm uninstall \"${HELM_RELEASE}\" --wait \"${namespace[@]}\"\n";
const HELM_BACK: &str = "if [[ \"${ABSENT}\" == 'true' ]]; then\n  \
    helm uninstall \"${HELM_RELEASE}\" --wait --ignore-not-found \"${namespace[@]}\"\n\
    else\n  \
    helm rollback \"${HELM_RELEASE}\" --wait --timeout 15m \"${namespace[@]}\"\n\
    fi\n";

/// A command of the spec knows what it is about from `CLEARWAY_…` variables.
const COMMAND: &str = "bash -euo pipefail -c \"${COMMAND}\"\n";

const NO_DEPLOYER: &str = "echo \"${SERVICE} does not say how it is deployed: write 'deploy with …' in its declaration\" >&2\nexit 1\n";

/// What is to be done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task<'t> {
    /// A share of the traffic goes to the version, in percent.
    Share(&'t str),
    /// All of it does.
    All(MoveKind),
    /// The service is taken away.
    Gone,
    /// The version before comes back.
    Back,
}

/// The script that does it. Its digest and version are put beside, by whoever knows them.
pub(crate) fn script(
    service: &str,
    artifact: Option<&Artifact>,
    group: Option<&str>,
    task: Task<'_>,
) -> Script {
    let mut env = vec![("SERVICE", service.to_owned())];
    let image = artifact.and_then(|artifact| artifact.build.as_ref()?.output.as_ref());
    let image = match image {
        Some(Output::Image(image)) => image.clone(),
        _ => String::new(),
    };
    if let Task::Share(share) = task {
        env.push(("SHARE", share.to_owned()));
    }
    let run = match artifact.and_then(|artifact| artifact.deploy.as_ref()) {
        None => NO_DEPLOYER.to_owned(),
        Some(Deployer::Kubernetes { workload, namespace }) => {
            env.push(("IMAGE", image));
            env.push(("WORKLOAD", workload.to_owned()));
            env.push(("NAMESPACE", namespace.to_owned()));
            let script = match task {
                Task::Share(_) => KUBERNETES_SHARE,
                Task::All(MoveKind::Recreate) => KUBERNETES_RECREATE,
                Task::All(_) => KUBERNETES_ALL,
                Task::Gone => KUBERNETES_GONE,
                Task::Back => KUBERNETES_BACK,
            };
            format!("{NAMESPACE}{script}")
        }
        Some(Deployer::Helm { release, chart, namespace }) => {
            env.push(("IMAGE", image));
            env.push(("HELM_RELEASE", release.to_owned()));
            env.push(("CHART", chart.to_owned()));
            env.push(("NAMESPACE", namespace.to_owned()));
            let script = match task {
                Task::Gone => HELM_GONE,
                Task::Back => HELM_BACK,
                Task::Share(_) | Task::All(_) => HELM_ALL,
            };
            format!("{NAMESPACE}{script}")
        }
        Some(Deployer::Command { run }) => {
            env.push(("COMMAND", run.to_owned()));
            env.push(("CLEARWAY_SERVICE", service.to_owned()));
            env.push(("CLEARWAY_GROUP", group.unwrap_or_default().to_owned()));
            env.push(("CLEARWAY_IMAGE", image));
            let (doing, share) = match task {
                Task::Share(share) => ("deploy", share),
                Task::All(_) => ("deploy", "100"),
                Task::Gone => ("remove", "0"),
                Task::Back => ("rollback", "100"),
            };
            env.push(("CLEARWAY_TASK", doing.to_owned()));
            env.push(("CLEARWAY_SHARE", share.to_owned()));
            COMMAND.to_owned()
        }
    };
    Script { env, run }
}
