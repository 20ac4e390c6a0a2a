//! Little is given back by who gives it, much by another thread.

use std::sync::mpsc::{Sender, channel};
use std::thread::{self, ThreadId};

use super::{AT_ONCE_BYTES_MAX, give_back};

/// Tells who dropped it.
struct Told(Sender<ThreadId>);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.send(thread::current().id()).unwrap();
    }
}

#[test]
fn much_is_given_back_by_another_thread_and_little_at_once() {
    let (sender, receiver) = channel();
    give_back(Told(sender.clone()), AT_ONCE_BYTES_MAX);
    assert_eq!(receiver.try_recv().unwrap(), thread::current().id());
    give_back(Told(sender), AT_ONCE_BYTES_MAX + 1);
    assert_ne!(receiver.recv().unwrap(), thread::current().id());
}
