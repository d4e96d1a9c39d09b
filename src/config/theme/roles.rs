//! What the pieces of a screen mean: the names that a theme gives looks to.

/// What a piece of the screen means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Plain text.
    Text,
    /// Less important.
    Dim,
    /// Guides and rules.
    Faint,
    /// Headings and names of things.
    Title,
    /// The product's name, keys, what may be pressed.
    Accent,
    /// Ended well.
    Ok,
    /// Failed.
    Error,
    /// Worth a look.
    Warning,
    /// Going on now.
    Running,
    /// Agents and workflows.
    Agent,
    /// Model calls.
    Model,
    /// Tools, retrievals and other helpers.
    Tool,
    /// Handoffs.
    Handoff,
    /// The program around the agent.
    Other,
    /// Instructions.
    SystemSays,
    /// A person.
    UserSays,
    /// The model.
    AssistantSays,
    /// A tool.
    ToolSays,
    /// Keys of JSON and names of attributes.
    Key,
    /// Texts in JSON.
    JsonText,
    /// Numbers in JSON.
    JsonNumber,
    /// `true`, `false`, `null`.
    JsonWord,
    /// Code in Markdown.
    Code,
    /// Red of a tool's output; the five below likewise.
    AnsiRed,
    /// Green.
    AnsiGreen,
    /// Yellow.
    AnsiYellow,
    /// Blue.
    AnsiBlue,
    /// Magenta.
    AnsiMagenta,
    /// Cyan.
    AnsiCyan,
    /// The first of two runs.
    SideA,
    /// The second of two runs.
    SideB,
    /// What only the first has.
    OnlyA,
    /// What only the second has.
    OnlyB,
    /// Behind the row of the cursor, in the pane that listens to keys.
    CursorRow,
    /// Behind it in a pane that does not listen.
    CursorRowAway,
    /// Over what was looked for.
    Hit,
    /// Over what was looked for, where the search is now.
    HitHere,
    /// Behind what differs in the first of two runs.
    BehindA,
    /// Behind what differs in the second.
    BehindB,
    /// Behind everything: left out, the terminal's own background shows.
    Screen,
}

/// Every role with its name in theme files, in the order of their numbers.
pub const ROLES: [(Role, &str); 40] = [
    (Role::Text, "text"),
    (Role::Dim, "dim"),
    (Role::Faint, "faint"),
    (Role::Title, "title"),
    (Role::Accent, "accent"),
    (Role::Ok, "ok"),
    (Role::Error, "error"),
    (Role::Warning, "warning"),
    (Role::Running, "running"),
    (Role::Agent, "agent"),
    (Role::Model, "model"),
    (Role::Tool, "tool"),
    (Role::Handoff, "handoff"),
    (Role::Other, "other"),
    (Role::SystemSays, "system-says"),
    (Role::UserSays, "user-says"),
    (Role::AssistantSays, "assistant-says"),
    (Role::ToolSays, "tool-says"),
    (Role::Key, "key"),
    (Role::JsonText, "json-text"),
    (Role::JsonNumber, "json-number"),
    (Role::JsonWord, "json-word"),
    (Role::Code, "code"),
    (Role::AnsiRed, "ansi-red"),
    (Role::AnsiGreen, "ansi-green"),
    (Role::AnsiYellow, "ansi-yellow"),
    (Role::AnsiBlue, "ansi-blue"),
    (Role::AnsiMagenta, "ansi-magenta"),
    (Role::AnsiCyan, "ansi-cyan"),
    (Role::SideA, "side-a"),
    (Role::SideB, "side-b"),
    (Role::OnlyA, "only-a"),
    (Role::OnlyB, "only-b"),
    (Role::CursorRow, "cursor-row"),
    (Role::CursorRowAway, "cursor-row-away"),
    (Role::Hit, "hit"),
    (Role::HitHere, "hit-here"),
    (Role::BehindA, "behind-a"),
    (Role::BehindB, "behind-b"),
    (Role::Screen, "screen"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_stands_at_its_number_under_a_name_of_its_own() {
        for (at, (role, name)) in ROLES.iter().enumerate() {
            assert_eq!(*role as usize, at, "{name}");
            assert_eq!(ROLES.iter().filter(|(_, other)| other == name).count(), 1, "{name}");
        }
    }
}
