//! Who takes part in a diagram, in the order of their first appearance.

use super::escape::escaped;

/// Tools that stand for themselves; others share one place.
const TOOLS: usize = 12;

/// Agents that stand for themselves.
const AGENTS: usize = 24;

/// Columns of a name.
const NAME: usize = 40;

/// Who somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role<'a> {
    /// Who asked for the run.
    User,
    /// The program around the agents.
    Run,
    Agent(&'a str),
    Tool(&'a str),
    OtherAgents,
    OtherTools,
}

pub(super) struct Cast<'a> {
    run: &'a str,
    /// In order of appearance; the place is the number in the id.
    roles: Vec<Role<'a>>,
}

impl<'a> Cast<'a> {
    pub(super) const fn new(run: &'a str) -> Self {
        Self { run, roles: Vec::new() }
    }

    /// The id of somebody, who takes part from now on.
    pub(super) fn id(&mut self, role: Role<'a>) -> String {
        let is_new = !self.roles.contains(&role);
        let role = match role {
            Role::Agent(_) if is_new && self.count(|role| matches!(role, Role::Agent(_))) >= AGENTS => {
                Role::OtherAgents
            }
            Role::Tool(_) if is_new && self.count(|role| matches!(role, Role::Tool(_))) >= TOOLS => {
                Role::OtherTools
            }
            role => role,
        };
        let place = self.roles.iter().position(|known| *known == role).unwrap_or(self.roles.len());
        if place == self.roles.len() {
            self.roles.push(role);
        }
        format!("p{place}")
    }

    /// The id of a tool, and whether it stands for itself.
    pub(super) fn tool(&mut self, name: &'a str) -> (String, bool) {
        let id = self.id(Role::Tool(name));
        let named = self.roles.contains(&Role::Tool(name));
        (id, named)
    }

    fn count(&self, is: impl Fn(&Role<'a>) -> bool) -> usize {
        self.roles.iter().filter(|role| is(role)).count()
    }

    /// The lines that name everybody.
    pub(super) fn lines(&self) -> Vec<String> {
        let named = self.roles.iter().enumerate().map(|(place, role)| match role {
            Role::User => format!("actor p{place} as User"),
            Role::Run => format!("participant p{place} as {}", escaped(self.run, NAME)),
            Role::Agent(name) => format!("participant p{place} as {}", escaped(name, NAME)),
            Role::Tool(name) => format!("participant p{place} as ⚙ {}", escaped(name, NAME)),
            Role::OtherAgents => format!("participant p{place} as other agents"),
            Role::OtherTools => format!("participant p{place} as ⚙ other tools"),
        });
        named.collect()
    }
}
