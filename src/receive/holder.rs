//! Who holds a port: for the one line that says why we cannot listen.

/// A guess at the program that listens on `port`, for "is taken by …".
pub(super) fn likely(port: u16) -> String {
    linux::listener(port).unwrap_or_else(|| "another program, perhaps another spanglass".to_owned())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::path::Path;

    /// State of a listening socket in `/proc/net/tcp`.
    const LISTEN: &str = "0A";

    /// Name and process id of the listener, as far as this user may see them.
    pub(super) fn listener(port: u16) -> Option<String> {
        let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
            .into_iter()
            .filter_map(|table| fs::read_to_string(table).ok())
            .flat_map(|table| inodes(&table, port))
            .map(|inode| format!("socket:[{inode}]"))
            .collect();
        fs::read_dir("/proc").ok()?.flatten().find_map(|process| {
            let pid: u32 = process.file_name().to_str()?.parse().ok()?;
            holds(&process.path().join("fd"), &sockets).then(|| describe(&process.path(), pid))
        })
    }

    fn describe(process: &Path, pid: u32) -> String {
        let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
        // a process chooses its own name
        let name: String = name.trim().chars().filter(|c| !c.is_control()).collect();
        format!("{name} (pid {pid})")
    }

    fn holds(descriptors: &Path, sockets: &[String]) -> bool {
        let Ok(entries) = fs::read_dir(descriptors) else { return false };
        entries
            .flatten()
            .filter_map(|entry| fs::read_link(entry.path()).ok())
            .any(|target| sockets.iter().any(|socket| Path::new(socket) == target))
    }

    /// Inodes of the sockets that listen on `port`, from the text of `/proc/net/tcp`.
    fn inodes(table: &str, port: u16) -> Vec<String> {
        let end = format!(":{port:04X}");
        let inode = |line: &str| {
            let mut columns = line.split_whitespace().skip(1);
            let (local, state) = (columns.next()?, columns.nth(1)?);
            (local.ends_with(&end) && state == LISTEN).then(|| columns.nth(5).map(str::to_owned))?
        };
        table.lines().skip(1).filter_map(inode).collect()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        const TABLE: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:10DD 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 98765 1 0
   1: 0100007F:10DD 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 11111 1 0
   2: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 22222 1 0
";

        #[test]
        fn only_the_listener_of_the_port_is_found() {
            assert_eq!(inodes(TABLE, 4317), ["98765"]);
            assert!(inodes(TABLE, 4318).is_empty());
        }

        #[test]
        fn a_listener_of_this_process_is_named_with_its_pid() {
            let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let found = listener(socket.local_addr().unwrap().port()).unwrap();
            assert!(found.ends_with(&format!("(pid {})", std::process::id())), "{found}");
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod linux {
    /// Other systems do not tell without asking another program.
    pub(super) fn listener(_port: u16) -> Option<String> {
        None
    }
}
