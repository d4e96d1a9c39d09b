//! What a key costs from its press to the frame, on runs and lists of very different sizes, as ratios to the floor:
//! drawing an empty frame of the same size in the same process. `cargo bench --bench tui`.
//!
//! Ratios that grow with the size of the run are what this is here to find: a frame is to touch its window alone.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on says so")]
#![expect(clippy::print_stdout, reason = "its table is what it is for")]

mod common;

use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use spanglass::analyze::diff::{Facts, Which};
use spanglass::config;
use spanglass::model::{
    Attributes, Content, CostTotal, FindingCounts, Resource, RunKey, RunSummary, RunTimes, Scope, Span,
    SpanId, SpanKind, StatusCode, Step, StepKey, StepKind, StepStatus, TokenTotals, Usage,
};
use spanglass::report::Look as ReportLook;
use spanglass::report::format::Zone;
use spanglass::tui::app::{App, Look, Mode, Msg, RunsAnswer, Settings};
use spanglass::tui::comparison::Comparison;
use spanglass::tui::glyphs::Glyphs;
use spanglass::tui::keys::Keymap;
use spanglass::tui::theme::{Depth, Theme};
use spanglass::tui::timeline::Timeline;
use spanglass::tui::update::update;
use spanglass::tui::{RunView, StepDetail, Themes, document, draw};

const SIZE: (u16, u16) = (160, 45);
const NOW: u64 = 1_763_733_731_000_000_000;
const LONG: u64 = 100_000;
const MANY: i64 = 20_000;

fn main() {
    let mut bench = Bench { terminal: Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap(), floor: None };
    bench.measure(
        "empty frame (the floor)",
        || (),
        |terminal, ()| {
            terminal.draw(|_| ()).unwrap();
        },
    );
    for runs in [200, MANY] {
        let mut app = with_runs(runs);
        bench.keys(&format!("list of {runs} runs: down"), &mut app, &[KeyCode::Down, KeyCode::Up]);
        for letter in "/triage".chars() {
            press(&mut app, KeyCode::Char(letter));
        }
        bench.keys(
            &format!("list of {runs} runs: a letter of the filter"),
            &mut app,
            &[KeyCode::Char(' '), KeyCode::Char('c'), KeyCode::Backspace, KeyCode::Backspace],
        );
        press(&mut app, KeyCode::Esc);
        bench.keys(&format!("list of {runs} runs: sorted"), &mut app, &[KeyCode::Char('s')]);
        let mut app = with_runs(runs);
        bench.keys(&format!("list of {runs} runs: grouped"), &mut app, &[KeyCode::Char('b')]);
        let mut app = with_runs(runs);
        let mut revision = runs;
        bench.measure(
            &format!("list of {runs} runs: a run changes"),
            || (),
            |terminal, ()| {
                revision += 1;
                let changed = vec![run(revision % runs + 1, revision)];
                tell(&mut app, changed);
                frame(terminal, &app);
            },
        );
    }
    for steps in [1_000, 10_000, LONG] {
        two_runs(&mut bench, steps);
    }
    for (what, line) in [("short lines", "a 긴 line of an answer\n"), ("one line", "a 긴 line of an answer ")]
    {
        for bytes in [10_000, 10_000_000] {
            let mut app = with_content(&line.repeat(bytes / line.len()));
            let name = |key: &str| format!("{bytes} bytes in {what}: {key}");
            bench.keys(&name("page down"), &mut app, &[KeyCode::PageDown]);
            bench.keys(&name("end, begin"), &mut app, &[KeyCode::End, KeyCode::Home]);
            press(&mut app, KeyCode::Char('/'));
            bench.keys(
                &name("search, a letter in each line"),
                &mut app,
                &[KeyCode::Char('e'), KeyCode::Backspace],
            );
            bench.keys(&name("search, nowhere"), &mut app, &[KeyCode::Char('q'), KeyCode::Backspace]);
        }
    }
    for steps in [1_000, LONG] {
        let mut app = with_steps(steps);
        bench.keys(&format!("run of {steps} steps: down"), &mut app, &[KeyCode::Down, KeyCode::Up]);
        bench.keys(&format!("run of {steps} steps: end"), &mut app, &[KeyCode::End, KeyCode::Home]);
        let errors = [KeyCode::Char('n'), KeyCode::Char('N')];
        bench.keys(&format!("run of {steps} steps: next error"), &mut app, &errors);
        replay(&mut bench, steps);
        let fold = [KeyCode::Home, KeyCode::Down, KeyCode::Char(' ')];
        bench.keys(&format!("run of {steps} steps: fold"), &mut app, &fold);
        timeline(&mut bench, steps);
        let all: Vec<Arc<Step>> = (0..steps).map(|n| Arc::new(step(n))).collect();
        bench.measure(
            &format!("run of {steps} steps: tree built anew (loader thread)"),
            || (),
            |_, ()| drop(black_box(RunView::new(RunKey(1), 1, all.iter().cloned()))),
        );
        bench.measure(
            &format!("run of {steps} steps: a new tree taken in"),
            || Arc::new(RunView::new(RunKey(1), 1, all.iter().cloned())),
            |terminal, view| {
                update(&mut app, Msg::Steps(RunKey(1), Ok(view)));
                frame(terminal, &app);
            },
        );
    }
}

/// A run of `steps` steps replayed: put in the order of time, and keys in it.
fn replay(bench: &mut Bench, steps: u64) {
    let all: Vec<Arc<Step>> = (0..steps).map(|n| Arc::new(step(n))).collect();
    bench.measure(
        &format!("replay of {steps} steps: put in order (loader thread)"),
        || RunView::new(RunKey(1), 1, all.iter().cloned()),
        |_, view| {
            black_box(view.replay().stops());
        },
    );
    let mut app = with_steps(steps);
    press(&mut app, KeyCode::Char('R'));
    let view = app.run_below().and_then(|run| run.view.clone()).unwrap();
    view.replay();
    update(&mut app, Msg::Replay(view));
    bench.keys(&format!("replay of {steps} steps: end, begin"), &mut app, &[KeyCode::End, KeyCode::Home]);
    let errors = [KeyCode::Char('n'), KeyCode::Char('N')];
    bench.keys(&format!("replay of {steps} steps: next error"), &mut app, &errors);
    press(&mut app, KeyCode::End);
    bench.keys(&format!("replay of {steps} steps: back, next"), &mut app, &[KeyCode::Left, KeyCode::Right]);
}

/// The same run on its timeline: laid out, the whole of it in the window, a part of it.
fn timeline(bench: &mut Bench, steps: u64) {
    let view = RunView::new(RunKey(1), 1, (0..steps).map(step));
    bench.measure(
        &format!("timeline of {steps} steps: laid out"),
        || (),
        |_, ()| drop(black_box(Timeline::of(&view, |_| false))),
    );
    let mut app = with_steps(steps);
    press(&mut app, KeyCode::Char('v'));
    bench.measure(&format!("timeline of {steps} steps: frame"), || (), |terminal, ()| frame(terminal, &app));
    bench.keys(&format!("timeline of {steps} steps: down"), &mut app, &[KeyCode::Down, KeyCode::Up]);
    let along = [KeyCode::Down, KeyCode::Right, KeyCode::Left, KeyCode::Up];
    bench.keys(&format!("timeline of {steps} steps: right"), &mut app, &along);
    bench.keys(&format!("timeline of {steps} steps: end"), &mut app, &[KeyCode::End, KeyCode::Home]);
    let zoom = [KeyCode::Char('.'), KeyCode::Char(',')];
    bench.keys(&format!("timeline of {steps} steps: narrow, widen"), &mut app, &zoom);
}

/// Two runs of `steps` steps, a tenth of them edited: laid beside each other, and keys in it.
fn two_runs(bench: &mut Bench, steps: u64) {
    let views = [0, 1].map(|side| {
        let edited = move |n: u64| side == 1 && n % 20 == 5;
        let own = move |n: u64| Step { input_digest: if edited(n) { 2 } else { 1 }, ..step(n) };
        Arc::new(RunView::new(RunKey(side + 1), 1, (0..steps).map(own)))
    });
    let runs = [run(1, 1), run(2, 2)];
    let look = ReportLook { columns: 100, ascii: false, zone: Zone::Utc, now: NOW };
    let compared = || {
        let read = &mut |_: Which, _: &[StepKey]| Ok::<_, Infallible>(Facts::default());
        Arc::new(
            Comparison::of(views.clone(), [&runs[0], &runs[1]], &look, read, &|| false).unwrap().unwrap(),
        )
    };
    bench.measure(
        &format!("diff of {steps} steps: compared (loader thread)"),
        || (),
        |_, ()| drop(black_box(compared())),
    );
    let mut app = with_runs(2);
    press(&mut app, KeyCode::Char('d'));
    let made = compared();
    let number = app.number;
    update(&mut app, Msg::Diff(number, Ok(Arc::clone(&made))));
    bench.keys(&format!("diff of {steps} steps: down"), &mut app, &[KeyCode::Down, KeyCode::Up]);
    let hunks = [KeyCode::Char('n'), KeyCode::Char('N')];
    bench.keys(&format!("diff of {steps} steps: next difference"), &mut app, &hunks);
    bench.keys(&format!("diff of {steps} steps: unfold, fold"), &mut app, &[KeyCode::Char('u')]);
    press(&mut app, KeyCode::Char('='));
    bench.keys(
        &format!("diff of {steps} steps unfolded: page down"),
        &mut app,
        &[KeyCode::PageDown, KeyCode::PageUp],
    );
    bench.keys(&format!("diff of {steps} steps unfolded: end"), &mut app, &[KeyCode::End, KeyCode::Home]);
}

type Screen = Terminal<TestBackend>;

struct Bench {
    terminal: Screen,
    floor: Option<Duration>,
}

impl Bench {
    /// The median of as many times as fit into a second, at least nine; what is prepared is not counted.
    fn measure<T>(
        &mut self,
        what: &str,
        mut prepare: impl FnMut() -> T,
        mut run: impl FnMut(&mut Screen, T),
    ) {
        let begun = Instant::now();
        let mut times = Vec::new();
        while times.len() < 9 || (begun.elapsed() < Duration::from_secs(1) && times.len() < 5000) {
            let prepared = prepare();
            let at = Instant::now();
            run(&mut self.terminal, prepared);
            times.push(at.elapsed());
        }
        times.sort_unstable();
        let median = times[times.len() / 2];
        let floor = *self.floor.get_or_insert(median);
        let ratio = median.as_secs_f64() / floor.as_secs_f64();
        println!("{what:<54} {:>10.1} µs {ratio:>9.2} ×", median.as_secs_f64() * 1e6);
    }

    /// The keys in turn, each with its frame.
    fn keys(&mut self, what: &str, app: &mut App, keys: &[KeyCode]) {
        let mut turn = keys.iter().cycle();
        self.measure(
            what,
            || (),
            |terminal, ()| {
                press(app, *turn.next().unwrap());
                frame(terminal, app);
            },
        );
    }
}

fn frame(terminal: &mut Screen, app: &App) {
    terminal.draw(|frame| draw::draw(app, frame)).unwrap();
}

fn press(app: &mut App, key: KeyCode) {
    update(app, Msg::Input(Event::Key(KeyEvent::new(key, KeyModifiers::NONE))));
}

fn tell(app: &mut App, changed: Vec<RunSummary>) {
    update(app, Msg::Runs(Ok(RunsAnswer { changed, ..RunsAnswer::default() })));
}

fn with_runs(count: i64) -> App {
    let settings = Settings {
        mode: Mode::Live(vec!["grpc 4317".into(), "http 4318".into()]),
        database: "runs.db".into(),
        file: "runs.db".into(),
        setup: Vec::new(),
        demo: false,
        look: Look {
            theme: Theme::new(Depth::True, &config::Themes::default().theme("dark").unwrap()),
            themes: Themes::default(),
            glyphs: Glyphs::of(false),
            zone: Zone::Utc,
        },
        keys: Keymap::default(),
        tells_alarms: false,
    };
    let (mut app, _) = App::new(settings, SIZE, NOW);
    tell(&mut app, (1..=count).map(|key| run(key, key)).collect());
    app
}

fn with_steps(count: u64) -> App {
    let mut app = with_runs(1);
    press(&mut app, KeyCode::Enter);
    let view = RunView::new(RunKey(1), 1, (0..count).map(step));
    update(&mut app, Msg::Steps(RunKey(1), Ok(Arc::new(view))));
    app
}

/// A run of one step whose detail is read, with this result.
fn with_content(result: &str) -> App {
    let mut app = with_steps(3);
    let view = RunView::new(RunKey(1), 1, (0..3).map(step));
    let asked = Arc::new(view).asked(2).unwrap();
    let step = &asked.step;
    let span = Span {
        trace_id: step.trace_id,
        span_id: step.span_id,
        parent_span_id: None,
        trace_state: String::new(),
        name: step.name.to_string(),
        kind: SpanKind(1),
        start: step.start,
        end: step.end,
        attributes: Attributes::default(),
        dropped_attributes_count: 0,
        events: Vec::new(),
        dropped_events_count: 0,
        links: Vec::new(),
        dropped_links_count: 0,
        status: StatusCode::OK,
        status_message: String::new(),
        flags: 0,
    };
    let detail = StepDetail {
        span,
        resource: Arc::new(Resource::default()),
        scope: Arc::new(Scope::default()),
        content: Content { result: Some(result.to_owned()), ..Content::default() },
        logs: Vec::new(),
        new_from: 0,
        before: None,
        answers: Vec::new(),
        cost: None,
    };
    let document = document::of_step(&asked, &detail, Zone::Utc);
    press(&mut app, KeyCode::Tab);
    let number = app.number;
    update(&mut app, Msg::Detail(number, Ok(Arc::new(document))));
    app
}

/// Runs of four agents; one in ten goes on.
fn run(key: i64, revision: i64) -> RunSummary {
    let start = NOW - 1_000_000_000 * (30_000 - key.unsigned_abs() % 30_000);
    RunSummary {
        key: RunKey(key),
        run_id: format!("{key:032x}"),
        trace_ids: Vec::new(),
        name: "invoke_agent triage".into(),
        task: Some(format!("refund order {key} 이중 결제: the customer was charged twice")),
        agents: vec!["triage".into(), "billing".into()],
        service: "support-desk".into(),
        session_id: Some(format!("session-{key:08x}")),
        user_id: None,
        tags: Vec::new(),
        times: RunTimes {
            start,
            end: start + 8_200_000_000,
            received: NOW,
            open_end: false,
            complete: key % 10 != 0,
            failed: false,
        },
        steps: 12,
        llm_calls: 4,
        tool_calls: 3,
        handoffs: 1,
        errors: 0,
        models: vec!["gpt-5.1-2025-11-13".into()],
        tokens: TokenTotals { input: 12_400, output: 1_100, known: 4, ..TokenTotals::default() },
        cost: CostTotal::default(),
        findings: FindingCounts::default(),
        agentic: true,
        merged_into: None,
        revision,
    }
}

/// A root, below it agents with nine calls and tools each; one tool in a thousand fails.
fn step(n: u64) -> Step {
    let parent = match n {
        0 => None,
        _ if n % 10 == 1 => Some(1),
        _ => Some(n - (n - 1) % 10 + 1),
    };
    let kind = match n {
        0 => StepKind::Workflow,
        _ if n % 10 == 1 => StepKind::Agent,
        _ if n.is_multiple_of(2) => StepKind::Llm,
        _ => StepKind::Tool,
    };
    let failed = n % 1000 == 5;
    let is_call = kind == StepKind::Llm;
    let plain = common::step(n + 1, kind, NOW + n * 1_000_000);
    Step {
        parent_span_id: parent.and_then(SpanId::from_u64),
        end: plain.start + 900_000,
        name: if is_call { "chat gpt-5.1".into() } else { format!("step {n}").into() },
        model: is_call.then(|| "gpt-5.1".into()),
        tool: (kind == StepKind::Tool).then(|| "search_web".into()),
        usage: Usage { input: is_call.then_some(2000), output: is_call.then_some(80), ..Usage::default() }
            .into(),
        status: if failed { StepStatus::Error } else { StepStatus::Ok },
        error: failed.then(|| "timed out".into()),
        finish_reason: is_call.then(|| "tool_call".into()),
        ..plain
    }
}
