//! The shape of a client: which of its events are steps, and what its records tie together.

use std::borrow::Cow;

use crate::dialect::table::{Meaning, OTHER};
use crate::dialect::ties::{Part, TieKey, Ties, is_main_prompt};
use crate::dialect::{handoff, reading};
use crate::model::{Attributes, LogRecord, Resource, Step, StepKind};

/// A program that tells what it did in log records.
pub(super) struct Client {
    /// What its main agent is called: nothing in its records names it.
    pub agent: &'static str,
    /// What its event names begin with, wherever they stand.
    pub prefix: &'static str,
    /// What its scopes' names begin with: there, names come without the prefix. Empty where no scope is its own.
    pub scope: &'static str,
    /// Attributes that hold the session, best first.
    pub session: &'static [&'static str],
    /// Attribute that holds the id of one prompt, within the session.
    pub prompt: Option<&'static str>,
    /// Whether a record is a sub-agent's, who may be named in it or not.
    pub is_sub_agents: fn(&Attributes) -> bool,
    /// Its records tie traces to runs. Where they do not, a record in a trace belongs to that trace and says no more.
    pub ties_traces: bool,
    /// What is told of each event; all others are noise.
    pub events: &'static [Event],
}

/// One event that is a step.
pub(super) struct Event {
    /// Name without the client's prefix.
    pub name: &'static str,
    /// What it means.
    pub meaning: Meaning,
    /// What a person reads, where neither an agent nor a tool gives a name.
    pub title: &'static str,
    /// Where such a record must stand to be a step.
    pub stands: Stands,
    /// It tells of a failure, whatever its attributes say.
    pub has_failed: bool,
    /// Keys that mean something in this event alone, and the conventions' word for each. Of two that stand for one
    /// word, the first that is there.
    pub words: &'static [(&'static str, &'static str)],
    /// Whether a record of this name is a step.
    pub when: fn(&Attributes) -> bool,
    /// Figures to bring to the conventions' meaning before they are read.
    pub prepare: fn(&mut Attributes),
    /// What the figures do not say.
    pub refine: fn(&Attributes, &mut Step),
}

/// Where a record must stand to tell what nothing else does.
#[derive(Clone, Copy)]
pub(super) enum Stands {
    /// Anywhere: whether a span tells the same, the ledger sees.
    Anywhere,
    /// Outside of any span: within one, it is that span's content. Of an answer, the transfer of control that it asks
    /// for is news all the same: the span may not tell it.
    OutsideSpans,
    /// A user's prompt, the root of what follows.
    Prompt,
}

/// A plain event; the methods below say what is special.
pub(super) const fn event(name: &'static str, kind: StepKind, title: &'static str) -> Event {
    Event {
        name,
        meaning: Meaning { kind, ..OTHER },
        title,
        stands: Stands::Anywhere,
        has_failed: false,
        words: &[],
        when: |_| true,
        prepare: |_| {},
        refine: |_, _| {},
    }
}

/// A user's prompt.
pub(super) const fn prompt(name: &'static str) -> Event {
    let mut prompt = event(name, StepKind::Agent, "prompt");
    prompt.stands = Stands::Prompt;
    // the key that spans use, where it names the run's task
    prompt.words(&[("prompt", "user_prompt")])
}

impl Event {
    /// The same, for steps that are folded away.
    pub(super) const fn plumbing(mut self) -> Self {
        self.meaning.plumbing = true;
        self
    }

    /// The same, a step only where no span tells it.
    pub(super) const fn outside_spans(mut self) -> Self {
        self.stands = Stands::OutsideSpans;
        self
    }

    /// The same, for failures.
    pub(super) const fn failed(mut self) -> Self {
        self.has_failed = true;
        self
    }

    /// The same, with words of its own.
    pub(super) const fn words(mut self, words: &'static [(&'static str, &'static str)]) -> Self {
        self.words = words;
        self
    }

    /// The same, a step only where `when` says so.
    pub(super) const fn when(mut self, when: fn(&Attributes) -> bool) -> Self {
        self.when = when;
        self
    }

    /// The same, with figures to prepare.
    pub(super) const fn prepare(mut self, prepare: fn(&mut Attributes)) -> Self {
        self.prepare = prepare;
        self
    }

    /// The same, with more to say.
    pub(super) const fn refine(mut self, refine: fn(&Attributes, &mut Step)) -> Self {
        self.refine = refine;
        self
    }

    /// Whether this is a user's prompt.
    pub(super) const fn is_prompt(&self) -> bool {
        matches!(self.stands, Stands::Prompt)
    }

    /// Whether `log`, a record of this event, is a step.
    pub(super) fn is_step(&self, log: &LogRecord) -> bool {
        if self.tells_only_transfer(log) {
            return handoff::is_named_in(log);
        }
        let is_content = matches!(self.stands, Stands::OutsideSpans) && log.span_id.is_some();
        !is_content && (self.when)(&log.attributes)
    }

    /// What a record means. Within a trace a prompt is not the root, but news of it: the span that tells it as well ends
    /// last, or never.
    pub(super) fn meaning(&self, log: &LogRecord) -> Meaning {
        if self.is_prompt() && log.trace_id.is_some() {
            return Meaning { kind: StepKind::Task, plumbing: true, ..OTHER };
        }
        self.meaning
    }

    /// Whether all that `log` tells is which transfer was asked for; the rest is told by the span it stands in.
    pub(super) const fn tells_only_transfer(&self, log: &LogRecord) -> bool {
        matches!(self.stands, Stands::OutsideSpans) && log.span_id.is_some()
    }
}

impl Client {
    /// `name` without the client's prefix, if a record of that name and scope is this client's.
    pub(super) fn own_name<'n>(&self, name: &'n str, scope: &str) -> Option<&'n str> {
        let is_own_scope = !self.scope.is_empty() && scope.starts_with(self.scope);
        name.strip_prefix(self.prefix).or_else(|| is_own_scope.then_some(name))
    }

    /// The event of this name, prefix taken off.
    pub(super) fn event(&self, name: &str) -> Option<&'static Event> {
        self.events.iter().find(|event| event.name == name)
    }

    /// Whose step it is that names no agent: the main agent's, or a sub-agent's. Within a span, that span tells which.
    pub(super) fn agent_of(&self, attributes: &Attributes, step: &Step) -> Option<&'static str> {
        let agent = match ((self.is_sub_agents)(attributes), step.loose) {
            (false, _) => self.agent,
            (true, true) => "sub-agent",
            (true, false) => "",
        };
        (!agent.is_empty() && step.is_agentic()).then_some(agent)
    }

    /// Id of the conversation that a record belongs to.
    pub(super) fn session_of<'a>(
        &self,
        attributes: &'a Attributes,
        resource: &'a Resource,
    ) -> Option<Cow<'a, str>> {
        let session = self.session.iter().find_map(|key| text(attributes, key));
        session.or_else(|| text(&resource.attributes, "session.id"))
    }

    /// What a record ties its trace, or itself, to. `attributes` are the record's, with the fields of its body.
    pub(super) fn ties(
        &self,
        event: Option<&Event>,
        log: &LogRecord,
        attributes: &Attributes,
        resource: &Resource,
    ) -> Ties {
        let prompt = self.prompt.and_then(|key| text(attributes, key));
        // programs start up in traces of their own: a trace where nobody asked and nothing was done is part of no run
        let says_nothing = event.is_none() && prompt.is_none();
        if says_nothing || (log.trace_id.is_some() && !self.ties_traces) {
            return Ties::default();
        }
        let session = self.session_of(attributes, resource);
        let prompt = prompt.filter(|id| is_main_prompt(id));
        let named = session.as_ref().zip(prompt);
        let execution = named.map(|(session, id)| TieKey::of_execution(session, &id, resource));
        let is_prompt = event.is_some_and(Event::is_prompt);
        // whoever names the execution needs no guess at the prompt that came last
        let is_piece = execution.is_none() && session.is_some();
        let part = match (is_prompt, is_piece) {
            (true, _) => Part::Prompt,
            (false, true) => Part::Fragment,
            (false, false) => Part::Whole,
        };
        Ties { execution, session: session.map(|id| TieKey::of_session(&id, resource)), linked: None, part }
    }
}

fn text<'a>(attributes: &'a Attributes, key: &str) -> Option<Cow<'a, str>> {
    attributes.get(key).and_then(reading::text)
}
