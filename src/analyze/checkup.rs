//! What each client's telemetry lacks, summed over a whole file: one record in, constant work.
//!
//! Whoever examines the records knows their dialects; here they are only counted.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{Among, Examined, Gap, Gaps, RunKey, Step, StepKind, TraceId};

/// Who sent a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sender {
    /// Service.
    pub service: String,
    /// Instrumentation scope.
    pub scope: String,
    /// Its version, if it says.
    pub version: String,
}

/// A record that shows a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Name of the span, or of the event.
    pub name: String,
    /// Its trace, by which its run is found.
    pub trace_id: Option<TraceId>,
}

/// One gap of one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What is missing.
    pub gap: Gap,
    /// How many records show it.
    pub count: u64,
    /// Of how many that could.
    pub of: u64,
    /// Texts end at this many characters, for [`Gap::Lengths`].
    pub limit: Option<usize>,
    /// The first record that shows it.
    pub example: Option<Example>,
}

impl Found {
    /// Whether a setting can be the cause: content that is switched off is missing everywhere, not here and there.
    pub const fn may_be_switched_off(&self) -> bool {
        match self.gap {
            Gap::Prompts | Gap::Answers | Gap::Arguments | Gap::Results => self.count * 2 >= self.of,
            _ => true,
        }
    }
}

/// What came from one sender.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    /// Spans.
    pub spans: u64,
    /// Log records.
    pub logs: u64,
    /// Metrics.
    pub metrics: u64,
    /// Model calls.
    pub model_calls: u64,
    /// Tool calls.
    pub tool_calls: u64,
    /// Steps that are an agent's doing.
    pub agentic: u64,
    runs: FxHashSet<RunKey>,
    has_session: bool,
    told: Gaps,
    found: FxHashMap<Gap, (u64, Option<Example>)>,
    lengths: Lengths,
}

/// Texts of the greatest length so far.
#[derive(Clone, Debug, Default)]
struct Lengths {
    most: usize,
    records: u64,
    texts: FxHashSet<u64>,
    whole: bool,
}

/// So many different texts of one greatest length were cut by a limit, not by chance.
const CUT_TEXTS: usize = 3;

/// Limits are round, and pages of a list may share any length.
const fn is_round(length: usize) -> bool {
    length.is_multiple_of(50) || length.is_multiple_of(64)
}

impl Lengths {
    fn add(&mut self, length: usize, digest: u64) {
        if length > self.most {
            *self = Self { most: length, ..Self::default() };
        }
        if length == self.most {
            self.records += 1;
            // a whole JSON value shows that there is no limit here
            self.whole |= digest == 0;
            if self.texts.len() < CUT_TEXTS {
                self.texts.insert(digest);
            }
        }
    }

    fn limit(&self) -> Option<usize> {
        (!self.whole && is_round(self.most) && self.texts.len() >= CUT_TEXTS).then_some(self.most)
    }
}

impl Sums {
    /// Counts a span called `name`, the step that it tells, and what was found on it.
    pub fn add_span(&mut self, name: &str, step: &Step, run: RunKey, examined: &Examined) {
        self.spans += 1;
        if step.is_agentic() && !step.plumbing {
            self.agentic += 1;
            self.model_calls += u64::from(step.kind == StepKind::Llm);
            self.tool_calls += u64::from(step.kind == StepKind::Tool);
            self.runs.insert(run);
            self.has_session |= step.session_id.is_some();
        }
        self.add(examined, || Example { name: name.to_owned(), trace_id: Some(step.trace_id) });
    }

    /// Counts a log record called `name`.
    pub fn add_log(
        &mut self,
        name: &str,
        trace_id: Option<TraceId>,
        run: Option<RunKey>,
        examined: &Examined,
    ) {
        self.logs += 1;
        self.runs.extend(run);
        self.add(examined, || Example { name: name.to_owned(), trace_id });
    }

    fn add(&mut self, examined: &Examined, example: impl Fn() -> Example) {
        examined.told.iter().for_each(|gap| self.told.add(gap, true));
        for gap in examined.gaps.iter() {
            let (count, first) = self.found.entry(gap).or_default();
            *count += 1;
            first.get_or_insert_with(&example);
        }
        if let Some((length, digest)) = examined.longest {
            self.lengths.add(length, digest);
        }
    }

    /// Runs that it took part in.
    pub fn runs(&self) -> u64 {
        self.runs.len() as u64
    }

    /// What is missing, in the order of the table of gaps.
    pub fn gaps(&self) -> Vec<Found> {
        Gap::ALL.into_iter().filter_map(|gap| self.gap(gap)).collect()
    }

    fn gap(&self, gap: Gap) -> Option<Found> {
        if gap == Gap::Lengths {
            let limit = self.lengths.limit()?;
            let (count, of) = (self.lengths.records, self.among(gap));
            return Some(Found { gap, count, of, limit: Some(limit), example: None });
        }
        if gap == Gap::Session {
            let is_missing = self.agentic > 0 && !self.has_session;
            let count = self.runs();
            return is_missing.then_some(Found { gap, count, of: count, limit: None, example: None });
        }
        let (count, example) = self.found.get(&gap)?.clone();
        Some(Found { gap, count, of: self.among(gap).max(count), limit: None, example })
    }

    fn among(&self, gap: Gap) -> u64 {
        match gap.among() {
            Among::ModelCalls => self.model_calls,
            Among::ToolCalls => self.tool_calls,
            Among::Records => self.spans + self.logs,
            Among::Runs => self.runs(),
        }
    }
}

/// One client, examined.
#[derive(Clone, Debug)]
pub struct Patient {
    /// Who it is.
    pub sender: Sender,
    /// What it is called.
    pub client: &'static str,
    /// What came from it.
    pub sums: Sums,
    /// What is missing, with the setting that brings it.
    pub gaps: Vec<(Found, Option<&'static str>)>,
    /// Another scope of the same service that tells as many model calls and lacks nothing of them.
    pub told_by: Option<String>,
}

/// Gaps of model calls that do not matter where another scope tells the same calls in full.
const OF_CALLS: [Gap; 5] = [Gap::Prompts, Gap::Answers, Gap::Tokens, Gap::Model, Gap::Price];

/// Takes away what one scope lacks and another of the same service tells: sessions, model calls that a second
/// instrumentation reports in full, and what a client puts in its log records instead of its spans.
pub fn compare(patients: &mut [Patient]) {
    let others: Vec<_> = patients.iter().map(Other::of).collect();
    let mut sessions: FxHashSet<String> =
        others.iter().filter(|o| o.has_session).map(|o| o.service.clone()).collect();
    for patient in patients {
        let service = patient.sender.service.clone();
        let of_service = || others.iter().filter(|other| other.service == service);
        // said once for the whole service
        if patient.gaps.iter().any(|(found, _)| found.gap == Gap::Session)
            && !sessions.insert(service.clone())
        {
            patient.gaps.retain(|(found, _)| found.gap != Gap::Session);
        }
        let of_client = of_service().filter(|other| other.client == patient.client);
        let told: Vec<_> = of_client.flat_map(|other| other.told.iter()).collect();
        patient.gaps.retain(|(found, _)| !told.contains(&found.gap));
        let twin =
            of_service().find(|o| o.calls > 0 && o.calls >= patient.sums.model_calls && !o.lacks_calls);
        if let Some(twin) = twin.filter(|_| lacks_calls(patient)) {
            patient.told_by = Some(twin.scope.clone());
            patient.gaps.retain(|(found, _)| !OF_CALLS.contains(&found.gap));
        }
    }
}

/// What one patient means to the others.
struct Other {
    service: String,
    scope: String,
    client: &'static str,
    calls: u64,
    lacks_calls: bool,
    has_session: bool,
    told: Gaps,
}

impl Other {
    fn of(patient: &Patient) -> Self {
        let mut told = Gaps::default();
        // told by some records and not by others is told where it matters to nobody
        let lacking = |gap| patient.sums.found.contains_key(&gap);
        patient.sums.told.iter().filter(|gap| !lacking(*gap)).for_each(|gap| told.add(gap, true));
        Self {
            service: patient.sender.service.clone(),
            scope: patient.sender.scope.clone(),
            client: patient.client,
            calls: patient.sums.model_calls,
            lacks_calls: lacks_calls(patient),
            has_session: patient.sums.has_session,
            told,
        }
    }
}

fn lacks_calls(patient: &Patient) -> bool {
    patient.gaps.iter().any(|(found, _)| OF_CALLS.contains(&found.gap))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;

    fn lacking(gaps: impl IntoIterator<Item = Gap>) -> Examined {
        Examined { gaps: gaps.into_iter().collect::<Gaps>(), ..Examined::default() }
    }

    fn call() -> Step {
        Step { kind: StepKind::Llm, ..fixture::step(1, 0) }
    }

    fn sums(examined: &[Examined]) -> Sums {
        let mut sums = Sums::default();
        for one in examined {
            sums.add_span("chat", &call(), RunKey(1), one);
        }
        sums
    }

    fn patient(scope: &str, sums: Sums) -> Patient {
        let sender = Sender { service: "s".into(), scope: scope.into(), version: String::new() };
        let gaps = sums.gaps().into_iter().map(|found| (found, None)).collect();
        Patient { sender, client: "other", sums, gaps, told_by: None }
    }

    #[test]
    fn gaps_are_counted_among_what_could_show_them() {
        let found = sums(&[lacking([Gap::Tokens]), lacking([]), lacking([Gap::Tokens])]).gaps();
        let tokens = found.iter().find(|found| found.gap == Gap::Tokens).unwrap();
        assert_eq!((tokens.count, tokens.of), (2, 3));
        assert!(tokens.example.is_some());
    }

    #[test]
    fn a_limit_is_one_length_of_several_texts_and_of_no_whole_value() {
        let cut = |digest| Examined { longest: Some((1000, digest)), ..Examined::default() };
        let limit =
            |digests: &[u64]| sums(&digests.iter().map(|&d| cut(d)).collect::<Vec<_>>()).lengths.limit();
        assert_eq!(limit(&[1, 2, 3]), Some(1000));
        assert_eq!(limit(&[1, 1, 1, 1]), None);
        assert_eq!(limit(&[1, 2, 3, 0]), None);
        let odd = [1, 2, 3].map(|digest| Examined { longest: Some((98, digest)), ..Examined::default() });
        assert_eq!(sums(&odd).lengths.limit(), None);
    }

    #[test]
    fn what_a_client_puts_in_its_logs_is_not_missing_from_its_spans() {
        let mut logs = Sums::default();
        let told = Examined { told: [Gap::Arguments].into_iter().collect(), ..Examined::default() };
        logs.add_log("tool_result", None, None, &told);
        let mut both = [patient("spans", sums(&[lacking([Gap::Arguments])])), patient("logs", logs)];
        compare(&mut both);
        assert!(both[0].gaps.iter().all(|(found, _)| found.gap != Gap::Arguments));
    }

    #[test]
    fn a_missing_session_is_told_once_for_a_service() {
        let mut both = [patient("a", sums(&[lacking([])])), patient("b", sums(&[lacking([])]))];
        compare(&mut both);
        assert_eq!(both.map(|patient| patient.gaps.len()), [1, 0]);
    }

    #[test]
    fn what_a_second_instrumentation_tells_is_not_missing() {
        let mut both = [
            patient("sdk", sums(&[lacking([Gap::Prompts, Gap::Tokens, Gap::Clock])])),
            patient("openinference", sums(&[lacking([])])),
        ];
        compare(&mut both);
        let gaps: Vec<_> = both[0].gaps.iter().map(|(found, _)| found.gap).collect();
        assert_eq!(gaps, [Gap::Session, Gap::Clock]);
        assert_eq!(both[0].told_by.as_deref(), Some("openinference"));
        let mut alone = [patient("sdk", sums(&[lacking([Gap::Tokens])]))];
        compare(&mut alone);
        assert!(
            alone[0].told_by.is_none() && alone[0].gaps.iter().any(|(found, _)| found.gap == Gap::Tokens)
        );
    }
}
