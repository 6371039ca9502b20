//! Fills in the templates of a folder from the environment: an init container that prepares what a
//! controller reads, or a Job that checks it.
//!
//! An ordinary `main`: it knows nothing of Hiberlet and runs in any WASI runtime.

mod template;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
render TEMPLATES FOLDER   fill in each file of TEMPLATES and write it to FOLDER
render --check TEMPLATES  only tell whether all of them could be filled in";
/// A file of a ConfigMap has less.
const LARGEST: u64 = 1 << 20;
const WRONG_USE: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--check", from] => render_all(from.as_ref(), None),
        [from, to] if !from.starts_with('-') => render_all(from.as_ref(), Some(to.as_ref())),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(WRONG_USE);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            problems.iter().for_each(|problem| eprintln!("{problem}"));
            ExitCode::FAILURE
        }
    }
}

/// Nothing is written unless everything can be filled in.
fn render_all(from: &Path, to: Option<&Path>) -> Result<(), Vec<String>> {
    let mut rendered = Vec::new();
    let mut problems = Vec::new();
    for path in templates(from).map_err(|problem| vec![problem])? {
        match render(&path) {
            Ok(text) => rendered.push((path, text)),
            Err(problem) => problems.push(format!("{}: {problem}", path.display())),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    for (path, text) in &rendered {
        let name = path.file_name().unwrap_or_default();
        if let Some(folder) = to {
            write(folder, Path::new(name), text)
                .map_err(|error| vec![format!("{}: {error}", folder.join(name).display())])?;
        }
        println!("{}: {} bytes", path.display(), text.len());
    }
    Ok(())
}

/// The files of a folder, by name. Those that Kubernetes keeps for itself begin with two dots.
fn templates(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let problem = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        let hidden = path.file_name().map_or(true, |name| name.to_string_lossy().starts_with(".."));
        if !hidden && path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(format!("{}: there is no file", folder.display()));
    }
    files.sort();
    Ok(files)
}

fn render(path: &Path) -> Result<String, String> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > LARGEST {
        return Err(format!("more than {LARGEST} bytes"));
    }
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    template::fill_in(&text, |name| std::env::var(name).ok())
}

/// To another name first, so that nobody ever reads half of a file.
fn write(folder: &Path, name: &Path, text: &str) -> std::io::Result<()> {
    let unfinished = folder.join(".unfinished");
    let mut file = File::create(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, folder.join(name))
}
