//! The writer thread: drains the inlet, derives steps, keeps summaries, commits in groups, answers.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use hashlink::LruCache;

use super::Rulebook;
use super::assign::Bond;
use super::inlet::{Answer, Deleted, Indexed, Inlet, Job, Refusal};
use super::pass::Pass;
use super::run_state::RunState;
use super::watch::{Round, Watch};
use crate::model::{Export, RunKey, UnixNanos};
use crate::store::{StoreError, Writer};

/// A group is committed when it holds this many records …
const GROUP_RECORDS: usize = 8192;
/// … or when its first export has waited this long, or when nobody else waits.
const GROUP_WAIT: Duration = Duration::from_millis(30);
/// Steps of runs held in memory, some 300 bytes each; the run used last always stays.
const HELD_STEPS: usize = 300_000;
/// Ties remembered as written, some 60 bytes each: what is forgotten is written again, to no effect.
pub(super) const BONDS: usize = 50_000;
/// After this long without news the file is put in order: index brought up to date, write-ahead log folded in.
const QUIET: Duration = Duration::from_millis(500);
/// While news never pause, findings are looked for this often …
const LOOK: Duration = Duration::from_millis(500);
/// … but never in more than one part in this many of the time.
const LOOK_SHARE: u32 = 10;
/// After this long without news, runs that have ended are looked at whole.
const REST: Duration = Duration::from_secs(5);
/// While someone else holds the lock, it is tried this often whether news come or not.
pub(super) const RETRY: Duration = Duration::from_secs(1);

/// Why the store cannot write, for people to see; shared with whoever shows it.
#[derive(Clone, Default)]
pub struct Health(Arc<Mutex<Option<String>>>);

impl Health {
    /// One line, `None` while all is well.
    pub fn trouble(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, trouble: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

/// What the writer thread tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// There was a commit; readers see this revision.
    Committed(i64),
    /// [`Health`] changed, perhaps without a commit.
    Health,
}

/// Called on the writer thread.
pub type Notify = Box<dyn Fn(News) + Send>;

/// The running pipeline.
pub struct Pipeline {
    thread: JoinHandle<Result<(), StoreError>>,
    health: Health,
}

impl Pipeline {
    /// Starts the writer thread. It ends when every [`Inlet`] is gone, after a last commit, and closes the file.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start(
        writer: Writer,
        rulebook: impl Into<Rulebook>,
        notify: Notify,
    ) -> std::io::Result<(Inlet, Self)> {
        let (inlet, jobs) = Inlet::channel();
        let health = Health::default();
        let litter = writer.has_litter().unwrap_or(false).then_some(Duration::ZERO);
        let mut worker = Worker {
            writer,
            litter,
            rulebook: rulebook.into(),
            notify,
            health: health.clone(),
            runs: LruCache::new_unbounded(),
            held: 0,
            bonds: LruCache::new(BONDS),
            watch: Watch::default(),
            next_look: Instant::now(),
            locked: false,
        };
        let work = move || {
            worker.work(&jobs);
            worker.writer.close()
        };
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(work)?;
        Ok((inlet, Self { thread, health }))
    }

    /// What ails the store.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Waits until everything handed over is committed and the file is closed. Every [`Inlet`] must be gone.
    ///
    /// # Errors
    /// The file could not be closed well; what was acknowledged is in it all the same.
    pub fn join(self) -> Result<(), StoreError> {
        self.thread.join().unwrap_or_else(|_| Err(StoreError::Damaged("the writer thread died".to_owned())))
    }
}

pub(super) struct Worker {
    pub(super) writer: Writer,
    rulebook: Rulebook,
    pub(super) notify: Notify,
    /// When deleted runs left something: how long to wait for news before some of it is swept out.
    pub(super) litter: Option<Duration>,
    health: Health,
    /// Runs that grew lately.
    runs: LruCache<RunKey, RunState>,
    /// Steps in `runs`.
    held: usize,
    /// Ties written lately.
    bonds: LruCache<Bond, UnixNanos>,
    watch: Watch,
    /// When findings are looked for next while news never pause.
    next_look: Instant,
    /// Someone else held the lock last time: an empty group tells whether it is free. Of a full disk nothing but a real
    /// group can tell: an empty one still finds room.
    locked: bool,
}

impl Worker {
    fn work(&mut self, jobs: &Receiver<Job>) {
        let mut calm = Calm::Still;
        loop {
            let wait = if self.locked { Some(RETRY) } else { self.litter.or(calm.wait()) };
            match next_group(jobs, wait) {
                Next::Group(group, errand) => {
                    if !group.is_empty() {
                        self.keep(group);
                    }
                    match errand {
                        Some(Errand::Delete(runs, answer)) => self.delete(&runs, answer),
                        Some(Errand::Index(answer)) => self.index(answer),
                        None => {}
                    }
                    calm = Calm::Busy;
                    if Instant::now() >= self.next_look {
                        self.look(Round::News);
                    }
                }
                Next::Quiet if self.locked => self.keep(Vec::new()),
                Next::Quiet if self.litter.is_some() => self.sweep(),
                Next::Quiet if calm == Calm::Busy => {
                    self.look(Round::News);
                    self.settle();
                    calm = if self.watch.is_empty() { Calm::Still } else { Calm::Quiet };
                }
                Next::Quiet => {
                    self.look(Round::Ended);
                    calm = Calm::Still;
                }
                Next::End => {
                    self.look(Round::Last);
                    return self.sweep_last();
                }
            }
        }
    }

    /// Looks for findings in the runs that need it.
    fn look(&mut self, round: Round) {
        let begun = Instant::now();
        if !self.watch.is_empty() {
            self.look_again(round);
        }
        self.next_look = Instant::now() + LOOK.max(begun.elapsed() * LOOK_SHARE);
    }

    fn look_again(&mut self, round: Round) {
        let due = self.watch.clone();
        match self.refresh_findings(round) {
            Ok(revision) => (self.notify)(News::Committed(revision)),
            Err(error) => {
                self.forget();
                self.watch = due;
                tracing::warn!(%error, "findings are as of a moment ago, and will be refreshed with the next news");
            }
        }
    }

    /// Commits even where nothing is new: what the store has in hand for its word index goes with a group that is dropped.
    fn refresh_findings(&mut self, round: Round) -> Result<i64, StoreError> {
        let mut group = self.writer.begin()?;
        if group.foreign() {
            (self.runs, self.held) = (LruCache::new_unbounded(), 0);
            self.bonds.clear();
        }
        let (runs, held, bonds) = (&mut self.runs, &mut self.held, &mut self.bonds);
        Pass::new(&mut group, &self.rulebook, runs, held, bonds, &mut self.watch, now()).look(round)?;
        group.commit()
    }

    /// Somebody searches: what was said a moment ago is to be found, too.
    fn index(&mut self, answer: Indexed) {
        if let Err(error) = self.writer.index() {
            tracing::warn!(%error, "the latest texts are indexed later");
        }
        answer();
    }

    fn settle(&mut self) {
        if let Err(error) = self.writer.settle() {
            tracing::warn!(%error, "the file could not be put in order, and will be later");
        }
    }

    /// Commits a group and answers; if it fails, one export at a time, so that one cannot spoil the others.
    fn keep(&mut self, jobs: Vec<Kept>) {
        match self.commit(&jobs) {
            Ok(()) => answer(jobs, &Ok(())),
            Err(error) if jobs.len() > 1 && !error.is_passing() => {
                for job in jobs {
                    self.keep(vec![job]);
                }
            }
            Err(error) => {
                tracing::warn!(%error, exports = jobs.len(), "nothing was kept");
                self.locked = error.is_locked();
                let why = error.to_string();
                self.report(Some(why.clone()));
                answer(jobs, &Err(Refusal::Unavailable(why)));
            }
        }
    }

    fn report(&self, trouble: Option<String>) {
        if self.health.trouble() != trouble {
            self.health.set(trouble);
            (self.notify)(News::Health);
        }
    }

    fn commit(&mut self, jobs: &[Kept]) -> Result<(), StoreError> {
        let result = self.write(jobs);
        match result {
            Ok(revision) => {
                self.locked = false;
                self.report(None);
                (self.notify)(News::Committed(revision));
                self.forget_old_runs();
                Ok(())
            }
            Err(error) => {
                // books of steps that were not kept are worth nothing
                self.forget();
                Err(error)
            }
        }
    }

    fn write(&mut self, jobs: &[Kept]) -> Result<i64, StoreError> {
        let mut group = self.writer.begin()?;
        if group.foreign() {
            self.runs.clear();
            self.bonds.clear();
            self.held = 0;
        }
        let (runs, held, bonds) = (&mut self.runs, &mut self.held, &mut self.bonds);
        let mut pass = Pass::new(&mut group, &self.rulebook, runs, held, bonds, &mut self.watch, now());
        for (export, _) in jobs {
            pass.export(export)?;
        }
        pass.settle_runs()?;
        group.commit()
    }

    pub(super) fn forget(&mut self) {
        self.runs.clear();
        self.bonds.clear();
        self.held = 0;
    }

    fn forget_old_runs(&mut self) {
        forget_old_runs(&mut self.runs, &mut self.held);
    }
}

/// Drops the runs that grew longest ago from memory, until few enough steps are held.
pub(super) fn forget_old_runs(runs: &mut LruCache<RunKey, RunState>, held: &mut usize) {
    while *held > HELD_STEPS && runs.len() > 1 {
        let Some((_, run)) = runs.remove_lru() else { return };
        *held -= run.len();
    }
}

fn answer(jobs: Vec<Kept>, result: &Result<(), Refusal>) {
    for (_, answer) in jobs {
        answer(result.clone());
    }
}

/// An export with the answer that waits for it.
type Kept = (Export, Answer);

/// How long there has been no news.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Calm {
    /// They came a moment ago.
    Busy,
    /// They paused; some runs may still be looked at whole.
    Quiet,
    /// There is nothing to be done until they come.
    Still,
}

impl Calm {
    /// How long to wait for news before there is something else to do.
    const fn wait(self) -> Option<Duration> {
        match self {
            Self::Busy => Some(QUIET),
            Self::Quiet => Some(REST),
            Self::Still => None,
        }
    }
}

/// What the writer does besides keeping.
enum Errand {
    Delete(Vec<RunKey>, Deleted),
    Index(Indexed),
}

enum Next {
    /// Exports, and what is to be done after them.
    Group(Vec<Kept>, Option<Errand>),
    Quiet,
    End,
}

fn next_group(jobs: &Receiver<Job>, wait: Option<Duration>) -> Next {
    let first = match wait {
        None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
        Some(wait) => jobs.recv_timeout(wait),
    };
    let first = match first {
        Ok(job) => job,
        Err(RecvTimeoutError::Timeout) => return Next::Quiet,
        Err(RecvTimeoutError::Disconnected) => return Next::End,
    };
    let deadline = Instant::now() + GROUP_WAIT;
    let (mut records, mut group, mut next) = (0, Vec::new(), Some(first));
    while let Some(job) = next {
        match job {
            Job::Keep { export, answer } => {
                records += export.len();
                group.push((export, answer));
            }
            Job::Delete { runs, answer } => return Next::Group(group, Some(Errand::Delete(runs, answer))),
            Job::Index { answer } => return Next::Group(group, Some(Errand::Index(answer))),
        }
        let goes_on = records < GROUP_RECORDS && Instant::now() < deadline;
        next = if goes_on { jobs.try_recv().ok() } else { None };
    }
    Next::Group(group, None)
}

fn now() -> UnixNanos {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
