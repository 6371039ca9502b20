//! Commands that somebody gives the controller with `kubectl exec`.

use crate::abi::{self, Errno, Event, OperationId, AGAIN};
use crate::operation::Operation;
use crate::{spawn, Error};
use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

const STDOUT: i32 = 1;
const STDERR: i32 = 2;
const CHUNK: usize = 16 * 1024;

type Handler = Rc<dyn Fn(OperationId, Vec<String>)>;

thread_local!(static HANDLER: RefCell<Option<Handler>> = RefCell::default());

/// A command that is being carried out. Every error means that nobody waits for it any more, so a
/// handler passes it on.
pub struct Exec {
    operation: Rc<RefCell<Operation>>,
    arguments: Vec<String>,
}

/// Has commands carried out by a handler, whose output is the exit code, 0 to 255; an error is
/// told to the client, whose exit code is 1 then. Several commands may be under way at once. To be
/// called before the controller awaits anything for the first time.
///
/// ```no_run
/// hiberlet::on_exec(|mut exec| async move {
///     match exec.arguments() {
///         [word] if word == "hello" => exec.write("hello, too\n").await.map(|()| 0),
///         _ => Ok(127),
///     }
/// });
/// ```
pub fn on_exec<F, R>(handler: F)
where
    F: Fn(Exec) -> R + 'static,
    R: Future<Output = Result<i32, Error>> + 'static,
{
    let begin = move |id, arguments| {
        let operation = Rc::new(RefCell::new(Operation::exec(id)));
        let result = handler(Exec { operation: Rc::clone(&operation), arguments });
        spawn(async move {
            let code = match result.await {
                Ok(code) => code,
                Err(error) => {
                    let told = format!("{error}\n");
                    // Nobody hears it if there is no room now: an error has few words.
                    abi::exec_write(id, STDERR, told.as_bytes()).map_or(1, |_| 1)
                }
            };
            operation.borrow_mut().exit(code);
        });
    };
    HANDLER.with(|slot| *slot.borrow_mut() = Some(Rc::new(begin)));
}

/// A command has come. Whoever has no handler gives it up.
pub(crate) fn begin(id: OperationId, arguments: Vec<String>) {
    match HANDLER.with(|slot| slot.borrow().clone()) {
        Some(handler) => handler(id, arguments),
        None => abi::cancel(id),
    }
}

impl Exec {
    /// The command and its arguments.
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// The next part of the input; empty at its end.
    pub async fn read(&mut self) -> Result<Vec<u8>, Error> {
        let mut buffer = vec![0; CHUNK];
        let length = self.retry(|id| abi::exec_read(id, &mut buffer)).await?;
        buffer.truncate(length);
        Ok(buffer)
    }

    /// The rest of the input, at most `limit` bytes of it.
    pub async fn read_to_end(&mut self, limit: usize) -> Result<Vec<u8>, Error> {
        let mut all = Vec::new();
        loop {
            let part = self.read().await?;
            if part.is_empty() {
                return Ok(all);
            }
            if all.len() + part.len() > limit {
                return Err(Error::Protocol(format!("the input has more than {limit} bytes")));
            }
            all.extend(part);
        }
    }

    /// Writes to the client's output.
    pub async fn write(&mut self, text: impl AsRef<[u8]>) -> Result<(), Error> {
        self.write_to(STDOUT, text.as_ref()).await
    }

    /// Writes to the client's errors.
    pub async fn write_error(&mut self, text: impl AsRef<[u8]>) -> Result<(), Error> {
        self.write_to(STDERR, text.as_ref()).await
    }

    async fn write_to(&mut self, stream: i32, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            let written = self.retry(|id| abi::exec_write(id, stream, bytes)).await?;
            bytes = &bytes[written..];
        }
        Ok(())
    }

    /// Calls the host until it need not wait.
    async fn retry(
        &mut self,
        mut call: impl FnMut(OperationId) -> Result<usize, Errno>,
    ) -> Result<usize, Error> {
        // Nobody else has it: this waits for `&mut self`, and the task for the handler's end.
        let mut operation = self.operation.borrow_mut();
        loop {
            match call(operation.id()) {
                Ok(count) => return Ok(count),
                Err(AGAIN) => {
                    if let Event::Error { errno, message } = operation.next().await {
                        return Err(Error::Host { errno, message });
                    }
                }
                Err(errno) => return Err(Error::Host { errno, message: String::new() }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::run_until_idle;
    use crate::testing::{self, exec, exec_result};

    /// Writes its arguments, then its input twice; exits with the number of arguments.
    fn install() {
        on_exec(|mut exec| async move {
            let words = exec.arguments().join(",");
            exec.write_error(words).await?;
            let input = exec.read_to_end(100).await?;
            exec.write(&input).await?;
            exec.write(&input).await?;
            Ok(exec.arguments().len() as i32)
        });
    }

    #[test]
    fn a_command_gets_arguments_and_input_and_answers() {
        install();
        let operation = exec(&["a", "b c"], "hello");
        run_until_idle();
        let result = exec_result(operation);
        assert_eq!(result.stdout, "hellohello");
        assert_eq!(result.stderr, "a,b c");
        assert_eq!(result.code, Some(2));
        assert!(testing::cancelled().is_empty());
    }

    #[test]
    fn an_error_is_told() {
        install();
        let operation = exec(&["a"], &"x".repeat(101));
        run_until_idle();
        assert_eq!(exec_result(operation).stderr, "athe input has more than 100 bytes\n");
        assert_eq!(exec_result(operation).code, Some(1));
    }

    #[test]
    fn without_room_a_command_waits_and_goes_on() {
        install();
        testing::exec_room(3);
        let operation = exec(&["a"], "hello");
        run_until_idle();
        assert_eq!(exec_result(operation).stdout, "he");
        assert_eq!(exec_result(operation).code, None);
        testing::exec_room(100);
        testing::exec_ready(operation);
        run_until_idle();
        assert_eq!(exec_result(operation).stdout, "hellohello");
        assert_eq!(exec_result(operation).code, Some(1));
    }

    #[test]
    fn a_client_that_vanishes_ends_the_handler() {
        install();
        testing::exec_room(1);
        let operation = exec(&["a"], "hello");
        run_until_idle();
        testing::fail(operation, 11, "whoever gave the command has gone");
        run_until_idle();
        assert_eq!(exec_result(operation).stdout, "");
    }

    #[test]
    fn without_a_handler_a_command_is_given_up() {
        let operation = exec(&["a"], "");
        run_until_idle();
        assert_eq!(testing::cancelled(), [operation]);
    }
}
