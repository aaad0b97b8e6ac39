//! The Compose service of docs/howto/ci.md, as it stands there and with the capability that it speaks of.
use crate::{docker, run};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/howto/ci.md");

/// Returns the first block of the document that is fenced as `language` and holds `text`.
fn block(language: &str, text: &str) -> String {
    let document = fs::read_to_string(DOCUMENT).expect("a readable document");
    let fence = format!("```{language}\n");
    let mut blocks = document.split(&fence).skip(1).filter_map(|rest| rest.split("```").next());
    blocks
        .find(|block| block.contains(text))
        .unwrap_or_else(|| panic!("no {language} with {text}"))
        .to_owned()
}

/// Takes away what Compose has made for a directory, when the test ends, whichever way.
struct Down<'a>(&'a Path);

impl Drop for Down<'_> {
    fn drop(&mut self) {
        let mut down = docker(["compose", "down", "--rmi", "local"]);
        down.current_dir(self.0);
        let ran = run(down);
        assert!(ran.status == Some(0) || std::thread::panicking(), "{ran:?}");
    }
}

/// Runs `docker compose run` of the service in this directory.
fn compose(directory: &Path) -> crate::Ran {
    let mut command = docker(["compose", "run", "--rm", "--no-TTY", "faults"]);
    command.current_dir(directory);
    run(command)
}

#[test]
fn the_compose_service_of_the_documents_passes_and_fails_where_they_say_so() {
    let directory = tempfile::Builder::new().prefix("havoc-snippet").tempdir().expect("a directory");
    let here = directory.path();
    let _down = Down(here);
    fs::set_permissions(here, fs::Permissions::from_mode(0o755)).expect("the directory is ours");
    let script = here.join("test.sh");
    fs::write(&script, block("sh", "# test.sh")).expect("the directory is ours");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    fs::write(here.join("Dockerfile"), block("dockerfile", "COPY --from=havoc"))
        .expect("the directory is ours");
    let service = block("yaml", "services:");

    let with_capability = service.replace("    # cap_add: [SYS_PTRACE]", "    cap_add: [SYS_PTRACE]");
    assert_ne!(service, with_capability);
    for compose_file in [&service, &with_capability] {
        fs::write(here.join("compose.yaml"), compose_file).expect("the directory is ours");
        let ran = compose(here);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert!(ran.out.contains("noticed: the payment is not confirmed"), "{ran:?}");
        assert!(
            ran.err.contains("fsync(3</tmp/ledger.db>) = -1 EIO (Input/output error) (INJECTED)"),
            "{ran:?}"
        );
    }

    let misspelt = service.replace("path=ledger.db", "path=ledgr.db");
    fs::write(here.join("compose.yaml"), misspelt).expect("the directory is ours");
    let ran = compose(here);
    assert_eq!(ran.status, Some(123), "{ran:?}");
    assert!(ran.err.contains("near miss: fsync </tmp/ledger.db>"), "{ran:?}");
}
