//! The executor: runs tasks until every one of them waits for the host.

use crate::future::BoxFuture;
use crate::{abi, operation, Error};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Wake, Waker};

type TaskId = u64;

thread_local! {
    // Never dropped: its tasks live as long as the controller, and use other values of the thread.
    static EXECUTOR: ManuallyDrop<Executor> = ManuallyDrop::default();
}

#[derive(Default)]
struct Executor {
    started: Cell<bool>,
    last_id: Cell<TaskId>,
    tasks: RefCell<Vec<(TaskId, BoxFuture<()>)>>,
    ready: Arc<ReadyQueue>,
}

/// The tasks that can go on. A waker must be `Send`, hence the lock, which nobody ever contends.
#[derive(Default)]
struct ReadyQueue(Mutex<VecDeque<TaskId>>);

impl ReadyQueue {
    fn lock(&self) -> MutexGuard<'_, VecDeque<TaskId>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn push(&self, task: TaskId) {
        let mut ready = self.lock();
        if !ready.contains(&task) {
            ready.push_back(task);
        }
    }
}

struct TaskWaker {
    task: TaskId,
    ready: Arc<ReadyQueue>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.ready.push(self.task);
    }
}

/// Starts a task of its own, which runs beside the one that called this and is dropped with the
/// controller.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    EXECUTOR.with(|executor| {
        let id = executor.last_id.get() + 1;
        executor.last_id.set(id);
        executor.tasks.borrow_mut().push((id, Box::pin(future)));
        executor.ready.push(id);
    })
}

/// What [`main!`](crate::main) exports as `hiberlet_wake`: starts the controller when it is called
/// for the first time, then hands out the host's events and runs tasks until nothing is left to do.
pub fn wake<F>(main: fn() -> F)
where
    F: Future<Output = Result<(), Error>> + 'static,
{
    if !EXECUTOR.with(|executor| executor.started.replace(true)) {
        spawn(async move { finish(main().await) });
    }
    run_until_idle();
}

fn finish(result: Result<(), Error>) {
    if let Err(error) = &result {
        crate::error!("{error}");
    }
    abi::exit(i32::from(result.is_err()));
}

/// Returns when every task waits and the host has nothing more to say.
pub(crate) fn run_until_idle() {
    EXECUTOR.with(|executor| loop {
        while executor.run_one() {}
        match abi::next_event() {
            Some((operation, event)) => operation::deliver(operation, event),
            None => return,
        }
    })
}

impl Executor {
    /// Runs one task that is ready; false when there is none.
    fn run_one(&self) -> bool {
        let task = match self.ready.lock().pop_front() {
            Some(task) => task,
            None => return false,
        };
        // Taken out while it runs, so that it may spawn others.
        if let Some(mut future) = self.take(task) {
            let waker = Waker::from(Arc::new(TaskWaker { task, ready: Arc::clone(&self.ready) }));
            if future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                self.tasks.borrow_mut().push((task, future));
            }
        }
        true
    }

    fn take(&self, task: TaskId) -> Option<BoxFuture<()>> {
        let mut tasks = self.tasks.borrow_mut();
        let position = tasks.iter().position(|(id, _)| *id == task)?;
        Some(tasks.swap_remove(position).1)
    }
}

/// Running futures in tests.
#[cfg(test)]
pub(crate) mod test {
    use super::*;
    use std::rc::Rc;

    /// A future that runs; its output once it is there.
    pub(crate) struct Running<T>(Rc<RefCell<Option<T>>>);

    impl<T: 'static> Running<T> {
        /// Lets everything run that can, and takes the output.
        pub(crate) fn output(&self) -> Option<T> {
            run_until_idle();
            self.0.borrow_mut().take()
        }
    }

    /// Starts a future and runs it as far as it goes.
    pub(crate) fn start<T: 'static>(future: impl Future<Output = T> + 'static) -> Running<T> {
        let output = Rc::new(RefCell::new(None));
        let slot = Rc::clone(&output);
        spawn(async move { *slot.borrow_mut() = Some(future.await) });
        run_until_idle();
        Running(output)
    }

    /// The output of a future that needs nothing of the host.
    pub(crate) fn complete<T: 'static>(future: impl Future<Output = T> + 'static) -> T {
        start(future).output().expect("the future waits for the host")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use std::rc::Rc;
    use std::time::Duration;

    #[test]
    fn the_controller_starts_once_and_ends_with_code_0() {
        wake(|| async {
            crate::sleep(Duration::from_secs(5)).await;
            Ok(())
        });
        assert_eq!(testing::exit_code(), None);
        testing::advance(Duration::from_secs(5));
        wake(|| async { Err(Error::Config("started twice".into())) });
        assert_eq!(testing::exit_code(), Some(0));
    }

    #[test]
    fn an_error_ends_the_controller_with_code_1() {
        wake(|| async { Err(Error::Config("no".into())) });
        assert_eq!(testing::exit_code(), Some(1));
    }

    #[test]
    fn tasks_run_beside_each_other_and_may_spawn_others() {
        let log = Rc::new(RefCell::new(Vec::new()));
        for (name, seconds) in [("late", 2), ("early", 1)] {
            let log = Rc::clone(&log);
            spawn(async move {
                crate::sleep(Duration::from_secs(seconds)).await;
                spawn(async move { log.borrow_mut().push(name) });
            });
        }
        run_until_idle();
        testing::advance(Duration::from_secs(2));
        run_until_idle();
        assert_eq!(*log.borrow(), ["early", "late"]);
    }
}
