//! The list of runs: filter, completion, order, groups, search of all texts.

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::model::RunKey;
use crate::store::{HitPage, Mark};
use crate::tui::Backend as _;
use crate::tui::app::{Effect, FoundRuns, Msg, Screen};
use crate::tui::columns::{Shows, Sort, placed};
use crate::tui::screens::By;
use crate::tui::testing::picture::{frame, styled, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::world::{NOON, refund, world};

fn wide() -> Session {
    Session::new(world(), (120, 40))
}

/// Keys of the runs shown after a script, ascending.
fn shown(s: &Session) -> Vec<i64> {
    let mut keys: Vec<i64> = s.runs().shown.iter().map(|slot| slot.key.0).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn the_filter_understands_fields() {
    for (words, expected) in [
        ("agent:triage", vec![3, 4]),
        ("agent:triage,reviewer -is:error", vec![2, 4]),
        ("is:running", vec![5]),
        ("is:loop", vec![4]),
        ("is:cycle errors>0", vec![4]),
        ("steps>20", vec![2]),
        ("cost>0.02", vec![2, 3, 4]),
        ("cost<10 -is:unpriced since:2h", vec![2, 3, 4]),
    ] {
        let mut s = wide();
        s.press(&format!("/ {} enter", words.replace(' ', " space ")));
        assert_eq!(shown(&s), expected, "{words}");
    }
}

#[test]
fn where_no_run_is_shown_no_key_for_one_is_offered() {
    let mut s = wide();
    let footer = |s: &Session| text(&frame(&s.app)).lines().last().map(str::to_owned).unwrap_or_default();
    let keys = ["open", "findings", "sort", "group", "follow", "mark", "diff"];
    assert!(keys.iter().all(|key| footer(&s).contains(key)), "{}", footer(&s));
    s.press("/ zzz enter");
    assert!(!keys.iter().any(|key| footer(&s).contains(key)), "{}", footer(&s));
    assert!(footer(&s).contains("/ filter"), "{}", footer(&s));
}

#[test]
fn traces_without_an_agents_doing_are_listed_when_asked_for() {
    let mut world = world();
    world.runs[0].summary.agentic = false;
    let mut s = Session::new(world, (120, 40));
    let listed = shown(&s).len();
    s.press("a");
    assert_eq!(shown(&s).len(), listed + 1);
    s.press("a");
    assert_eq!(shown(&s).len(), listed);
}

#[test]
fn what_the_filter_does_not_understand_is_told_and_changes_nothing() {
    let mut s = wide();
    s.press("/ agent:triage space colour:red");
    assert_eq!(shown(&s), [3, 4]);
    let picture = text(&frame(&s.app));
    assert!(picture.contains("no field colour"), "{picture}");
    s.press("esc");
    assert!(s.runs().fault.is_none() && s.runs().shown.len() == 6);
}

#[test]
fn tab_completes_fields_and_values_and_goes_round() {
    let mut s = wide();
    s.press("/ age tab");
    assert_eq!(s.runs().filter.value(), "agent:");
    s.press("tab");
    let first = s.runs().filter.value().to_owned();
    assert!(first.len() > 6 && text(&frame(&s.app)).contains("deep-research"));
    s.press("tab");
    assert_ne!(s.runs().filter.value(), first);
    s.press("backtab");
    assert_eq!(s.runs().filter.value(), first);
    s.press("esc / is:run tab");
    assert_eq!((s.runs().filter.value(), shown(&s)), ("is:running", vec![5]));
}

#[test]
fn texts_are_searched_for_and_a_stale_answer_is_dropped() {
    let mut s = wide();
    s.press("/ text:8811");
    assert_eq!(shown(&s), [3]);
    let stale = s.app.number - 1;
    s.send(Msg::Found(stale, Ok(FoundRuns { runs: vec![vec![RunKey(5)]], whole: true, percent: 100 })));
    assert_eq!(shown(&s), [3]);
    s.press("esc");
    assert_eq!(shown(&s).len(), 6);
    s.press("/ text:nowhere");
    assert!(shown(&s).is_empty());
}

#[test]
fn a_search_that_nobody_waits_for_is_dropped() {
    let mut s = wide();
    s.press("/ text:8811");
    let number = s.app.number;
    if let Some(Screen::Runs(runs)) = s.app.screens.last_mut() {
        runs.full_text.waits_for = Some(number);
    }
    assert!(text(&frame(&s.app)).contains("searching"));
    s.press("esc");
    assert_eq!(s.asked, [Effect::DropSearch]);
}

#[test]
fn any_column_sorts_and_the_cursor_stays_on_its_run() {
    let by = |s: &Session| s.runs().sort;
    let mut s = wide();
    s.press("j");
    let under = s.runs().selected;
    s.press("s");
    assert_eq!(by(&s), Sort::by(Shows::Agent));
    assert_eq!(s.runs().selected, under);
    assert!(s.app.notice.as_ref().unwrap().text.contains("agent, from A on"));
    for (shows, first) in
        [(Shows::Cost, 2), (Shows::Steps, 2), (Shows::Status, 5), (Shows::Flags, 4), (Shows::Started, 5)]
    {
        let mut s = wide();
        while by(&s).by != shows {
            s.press("s");
        }
        s.press("g");
        assert_eq!(s.runs().selected, Some(RunKey(first)), "{shows:?}");
    }
    let mut s = wide();
    s.press("S g");
    assert_eq!(s.runs().selected, Some(RunKey(1)), "oldest first");
}

#[test]
fn a_click_on_a_title_sorts_and_another_turns_it_round() {
    let mut s = wide();
    let column = placed(120, true).into_iter().find(|placed| placed.column.shows == Shows::Cost).unwrap();
    let click = MouseEventKind::Down(MouseButton::Left);
    let mouse = |row| {
        Msg::Input(Event::Mouse(MouseEvent {
            kind: click,
            column: column.x + 2,
            row,
            modifiers: KeyModifiers::NONE,
        }))
    };
    s.send(mouse(1));
    assert_eq!(s.runs().sort, Sort::by(Shows::Cost));
    s.send(mouse(1));
    assert_eq!(s.runs().sort, Sort { by: Shows::Cost, up: true });
}

#[test]
fn a_new_run_does_not_move_a_sorted_list_under_the_eye() {
    let mut many = world();
    many.runs.extend((20..40).map(|key| refund(key, 2000 + key.unsigned_abs(), "one of many")));
    let mut s = Session::new(many, (80, 16));
    s.press("s s s pagedown j j");
    let before = (s.runs().selected, s.runs().at - s.runs().top);
    s.world.runs.push(refund(50, 1, "the newest"));
    s.send(Msg::Committed(50));
    assert_eq!((s.runs().selected, s.runs().at - s.runs().top), before);
    s.press("f");
    assert_eq!(s.runs().selected, Some(RunKey(50)), "follow finds the newest in any order");
}

#[test]
fn texts_are_found_while_they_are_typed_and_opened_at_their_step() {
    let mut s = wide();
    s.press("F refund");
    let picture = text(&frame(&s.app));
    assert!(picture.contains("refund order 8811") && picture.contains("in 3 runs"), "{picture}");
    assert!(picture.contains("2 hits, the newest first"), "{picture}");
    s.press("down enter");
    assert_eq!((s.run().key, s.step_name().as_str()), (RunKey(3), "chat claude-sonnet-4-5"));
    s.press("q esc");
    let Some(Screen::Search(search)) = s.app.top() else { panic!("still there") };
    assert!(search.line.value().is_empty() && search.hits.is_empty());
    s.press("esc");
    assert!(matches!(s.app.top(), Some(Screen::Runs(_))));
}

#[test]
fn hits_of_what_was_typed_before_are_dropped() {
    let mut s = wide();
    s.press("F 8811");
    let stale = s.app.number - 1;
    s.send(Msg::Hits(stale, Err("late".into())));
    assert!(!text(&frame(&s.app)).contains("late"));
    s.press("zzz");
    assert!(text(&frame(&s.app)).contains("no text holds"));
}

#[test]
fn more_hits_are_asked_for_where_the_end_is_in_sight() {
    let mut many = world();
    many.runs.extend((20..60).map(|key| refund(key, 2000 + key.unsigned_abs(), "one of many")));
    let mut s = Session::new(many, (80, 24));
    s.press("F many");
    let hits = |s: &Session| match s.app.top() {
        Some(Screen::Search(search)) => search.hits.len(),
        _ => 0,
    };
    let first = hits(&s);
    assert!((20..30).contains(&first), "two windows of ten, two hits a page: {first}");
    s.press("pagedown pagedown pagedown pagedown pagedown");
    assert_eq!(hits(&s), 40);
}

fn group_names(s: &Session) -> Vec<&str> {
    let groups = &s.runs().groups;
    (0..groups.count()).filter_map(|at| Some(groups.get(at, &s.app.runs)?.name())).collect()
}

#[test]
fn runs_are_grouped_with_their_sums_and_unfold() {
    let mut s = wide();
    s.press("b b");
    assert_eq!(s.runs().group, Some(By::Agent));
    let names = group_names(&s);
    assert_eq!(names[..3], ["deep-research", "triage", "reviewer"]);
    s.press("j");
    let picture = text(&frame(&s.app));
    assert!(picture.contains("2 runs") && picture.contains("$0.058"), "{picture}");
    assert_eq!((s.runs().len(), s.runs().selected), (5, None));
    s.press("right j");
    assert_eq!((s.runs().len(), s.runs().selected), (7, Some(RunKey(4))));
    s.world.runs.push(refund(50, 1, "one more"));
    s.send(Msg::Committed(50));
    assert_eq!((s.runs().len(), s.runs().selected), (8, Some(RunKey(4))));
    s.press("m left");
    assert_eq!((s.runs().len(), s.runs().selected), (5, None));
    let picture = text(&frame(&s.app));
    assert!(picture.contains("3 runs, 1 marked") && picture.contains("▌▸"), "{picture}");
    s.press("enter j enter");
    assert_eq!(s.run().key, RunKey(50));
    s.press("q b b");
    assert_eq!((s.runs().group, s.runs().len()), (None, 7));
}

#[test]
fn the_bars_of_a_long_list_are_told_anew_once_a_second() {
    let mut s = wide();
    s.world.runs.extend((20..3000).map(|key| refund(key, 5000 + key.unsigned_abs(), "one of many")));
    s.send(Msg::Committed(3000));
    let before = s.runs().spark.clone();
    assert!(!before.bars.is_empty());
    s.world.runs.push(refund(5000, 1, "the newest"));
    s.send(Msg::Committed(5000));
    assert!(s.runs().spark_due.is_some() && s.runs().spark == before);
    s.send(Msg::Now(s.app.now + 2_000_000_000));
    assert!(s.runs().spark_due.is_none() && s.runs().spark != before);
}

#[test]
fn days_and_sessions_group_too() {
    let mut world = world();
    world.runs[2].summary.session_id = Some("chat-1".into());
    let mut s = Session::new(world, (80, 24));
    s.press("b");
    assert_eq!(group_names(&s), ["no session", "chat-1"]);
    s.press("b b");
    assert_eq!(group_names(&s), ["2025-11-21", "2025-11-19"]);
}

#[test]
fn tags_are_filtered_by_completed_and_shown() {
    let mut told = world();
    told.runs[1].summary.tags = vec!["beta".into(), "env:prod".into()];
    let mut s = Session::new(told, (200, 30));
    s.press("/ tag: tab");
    assert_eq!(s.runs().filter.value(), "tag:beta", "the value is completed");
    s.press("enter");
    assert_eq!(s.runs().shown.len(), 1);
    assert!(text(&frame(&s.app)).contains("#beta #env:prod"), "in the preview");
    s.press("enter");
    assert!(text(&frame(&s.app)).lines().next().unwrap().contains("#beta #env:prod"), "in the title");
}

#[test]
fn a_filter_without_runs_tells_which_of_its_words_keep_them_away() {
    let mut s = wide();
    s.press("/ triage space cost>100 space -is:ok enter");
    let picture = text(&frame(&s.app));
    assert!(picture.contains("without cost>100: 1 run") && !picture.contains("without triage"), "{picture}");
    s.press("/ space zzz");
    assert!(text(&frame(&s.app)).contains("no one of its words alone keeps the runs away"));
    s.press("esc / zzz");
    assert!(!text(&frame(&s.app)).contains("without"), "of one word there is nothing to tell");
}

#[test]
fn alarms_have_their_own_colour_in_the_list() {
    use crate::model::{FindingCounts, FindingKind, Severity};
    let mut told = world();
    let mut counts = FindingCounts::default();
    counts.add(FindingKind::Loop, Severity::Alarm);
    counts.add(FindingKind::Truncated, Severity::Warning);
    told.runs[1].summary.findings = counts;
    let s = Session::new(told, (120, 30));
    let styles = styled(&s.app);
    assert!(styles.split("~~~").nth(1).unwrap().contains(" ee WW"), "{styles}");
}

#[test]
fn a_search_that_takes_long_says_how_far_it_is_and_esc_ends_it() {
    let mut s = Session::new(world(), (120, 36));
    s.holds_back = true;
    s.press("/ text:refund enter");
    let words =
        |s: &Session| text(&frame(&s.app)).lines().find(|row| row.contains("searching")).map(str::to_owned);
    assert!(words(&s).is_some_and(|row| !row.contains('%')), "{:?}", words(&s));
    let Some(Effect::SearchRuns(number, _)) = s.asked.last() else { panic!("{:?}", s.asked) };
    let so_far = FoundRuns { runs: vec![vec![RunKey(5)]], whole: false, percent: 42 };
    let number = *number;
    s.send(Msg::Now(NOON + 700_000_000));
    s.send(Msg::Found(number, Ok(so_far)));
    assert!(words(&s).unwrap().contains("searching, 42 %"), "{:?}", words(&s));
    assert_eq!(s.app.tick(), Session::new(world(), (120, 36)).app.tick(), "answers tell, no clock");
    s.press("esc");
    assert_eq!(s.asked.last(), Some(&Effect::DropSearch));
    assert_eq!(words(&s), None);
}

#[test]
fn a_search_in_a_file_of_before_says_what_finds_more() {
    let mut s = Session::new(world(), (80, 24));
    s.holds_back = true;
    s.press("F refund");
    let Some(Effect::FindTexts(number, ..)) = s.asked.last() else { panic!("{:?}", s.asked) };
    let number = *number;
    assert!(!text(&frame(&s.app)).contains("reindex"));
    s.send(Msg::Hits(number, Ok(HitPage { lacks_texts: true, ..HitPage::default() })));
    assert!(text(&frame(&s.app)).contains("an old file: spanglass reindex finds more"));
    let hits = s.world.search_texts("refund", Mark::default(), 50, &mut || true).unwrap().hits;
    let page = HitPage {
        lacks_texts: true,
        hits: hits.into_iter().cycle().take(50).collect(),
        ..HitPage::default()
    };
    s.press("space d");
    let Some(Effect::FindTexts(number, ..)) = s.asked.last() else { panic!("{:?}", s.asked) };
    s.send(Msg::Hits(*number, Ok(page)));
    for (width, told) in
        [(60, " reindex finds more ─"), (80, " 50 hits  an old file: spanglass reindex finds more ─")]
    {
        s.send(Msg::Input(Event::Resize(width, 24)));
        let picture = text(&frame(&s.app));
        assert!(picture.contains(told) && picture.contains(" 1 of 50 ─"), "{picture}");
    }
}
