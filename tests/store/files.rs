//! The file itself: private, followed, copied, refused, locked, on a full disk.

use std::path::Path;
use std::sync::mpsc;

use rusqlite::Connection;
use spanglass::ingest::{Pipeline, Refusal};
use spanglass::model::{Attributes, Span};
use spanglass::price::Prices;
use spanglass::store::{Reader, Writer};

use super::{count, export, ingest, is_content, span, stored_spans};

#[cfg(unix)]
#[test]
fn the_file_is_private_and_stands_alone_when_closed() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sub").join("runs.db");
    ingest(&path, &[export(vec![span(1, 1, 0)])]);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let names = |folder: &Path| {
        std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name()).collect::<Vec<_>>()
    };
    assert_eq!(names(path.parent().unwrap()), ["runs.db"]);
    let before = std::fs::read(&path).unwrap();
    stored_spans(&path);
    assert_eq!(names(path.parent().unwrap()), ["runs.db"]);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_reader_follows_a_writer_that_came_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    ingest(&path, &[export(vec![span(1, 1, 0)])]);
    let mut reader = Reader::open(&path).unwrap();
    let seen = reader.revision().unwrap();
    let writer = Writer::open(&path, is_content).unwrap();
    let (inlet, pipeline) = Pipeline::start(writer, Prices::bundled(), Box::new(|_| {})).unwrap();
    let (sender, receiver) = mpsc::channel();
    inlet.submit(export(vec![span(2, 1, 0)]), Box::new(move |answer| sender.send(answer).unwrap()));
    receiver.recv().unwrap().unwrap();
    assert!(reader.revision().unwrap() > seen);
    assert_eq!(reader.runs(seen).unwrap().len(), 1);
    drop(inlet);
    pipeline.join().unwrap();
    assert_eq!(reader.runs(0).unwrap().len(), 2);
}

#[test]
fn what_a_dead_writer_left_is_read_from_a_private_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (alive, dead) = (folder.path().join("alive.db"), folder.path().join("dead.db"));
    let mut writer = Writer::open(&alive, is_content).unwrap();
    let group = writer.begin().unwrap();
    group.commit().unwrap();
    std::fs::copy(&alive, &dead).unwrap();
    std::fs::copy(folder.path().join("alive.db-wal"), folder.path().join("dead.db-wal")).unwrap();
    let mut reader = Reader::open(&dead).unwrap();
    assert!(reader.is_copy());
    assert_eq!(reader.revision().unwrap(), 1);
    assert!(!folder.path().join("dead.db-shm").exists());
}

#[test]
fn other_files_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(
        at("text"),
        "not a database, just a long enough text file to be mistaken for nothing else",
    )
    .unwrap();
    Connection::open(at("other")).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    ingest(&at("newer"), &[export(vec![span(1, 1, 0)])]);
    Connection::open(at("newer")).unwrap().pragma_update(None, "user_version", 99).unwrap();
    for (name, expected) in [
        ("absent", "check the path"),
        ("text", "is not a spanglass database"),
        ("other", "is not a spanglass database"),
        ("newer", "was written by a newer spanglass (schema 99"),
    ] {
        let message = Reader::open(&at(name)).err().unwrap().to_string();
        assert!(message.contains(expected), "{name}: {message:?}");
        if name != "absent" {
            let message = Writer::open(&at(name), is_content).err().unwrap().to_string();
            assert!(message.contains(expected), "{name}: {message:?}");
        }
    }
}

#[test]
fn a_locked_database_refuses_for_now_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    ingest(&path, &[export(vec![span(1, 1, 0)])]);
    let writer = Writer::open(&path, is_content).unwrap();
    let (inlet, pipeline) = Pipeline::start(writer, Prices::bundled(), Box::new(|_| {})).unwrap();
    let send = |id| {
        let (sender, receiver) = mpsc::channel();
        inlet.submit(export(vec![span(1, id, 0)]), Box::new(move |answer| sender.send(answer).unwrap()));
        receiver.recv().unwrap()
    };
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(send(2), Err(Refusal::Unavailable(why)) if why.contains("locked")));
    assert!(pipeline.health().trouble().is_some());
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(send(2), Ok(()));
    assert_eq!(pipeline.health().trouble(), None);
    drop(inlet);
    pipeline.join().unwrap();
    assert_eq!(count(&path, "SELECT count(*) FROM spans"), 2);
}

#[test]
fn a_full_disk_refuses_for_now_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    ingest(&path, &[export(vec![span(1, 1, 0)])]);
    let writer = Writer::open(&path, is_content).unwrap();
    writer.limit_pages(Some(60)).unwrap();
    let big = |id| {
        let text = (0..200_000_u32).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
        export(vec![Span { attributes: Attributes::from_iter([("x", text)]), ..span(1, id, 0) }])
    };
    let (inlet, pipeline) = Pipeline::start(writer, Prices::bundled(), Box::new(|_| {})).unwrap();
    let (sender, receiver) = mpsc::channel();
    inlet.submit(big(2), Box::new(move |answer| sender.send(answer).unwrap()));
    let refused = receiver.recv().unwrap();
    assert!(
        matches!(&refused, Err(Refusal::Unavailable(why)) if why.contains("disk is full")),
        "{refused:?}"
    );
    drop(inlet);
    pipeline.join().unwrap();
    assert_eq!(count(&path, "SELECT count(*) FROM spans"), 1);
    assert_eq!(ingest(&path, &[big(2)]), [Ok(())]);
    assert_eq!(count(&path, "SELECT count(*) FROM spans"), 2);
}
