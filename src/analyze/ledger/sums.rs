//! What the steps add up to.

use super::node::Sign;
use super::{Entry, Ledger};
use crate::model::{Cost, CostSource, CostTotal, Origin, SharedUsage, StepKind, StepStatus, TokenTotals};

/// Sums over the steps that count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Steps, plumbing and second reports left out.
    pub steps: u64,
    /// Answered model calls.
    pub llm_calls: u64,
    /// Tool calls.
    pub tool_calls: u64,
    /// Handoffs.
    pub handoffs: u64,
    /// Failed steps.
    pub errors: u64,
    /// Steps that are an agent's doing.
    pub agentic: u64,
    /// Tokens.
    pub tokens: TokenTotals,
    /// Cost.
    pub cost: CostTotal,
}

/// How far a run has come, from the shape of its tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Roots that are here (no parent, or a remote one).
    pub roots: u64,
    /// Roots that failed.
    pub failed_roots: u64,
    /// Parents that steps name and that are not here.
    pub missing_parents: u64,
    /// Steps that have not ended.
    pub running: u64,
    /// Roots of which only log records tell.
    pub logged_roots: u64,
    /// Fragments, which hang below a root that may never be told.
    pub loose: u64,
}

impl Progress {
    /// Every root is here and ended, and no parent is missing.
    pub const fn is_complete(&self) -> bool {
        self.roots + self.loose > 0 && self.missing_parents == 0 && self.running == 0
    }

    /// No span will tell the end: records and fragments say when something ended, not that nothing follows.
    pub const fn is_open_ended(&self) -> bool {
        self.roots == self.logged_roots
    }
}

impl Ledger {
    /// Tokens of an entry, with details that other reports of the same call know: its parent's, and those of reports
    /// that stand behind it.
    pub fn usage(&self, entry: Entry) -> SharedUsage {
        let own = &self.node(entry).usage;
        if !own.is_known() && self.is_only_report(entry) {
            return own.clone();
        }
        let others = self.parent(entry).into_iter().chain(self.reports(entry));
        let best = self.node(self.best_informed(entry)).usage.clone();
        others.fold(best, |usage, other| usage.with_details_of(&self.node(other).usage))
    }

    /// Cost of an entry: what it reports, else what another report of the same call does, else what was computed, of all
    /// its tokens that any report tells.
    pub fn cost(&self, entry: Entry) -> Option<Cost> {
        let node = self.node(entry);
        let tells = node.cost.is_some() || node.rates.is_some() || node.is_llm_with_tokens();
        if !tells && self.is_only_report(entry) {
            return None;
        }
        let is_reported = |cost: &Cost| cost.source == CostSource::Reported;
        let told = |other: Entry| self.node(other).cost.filter(is_reported);
        let reported = told(entry).or_else(|| self.other_reports(entry).find_map(told));
        reported.or_else(|| self.computed_cost(entry))
    }

    fn computed_cost(&self, entry: Entry) -> Option<Cost> {
        let usage = self.usage(entry);
        let best = self.best_informed(entry);
        // a report that names no model knows no price
        let priced = |&report: &Entry| self.node(report).cost.is_some() || self.node(report).rates.is_some();
        let report = [best, entry].into_iter().chain(self.reports(entry)).find(priced)?;
        let node = self.node(report);
        let rates = node.rates.as_deref().filter(|_| usage != node.usage);
        let amount = rates.and_then(|rates| rates.cost(&usage));
        amount.map(|amount| Cost { amount, source: CostSource::Computed }).or(node.cost)
    }

    /// Model calls right below `entry` that tell a cost and no tokens: reports of the same call, as long as no call below
    /// tells tokens.
    fn costs_below(&self, entry: Entry) -> impl Iterator<Item = Entry> + '_ {
        let node = self.node(entry);
        let may_be = node.is_llm_with_tokens() && node.below_llm == 0 && node.below_usage > 0;
        let is_bare = |&child: &Entry| {
            let child = self.node(child);
            child.kind == StepKind::Llm && !child.usage.is_known() && child.cost.is_some()
        };
        // agents may have children by the ten thousand: those of a call alone are looked at
        let children = if may_be { node.children.as_slice() } else { &[] };
        children.iter().copied().filter(is_bare)
    }

    /// Reports of the very call that `entry` reports: those that stand behind it, a model call around it alone, and bare
    /// ones below.
    fn other_reports(&self, entry: Entry) -> impl Iterator<Item = Entry> + '_ {
        let is_call = self.node(entry).is_llm_with_tokens();
        let around = self.parent(entry).filter(move |&parent| {
            let node = self.node(parent);
            is_call && node.kind == StepKind::Llm && node.below_llm == 1
        });
        self.reports(entry).chain(around).chain(self.costs_below(entry))
    }

    /// Whether any report of this step says that it failed.
    pub fn has_failed(&self, entry: Entry) -> bool {
        let node = self.node(entry);
        let failed = |entry| self.node(entry).status == StepStatus::Error;
        // a child that runs the same tool tells of this one; agents may have children by the ten thousand
        let children = if node.tool == 0 { &[][..] } else { &node.children };
        let inner = || children.iter().copied().filter(|&child| node.runs_same_tool(self.node(child)));
        failed(entry) || self.reports(entry).any(failed) || inner().any(failed)
    }

    /// The other reports that stand behind an entry.
    pub fn reports(&self, entry: Entry) -> impl Iterator<Item = Entry> {
        self.twins.get(&entry).into_iter().flatten().copied()
    }

    /// No report stands behind an entry.
    fn is_only_report(&self, entry: Entry) -> bool {
        !self.twins.contains_key(&entry)
    }

    /// The report whose figures are taken: the entry's own, unless one of the other signal knows more.
    fn best_informed(&self, entry: Entry) -> Entry {
        let node = self.node(entry);
        let known = |&report: &Entry| self.node(report).known_figures();
        let other =
            self.reports(entry).filter(|&other| self.node(other).origin != node.origin).max_by_key(known);
        other.filter(|other| known(other) > node.known_figures()).unwrap_or(entry)
    }

    /// Accounts for `entry` and what depends on it, and for `also`, each once: the reports that stand behind it, and the
    /// calls below one that reports a cost, for it may be theirs.
    pub(super) fn account_with_twins(&mut self, entry: Entry, also: Option<Entry>, sign: Sign) {
        let node = self.node(entry);
        let is_simple =
            !self.twins.contains_key(&entry) && (node.kind != StepKind::Llm || node.cost.is_none());
        if is_simple {
            self.account(entry, sign);
            if let Some(also) = also {
                self.account(also, sign);
            }
            return;
        }
        let mut touched = vec![entry];
        touched.extend(also);
        touched.extend(self.twins.get(&entry).into_iter().flatten());
        if node.kind == StepKind::Llm && node.cost.is_some() {
            touched.extend(&node.children);
        }
        touched.sort_unstable();
        touched.dedup();
        for entry in touched {
            self.account(entry, sign);
        }
    }

    /// Adds or takes back what `entry` contributes as it stands.
    pub(super) fn account(&mut self, entry: Entry, sign: Sign) {
        if !self.spared.sums {
            self.add_to_sums(entry, sign);
        }
        // which reports are of one call may just have changed
        if matches!(sign, Sign::Add) && self.node(entry).mark.is_some() {
            self.judge_around(entry);
        }
    }

    fn add_to_sums(&mut self, entry: Entry, sign: Sign) {
        let share = self.share(entry);
        let node = self.node(entry);
        let (usage, cost) = (self.usage(entry), self.cost(entry));
        let (root, running) = (node.is_root(), node.status == StepStatus::Running);
        let (logged, loose) = (node.origin == Origin::LogRecord, node.loose);
        let failed = self.has_failed(entry);
        let put = |counter: &mut u64, one: bool| sign.apply(counter, u64::from(one));
        put(&mut self.progress.roots, root);
        put(&mut self.progress.logged_roots, root && logged);
        put(&mut self.progress.loose, loose);
        put(&mut self.progress.failed_roots, root && failed);
        put(&mut self.progress.running, running);
        put(&mut self.totals.steps, share.step);
        put(&mut self.totals.agentic, share.agentic);
        put(&mut self.totals.errors, share.step && failed);
        put(&mut self.totals.llm_calls, share.call);
        put(&mut self.totals.tool_calls, share.tool);
        match (share.figures, sign) {
            (false, _) => {}
            (true, Sign::Add) => {
                self.totals.tokens.add(&usage);
                self.totals.cost.add(cost);
            }
            (true, Sign::Remove) => {
                self.totals.tokens.subtract(&usage);
                self.totals.cost.subtract(cost);
            }
        }
    }

    pub(super) fn share(&self, entry: Entry) -> Share {
        let node = self.node(entry);
        let once = self.report_of(entry).is_none();
        let call = once && node.answered && node.below_llm == 0;
        let told_below = node.below_usage as usize > self.costs_below(entry).count();
        let counted = once && node.has_usage() && !told_below;
        Share {
            step: once && !node.plumbing,
            agentic: node.kind != StepKind::Other && !node.setup,
            call,
            tool: once && node.kind == StepKind::Tool && !node.plumbing,
            // an answered call without figures counts as unknown; one whose figures are elsewhere does not
            figures: counted || (call && !node.has_usage() && node.below_usage == 0),
        }
    }
}

/// What one entry adds to the sums.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is one counter's question")]
pub(super) struct Share {
    step: bool,
    agentic: bool,
    call: bool,
    tool: bool,
    pub(super) figures: bool,
}
