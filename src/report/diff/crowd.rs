//! One run against many, for people: where it leaves what the others did, how usual each step is, who behaves alike.

use super::super::markdown::escape::{escaped, row};
use super::super::{Look, glyph, paint, text};
use super::why::doing;
use super::{lines, rule};
use crate::analyze::diff::{Crowd, Group, Lack, Outside, Place, Side};
use crate::model::RunSummary;

/// A run, the others, and what came of comparing them.
pub struct Against<'a> {
    /// The run.
    pub run: (&'a RunSummary, &'a Side<'a>),
    /// The others, oldest first.
    pub others: Vec<(&'a RunSummary, &'a Side<'a>)>,
    /// Who they are, in words: `the same agent and task`.
    pub whom: &'a str,
    /// The comparison.
    pub crowd: &'a Crowd,
}

/// Stretches of steps that are listed.
const STRETCHES: usize = 60;

/// Steps that are lacking that are listed.
const LACKS: usize = 8;

/// What others did instead that is listed.
const INSTEAD: usize = 4;

/// Ids of a group that are listed.
const IDS: usize = 6;

impl Against<'_> {
    fn count(&self, count: usize) -> String {
        format!("{count} of {}", self.others.len())
    }

    fn own(&self, at: usize, look: &Look) -> String {
        format!("{at} {}", lines::titled(self.run.1, at, look))
    }

    /// Beginning of an other's id.
    fn id(&self, other: usize) -> String {
        self.others[other].0.run_id.chars().take(8).collect()
    }

    /// What stands first on every page.
    fn title(&self) -> String {
        let runs = if self.others.len() == 1 { "run" } else { "runs" };
        format!("against {} {runs} of {}", self.others.len(), text::one_line(self.whom))
    }

    /// Where the run first leaves what the others did, in one sentence.
    pub fn verdict(&self) -> String {
        let all = self.others.len();
        let (everybody, nobody) = match all {
            1 => ("the other one does".to_owned(), "the other one does not make".to_owned()),
            _ => (format!("all {all} others do"), format!("none of the {all} others makes")),
        };
        match &self.crowd.outside {
            None => {
                "nothing unusual: others made each of these steps, and none is lacking that all of them made"
                    .to_owned()
            }
            Some(Outside::Step(at, _)) => {
                format!("step {at} is the first that {nobody} there: {}", doing(self.run.1, *at))
            }
            Some(Outside::Lack(lack)) => format!("{} {everybody}: {}", place(lack), self.does(lack.step)),
        }
    }

    fn does(&self, place: Place) -> String {
        doing(self.others[place.other].1, place.at)
    }
}

/// Where something is lacking, before who has it.
fn place(lack: &Lack) -> String {
    match lack.before {
        Some(at) => format!("before step {at} the run lacks what"),
        None => "at its end the run lacks what".to_owned(),
    }
}

/// The whole page.
pub fn page(against: &Against<'_>, look: &Look) -> String {
    let verdict = paint::paint(paint::STRONG, &super::wrapped(&against.verdict(), look));
    let bound =
        if against.crowd.limit_hit { "too long and too alike within to be aligned throughout\n" } else { "" };
    let parts = [
        super::head(against.run.0, "", look),
        paint::paint(paint::QUIET, &against.title()) + "\n",
        format!("\n{verdict}\n"),
        bound.to_owned(),
        listed(&facts(against), look),
        rule("how usual each step is", look),
        usual(against, look),
        rule("who takes the same path", look),
        listed(&groups(against), look),
        nearest(against, look),
    ];
    parts.concat()
}

/// What the others do at the place in question, and what most of them do and the run does not.
fn facts(against: &Against<'_>) -> Vec<String> {
    let instead = match &against.crowd.outside {
        Some(Outside::Step(_, instead)) => instead.as_slice(),
        _ => &[],
    };
    let there = |(place, count): &(Place, usize)| {
        format!("{} there: {}", against.count(*count), against.does(*place))
    };
    let lacks = &against.crowd.lacking;
    let lacking = |lack: &Lack| {
        let (place, count) = (place(lack), against.count(lack.count));
        format!("{place} {count} do: {}", against.does(lack.step))
    };
    let more = lacks.len().saturating_sub(LACKS);
    let more = (more > 0).then(|| format!("… and {more} more"));
    instead.iter().take(INSTEAD).map(there).chain(lacks.iter().take(LACKS).map(lacking)).chain(more).collect()
}

/// Plain lines below each other.
fn listed(lines: &[String], look: &Look) -> String {
    lines.iter().map(|line| text::cut(&format!("  {line}"), look.columns).into_owned() + "\n").collect()
}

/// Steps of the run, those that all others have folded to one line.
fn usual(against: &Against<'_>, look: &Look) -> String {
    let told = against.crowd.usual.iter().enumerate();
    let told: Vec<(usize, usize)> = told.filter_map(|(at, count)| Some((at, (*count)?))).collect();
    let all = against.others.len();
    let stretches: Vec<_> = told.chunk_by(|a, b| a.1 == all && b.1 == all).collect();
    let line = |stretch: &&[(usize, usize)]| {
        let [(first, count), ..] = stretch else { return String::new() };
        let what = match stretch.len() {
            1 => against.own(*first, look),
            many => format!("{first} to {}: {many} steps", first + many - 1),
        };
        usual_line(&what, &against.count(*count), *count, all, look)
    };
    let rest = match stretches.len().saturating_sub(STRETCHES) {
        0 => String::new(),
        more => paint::paint(paint::QUIET, &format!("  … {more} more\n")),
    };
    stretches.iter().take(STRETCHES).map(line).collect::<String>() + &rest
}

/// A step, how many others have it, and that as a bar.
fn usual_line(what: &str, said: &str, count: usize, all: usize, look: &Look) -> String {
    const BAR: usize = 10;
    let filled = (count * BAR).checked_div(all).unwrap_or(0);
    let block = if look.ascii { "#" } else { "█" };
    let style = if count == 0 {
        paint::BAD
    } else if count == all {
        paint::QUIET
    } else {
        paint::PLAIN
    };
    let room = look.columns.saturating_sub(BAR + 20).max(20);
    let title = text::pad(what, room);
    let body = format!("  {title}  {}  {}", text::pad_left(said, 12), block.repeat(filled));
    paint::paint(style, body.trim_end()) + "\n"
}

fn groups(against: &Against<'_>) -> Vec<String> {
    against.crowd.groups.iter().map(|group| told(against, group)).collect()
}

fn told(against: &Against<'_>, group: &Group) -> String {
    let size = group.others.len() + usize::from(group.has_run);
    let who = match (group.has_run, group.others.len()) {
        (true, 0) => "this run alone".to_owned(),
        (true, others) => format!("this run and {others} of the others"),
        (false, 1) => "one other alone".to_owned(),
        (false, others) => format!("{others} others"),
    };
    let ways = match (size, group.behaviours) {
        (1, _) => String::new(),
        (_, 1) => ", with the same arguments and results".to_owned(),
        (_, ways) => format!(", in {ways} ways"),
    };
    let ids: Vec<_> = group.others.iter().take(IDS).map(|&other| against.id(other)).collect();
    let more = if group.others.len() > IDS { " …" } else { "" };
    format!("{who}{ways}  {}{more}", ids.join(" ")).trim_end().to_owned()
}

/// The one to lay beside the run next.
fn nearest(against: &Against<'_>, look: &Look) -> String {
    let Some(other) = against.crowd.nearest() else { return String::new() };
    let (run, id) = (&against.run.0.run_id, &against.others[other].0.run_id);
    let parted = match against.crowd.parted[other] {
        None => "no difference".to_owned(),
        Some(Some(at)) => format!("parted at step {at}"),
        Some(None) => "parted at the end".to_owned(),
    };
    let arrow = glyph::ARROW.text(look.ascii);
    let alike = against.crowd.likeness[other];
    let told = format!(
        "most like it: {}, {alike}% the same, {parted} {arrow} spanglass diff {run:.8} {id:.8}",
        against.id(other)
    );
    format!("\n{}\n", super::wrapped(&told, look))
}

/// The page as Markdown.
pub fn markdown(against: &Against<'_>, look: &Look) -> String {
    let run = against.run.0;
    let mut out = format!("## {} `{}`\n\n{}\n\n", escaped(&run.name), run.run_id, escaped(&against.title()));
    out += &["**", &escaped(&against.verdict()), "**\n\n"].concat();
    let bullet = |line: &String| format!("- {}\n", escaped(line));
    out.extend(facts(against).iter().map(bullet));
    out += "\n| step | how usual |\n| --- | --- |\n";
    let counted = against.crowd.usual.iter().enumerate().filter_map(|(at, count)| Some((at, (*count)?)));
    out.extend(counted.map(|(at, count)| row(&[escaped(&against.own(at, look)), against.count(count)])));
    out += "\nWho takes the same path:\n\n";
    out.extend(groups(against).iter().map(bullet));
    out
}
