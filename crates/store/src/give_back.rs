//! Giving memory and files back to the system, which takes the longer the more of it there is.

/// What holds more bytes is given back by a thread of its own.
pub(crate) const AT_ONCE_BYTES_MAX: u64 = 4 * 1_024 * 1_024;

/// Drops what holds about as many bytes: a little at once, much on a thread of its own, which is
/// there when this returns, so that neither who erases nor who makes room waits for it.
pub fn give_back<T: Send + 'static>(held: T, bytes: u64) {
    if bytes <= AT_ONCE_BYTES_MAX {
        return drop(held);
    }
    let thread = std::thread::Builder::new().name("give back".to_owned());
    // Where there is no thread to be had, it is dropped with the closure, here.
    let _ = thread.spawn(move || drop(held));
}

#[cfg(test)]
mod tests;
