//! What the jobs of a way through a release share.

use clearway_plan::{Path, PathKind, Plan, Release, Shipped, Step, StepKind, slug};

use super::config::Config;
use super::job::{Account, Job, Source, plain};
use super::model::Env;
use super::names::kube;
use super::texts::Texts;
use crate::entries::Texts as Data;
use crate::index::Index;
use crate::reports::GATHER;
use crate::settings::{Binary, Ledger, Settings};
use crate::shell::{functions, getting, indented, variables};

/// The job after which everything that is known before the first stage lies in one place.
pub(crate) const MADE: &str = "wave-made";
/// What a run knows: its plan, the digests of what was built, the reports.
pub(crate) const KNOWN: &str = ".clearway/run/";

/// What a job is emitted in.
#[derive(Clone, Copy)]
pub(crate) struct Context<'p> {
    pub plan: &'p Plan,
    pub settings: &'p Settings,
    pub config: &'p Config,
    pub release: &'p Release,
    pub path: &'p Path,
    /// Both, by name.
    pub index: &'p Index<'p>,
    /// The job whose files say all that the run knows.
    pub known: &'p str,
    /// Who starts it.
    pub started: Started,
}

/// Who starts a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Started {
    /// A person, who says what it is about.
    ByPerson,
    /// The clock, and nobody says anything.
    ByClock,
    /// A person of another repository, who builds.
    Elsewhere,
}

impl<'p> Context<'p> {
    /// What whoever starts a run says, besides the commit and who it is.
    pub(crate) fn asked(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let (release, kind) = (self.release, self.path.kind);
        let mut asked = Vec::new();
        if self.started != Started::ByPerson {
            return asked;
        }
        match kind {
            PathKind::Release if release.change.is_some() => {}
            PathKind::Release => asked.push(("CHANGE", "change", "The change request")),
            PathKind::Emergency => {
                asked.push(("CHANGE", "incident", "The incident that makes this an emergency"));
            }
            PathKind::Rollback => asked.push(("CHANGE", "change", "The change or incident that this is for")),
        }
        if kind != PathKind::Release || release.requested_by.is_none() {
            asked.push(("REQUESTED_BY", "requested-by", "Who asks for it, by the name in the spec"));
        }
        if kind != PathKind::Rollback {
            if release.ships.iter().any(|shipped| shipped.open) {
                let what = "Other versions than the declared ones: service@version, separated by spaces";
                asked.push(("SHIP", "ship", what));
            }
            if self.path.steps.iter().any(|step| matches!(step.does, StepKind::Import { .. })) {
                let what = "What other repositories built: service=sha256:…, separated by spaces";
                asked.push(("DIGESTS", "digests", what));
            }
        }
        asked
    }

    /// What every job of a run is told by Argo.
    pub(crate) fn of_the_run(&self) -> Vec<Env> {
        let mut env = vec![plain("RUN", "{{workflow.uid}}"), plain("BUILD_NAME", "{{workflow.name}}")];
        if self.started == Started::ByClock {
            env.push(plain("STARTED_BY", "clock"));
        } else {
            env.push(plain("COMMIT", "{{workflow.parameters.commit}}"));
            env.push(plain("STARTED_BY", "{{workflow.parameters.started-by}}"));
        }
        let asked = self.asked();
        for (variable, parameter, _) in &asked {
            env.push(plain(variable, format!("{{{{workflow.parameters.{parameter}}}}}")));
        }
        if !asked.is_empty() {
            let said: Vec<&str> = asked.iter().map(|(variable, ..)| *variable).collect();
            env.push(plain("SAID", said.join(" ")));
        }
        env
    }

    /// The texts of the way.
    pub(crate) fn texts(&self, name: &str, plan_digest: &str) -> Texts {
        let mut told = Data::default();
        told.put("CLEARWAY_LEDGER", self.settings.ledger.address().to_owned());
        if let Ledger::S3 { role, region, .. } = &self.settings.ledger {
            let given = [("CLEARWAY_LEDGER_ROLE", role), ("CLEARWAY_LEDGER_REGION", region)];
            for (name, value) in given.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))) {
                told.put(name, value);
            }
        }
        for (name, value) in variables(&self.settings.binary) {
            told.put(name, value);
        }
        told.put("RELEASE", self.release.name.clone());
        told.put("WAY", self.path.kind.name().to_owned());
        told.put("SHIPS", self.ships());
        told.put("REPOSITORY", self.config.repository.clone().unwrap_or_default());
        told.put("BRANCH", self.config.branch.clone());
        told.put("CLEARWAY_NAMESPACE", self.config.namespace.clone());
        told.put("PLAN_DIGEST", plan_digest.to_owned());
        let is_release = self.path.kind == PathKind::Release;
        if let (Some(change), true) = (&self.release.change, is_release) {
            told.put("CHANGE", change.clone());
        }
        if let (Some(person), true) = (&self.release.requested_by, is_release) {
            told.put("REQUESTED_BY", person.clone());
        }
        let binary = match self.settings.binary {
            Binary::Image(_) => "cp -- /clearway/bin/clearway \"${folder}/clearway\"\n".to_owned(),
            _ => getting(&self.settings.binary),
        };
        let shared = functions(include_str!("clearway.sh"), &binary).replace("@GATHER@", &indented(GATHER));
        Texts::of(name, told, shared)
    }

    /// A line for each thing that ships: its name, the job that knows its digest, and the name of its version among what is found out.
    fn ships(&self) -> String {
        if self.path.kind == PathKind::Rollback {
            // The way back is about what was deployed before, which the ledger knows.
            return String::new();
        }
        let line = |shipped: &Shipped| {
            let maker = self.index.maker(&shipped.service).map_or_else(|| "-".to_owned(), kube);
            format!("{} {maker} {}", shipped.service, slug(&shipped.service))
        };
        self.release.ships.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// A job that does a step, with the files that say what the run knows.
    pub(crate) fn job(&self, step: &Step, script: String) -> Job {
        let is_maker = makes(step);
        let takes = if is_maker {
            step.needs
                .iter()
                .filter(|need| self.index.step(need).is_some_and(makes))
                .map(|need| kube(need))
                .collect()
        } else if self.known.is_empty() {
            Vec::new()
        } else {
            vec![self.known.to_owned()]
        };
        Job {
            id: kube(&step.id),
            word: step.does.word(),
            script,
            variables: Vec::new(),
            timeout: step.timeout,
            account: Account::Run,
            source: Source::Nothing,
            has_ledger: true,
            has_registry: false,
            credentials: None,
            takes,
            keeps: Vec::new(),
            says: None,
            lock: None,
        }
    }

    /// The same for a job that runs commands of the repository: it has its files, and no rights.
    pub(crate) fn command(&self, step: &Step, script: String) -> Job {
        Job { account: Account::Build, source: Source::Files, has_ledger: false, ..self.job(step, script) }
    }
}

/// Whether a step makes something that a run knows: what stands before the first stage.
pub(crate) fn makes(step: &Step) -> bool {
    matches!(
        step.does,
        StepKind::Preflight
            | StepKind::Build { .. }
            | StepKind::Import { .. }
            | StepKind::Test { .. }
            | StepKind::Provision { .. }
            | StepKind::Scan { .. }
    )
}

/// Where what a job makes lies among what the run knows.
pub(crate) fn place(folder: &str, id: &str) -> String {
    match folder {
        "artifacts" => format!("{KNOWN}artifacts/{}.tar", kube(id)),
        "reports" => format!("{KNOWN}reports/reports-{}", kube(id)),
        folder => format!("{KNOWN}{folder}/{}", kube(id)),
    }
}
