//! The real binary in a home of its own, where nothing is set.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Looks again and again until `condition` gives something.
pub(crate) fn wait_for<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = condition() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        // gives the processor to what is waited for
        thread::park_timeout(Duration::from_millis(2));
    }
}

/// A home folder in which nothing is set.
pub(crate) struct World {
    home: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    /// A home where the runs of the demo were received.
    pub(crate) fn with_demo() -> Self {
        let world = Self::new();
        let serve = Serve::start(&world);
        let demo = world.run(&["demo", "--fast", "1000", "--grpc", &serve.grpc().to_string()]);
        assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
        assert_eq!(serve.stop("-TERM"), Some(0));
        world
    }

    pub(crate) fn path(&self) -> &Path {
        self.home.path()
    }

    /// Where the database lies if nobody says otherwise.
    pub(crate) fn default_db(&self) -> PathBuf {
        self.path().join(".local/share/spanglass/spanglass.db")
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spanglass"));
        command.args(words).env_clear().env("HOME", self.path()).current_dir(self.path());
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// What the command prints, once it has ended well.
    pub(crate) fn text(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same as JSON, line by line.
    pub(crate) fn json(&self, words: &[&str]) -> Vec<Value> {
        self.text(words).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The one line of an error, after its exit code was looked at.
    pub(crate) fn error(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    }
}

/// `spanglass serve` on free ports; killed when dropped before it was stopped.
pub(crate) struct Serve {
    child: Child,
    /// What it said once it accepted data.
    pub(crate) listening: String,
}

impl Serve {
    /// With the default database.
    pub(crate) fn start(world: &World) -> Self {
        Self::with(world, &[])
    }

    /// With more options, such as a database of its own.
    pub(crate) fn with(world: &World, options: &[&str]) -> Self {
        let words = [&["serve", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"], options].concat();
        Self::spawn(&mut world.command(&words))
    }

    /// Any command that becomes `spanglass serve`.
    pub(crate) fn spawn(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut listening = String::new();
        stderr.read_line(&mut listening).unwrap();
        assert!(listening.starts_with("listening "), "{listening}");
        // whatever it says later must not stop it for want of a reader
        thread::spawn(move || stderr.read_to_end(&mut Vec::new()));
        Self { child, listening }
    }

    fn said(&self, name: &str) -> &str {
        let (_, rest) = self.listening.split_once(&format!("{name}=")).unwrap();
        rest.split_whitespace().next().unwrap()
    }

    pub(crate) fn grpc(&self) -> SocketAddr {
        self.said("grpc").parse().unwrap()
    }

    pub(crate) fn http(&self) -> SocketAddr {
        self.said("http").parse().unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, such as `-TERM`.
    pub(crate) fn signal(&self, signal: &str) {
        send_signal(self.pid(), signal);
    }

    /// Waits for its end.
    pub(crate) fn ended(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Asks it to stop; its exit code.
    pub(crate) fn stop(self, signal: &str) -> Option<i32> {
        self.signal(signal);
        self.ended().code()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        // gone already where it was stopped
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process that this test started.
pub(crate) fn send_signal(pid: u32, signal: &str) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}
